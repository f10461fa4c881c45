// Virtual machines against one another and against their network.
local native = import '../native.libsonnet';
local report = import 'report.libsonnet';

local refuse = report.refuse;

// number reads an IPv4 address, or null for anything else.
local number(text) =
  local parts = std.split(text, '.');
  local digits(part) = part != '' && std.length(part) < 4 && std.all([std.member('0123456789', c) for c in std.stringChars(part)]);
  if std.length([part for part in parts if digits(part)]) != 4 || std.length(parts) != 4 then null
  else std.foldl(function(sum, part) sum * 256 + std.parseInt(part), parts, 0);

// inside tells whether an address lies in a network such as 172.28.0.0/24.
local inside(subnet, address) =
  local halves = std.split(subnet, '/');
  local base = number(halves[0]);
  local host = number(address);
  local size = std.pow(2, 32 - std.parseInt(halves[1]));
  base != null && host != null && std.floor(base / size) == std.floor(host / size);

// addresses are those that the containers must reach outside of their network.
local addresses(m) =
  local host(text, port) = native.hostPort(text, port).host;
  [node.address for node in m.spec.vm.nodes]
  + [m.database.host]
  + [host(text, 6379) for text in m.spec.redis.addresses]
  + [host(text, 6789) for text in m.spec.storage.cephfs.monitors];

local subnet(m) =
  local written = std.get(m.spec.vm, 'subnet');
  local hit = if written == null || std.length(std.findSubstr(':', written)) > 0 then []
  else [address for address in addresses(m) if inside(written, address)];
  refuse(
    std.length(hit) > 0,
    ['vm', 'subnet'],
    'the subnet of the containers holds ' + std.join(', ', hit),
    'the containers look for these addresses among themselves and never reach them',
    'write a network that nothing else uses'
  );

// repeated lists the indexes of values that came before.
local repeated(values) = [
  i
  for i in std.range(0, std.length(values) - 1)
  if std.member(values[:i], values[i])
];

local twice(m, field) = std.flatMap(
  function(i) refuse(
    true,
    ['vm', 'nodes', i, field],
    'two nodes have the ' + field + ' ' + m.spec.vm.nodes[i][field],
    'the bundle of one would be started on the other',
    'give each node its own ' + field
  ),
  repeated([node[field] for node in m.spec.vm.nodes])
);

// logs may lie in one place only if that place is not the same everywhere.
local logs(m) =
  local vm = m.spec.vm;
  local mountPoint(node) = std.get(node, 'mount_point', vm.mount_point);
  local directory(node) = std.stripChars(
    std.get(node, 'log_directory', std.get(vm, 'log_directory', mountPoint(node) + '/log/' + node.name)), '/'
  );
  local onCeph(node) = std.startsWith('/' + directory(node) + '/', std.rstripChars(mountPoint(node), '/') + '/');
  local place(i) = if std.objectHas(vm.nodes[i], 'log_directory') then ['vm', 'nodes', i, 'log_directory'] else ['vm', 'log_directory'];
  local wrong = [i for i in repeated([directory(node) for node in vm.nodes]) if onCeph(vm.nodes[i])];
  if m.spec.logging.driver != 'harbor' || std.length(wrong) == 0 then [] else refuse(
    true,
    place(wrong[0]),
    'two nodes write their logs into /' + directory(vm.nodes[wrong[0]]) + ' on CephFS',
    'two rsyslogs write and rotate the same files: lines are mixed and lost',
    'give each node a log_directory of its own, or leave it out'
  );

// m: the model
function(m) if !m.onCompose then [] else subnet(m) + twice(m, 'name') + twice(m, 'address') + logs(m)
