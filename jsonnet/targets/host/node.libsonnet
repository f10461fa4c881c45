// What the scripts of a node know of it, host/node.list, and the scripts.
local native = import '../../lib/native.libsonnet';

local scripts = {
  'node.sh': importstr 'node.sh',
  'compose.sh': importstr 'compose.sh',
  'directories.sh': importstr 'directories.sh',
  'preflight.sh': importstr 'preflight.sh',
  'up.sh': importstr 'up.sh',
  'update.sh': importstr 'update.sh',
  'watch.sh': importstr 'watch.sh',
};

// log is the directory of the log container, which may lie on the shared file system.
local log(m, here) =
  local point = if here.mountPoint == null then null else here.mountPoint + '/';
  local shared = point != null && std.startsWith(here.logDirectory, point);
  {
    path: here.logDirectory,
    owner: if m.harbor.generation == '2' then 10000 else 0,
    mode: '0755',
    [if shared then 'directory']: std.rstripChars(m.storage.system.path, '/') + '/' + std.substr(here.logDirectory, std.length(point), 4096),
  };

// directories lists those that must exist: Docker is told not to make any, for
// its own would belong to root.
local directories(m, here) =
  local used = native.set([volume.name for c in m.composeComponents for part in c.parts for volume in part.volumes]);
  [
    local volume = m.volumes[name];
    if volume.shared
    // directory: where it lies on the server
    then { path: here.mountPoint + '/' + volume.path, owner: volume.owner, mode: '2770', directory: volume.directory }
    else { path: m.dataDirectory + '/' + volume.path, owner: volume.owner, mode: '0750' }
    for name in used
  ] + (
    if 'log' in m.effective
    then [log(m, here)]
    else []
  );

local ports(m, here) =
  [['0.0.0.0', here.port]]
  + (if m.net.redirect > 0 then [['0.0.0.0', m.net.redirect]] else [])
  + (if m.spec.metrics.enabled then [['0.0.0.0', m.spec.metrics.port]] else [])
  + (if 'log' in m.effective then [['127.0.0.1', 1514]] else []);

// services are what lies outside and must answer.
local services(m) =
  local at(what, texts, port) = [
    local parts = native.hostPort(text, port);
    [what, parts.host, parts.port]
    for text in texts
  ];
  local external = std.get(m.spec.logging, 'external');
  [['database', m.database.host, m.database.port]]
  + at('redis', m.spec.redis.addresses, 6379)
  + std.flatMap(function(server) at(server[0], [server[1]], server[2]), m.storage.servers)
  + (if external == null || external.protocol != 'tcp' then [] else [['logs', external.host, external.port]]);

// mount says what must be mounted where, if anything must. Whoever is updated
// holds a lock that all nodes see, where root may write it.
local mount(m, here) =
  local system = m.storage.system;
  local lock = if system == null || !system.rootWrites then m.dataDirectory else here.mountPoint;
  (if system == null then [] else ['mount ' + here.mountPoint, std.join(' ', ['system', system.title] + system.types)])
  + ['lock ' + lock];

local lines(kind, rows) = [std.join(' ', [kind] + ['' + word for word in row]) for row in rows];

// m: the model; here: what holds on the node
local list(m, here) = std.join('\n', [
                                       'registry ' + m.spec.name,
                                     ] + lines('environment', [[name] for name in m.folders[1:]]) + [
                                       'harbor ' + m.spec.registry.version,
                                       'node ' + here.name,
                                       'bundle ' + m.bundleDirectory,
                                     ] + mount(m, here) + [
                                       'data ' + m.dataDirectory,
                                       'entry ' + m.net.entry + ' ' + m.net.host + ' ' + m.harbor.health.path,
                                       'serve ' + here.port,
                                     ] + lines('directory', [[entry.path, entry.owner, entry.mode] for entry in directories(m, here)])
                                     + lines('peer', [
                                       [node.name, node.address, m.net.published(node)]
                                       for node in m.spec.vm.nodes
                                       if node.name != here.name
                                     ])
                                     + lines('port', ports(m, here))
                                     + lines('reach', services(m))
                                     + (if 'subnet' in m.spec.vm then ['subnet ' + m.spec.vm.subnet] else [])) + '\n';

{
  directories:: directories,

  // command runs a script of the installed bundle from a unit. A copy of the
  // bundle may have lost the right to execute it.
  // m: the model
  command(m, script):: '/bin/sh ' + m.bundleDirectory + '/host/' + script,

  // files are the same on every node.
  files:: [
    { path: 'host/' + name, content: scripts[name], mode: if name == 'node.sh' then '0644' else '0755' }
    for name in std.objectFields(scripts)
  ],

  // list is what differs.
  list(m, here):: { path: 'host/node.list', content: list(m, here), mode: '0644' },
}
