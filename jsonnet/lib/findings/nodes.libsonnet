// Virtual machines against one another and against their network.
local native = import '../native.libsonnet';
local report = import 'report.libsonnet';

local refuse = report.refuse;

// inside tells whether an address lies in a network such as 172.28.0.0/24.
local inside(subnet, address) =
  local halves = native.split(subnet, '/');
  local base = native.ipv4(halves[0]);
  local host = native.ipv4(address);
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
  local hit = if written == null || std.member(written, ':') then []
  else [address for address in addresses(m) if inside(written, address)];
  refuse(
    std.length(hit) > 0,
    ['vm', 'subnet'],
    'the subnet of the containers holds ' + std.join(', ', hit),
    'the containers look for these addresses among themselves and never reach them',
    'write a network that nothing else uses'
  );

local twice(m, field) = std.flatMap(
  function(i) refuse(
    true,
    ['vm', 'nodes', i, field],
    'two nodes have the ' + field + ' ' + m.spec.vm.nodes[i][field],
    'the bundle of one would be started on the other',
    'give each node its own ' + field
  ),
  native.repeated([node[field] for node in m.spec.vm.nodes])
);

// logs may lie in one place only if that place is not the same everywhere.
local logs(m) =
  local vm = m.spec.vm;
  local general = std.get(vm, 'log_directory', '');
  local written(node) = std.get(node, 'log_directory', general);
  local mountPoint(node) = std.rstripChars(std.get(node, 'mount_point', vm.mount_point), '/') + '/';
  local onCeph(node) = std.startsWith(written(node) + '/', mountPoint(node));
  // the same text means the same directory: on CephFS what follows the mount
  // point, anything else is the node's own
  local place(node) =
    if onCeph(node) then std.stripChars(std.substr(written(node), std.length(mountPoint(node)), 4096), '/')
    else '/' + node.name;
  local path(i) = if 'log_directory' in vm.nodes[i] then ['vm', 'nodes', i, 'log_directory'] else ['vm', 'log_directory'];
  local wrong = [i for i in native.repeated([place(node) for node in vm.nodes]) if onCeph(vm.nodes[i])];
  if m.spec.logging.driver != 'harbor' || wrong == [] then [] else refuse(
    true,
    path(wrong[0]),
    'two nodes write their logs into ' + written(vm.nodes[wrong[0]]) + ' on CephFS',
    'two rsyslogs write and rotate the same files: lines are mixed and lost',
    'give each node a log_directory of its own, or leave it out'
  );

// m: the model
function(m) if !m.onCompose then [] else subnet(m) + twice(m, 'name') + twice(m, 'address') + logs(m)
