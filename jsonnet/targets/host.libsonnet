// Files for the virtual machine itself: the mount of the shared file system, the
// units and scripts that start the bundle after it, and the runbook.
local native = import '../lib/native.libsonnet';
local node = import 'host/node.libsonnet';
local runbook = import 'host/runbook.libsonnet';
local secrets = import 'host/secrets.libsonnet';
local units = import 'host/units.libsonnet';

// mountOptions are those of the kernel's client; _netdev says that the mount
// needs the network, whatever reads the line.
local mountOptions(system) =
  std.join(',', system.options + [option for option in system.further if option != '_netdev'] + ['_netdev']);

// field spells a text for fstab, which knows blanks and backslashes by their
// numbers.
local field(text) = std.strReplace(std.strReplace(text, '\\', '\\134'), ' ', '\\040');

// fstab orders the mount before Docker, which restarts containers by itself.
local fstab(m, here, unit) =
  local system = m.storage.system;
  local options = mountOptions(system) + ',x-systemd.before=docker.service';
  '# ' + system.title + ' of ' + m.spec.name + (if unit == null then '.\n' else ': use this line or the mount unit, not both.\n')
  + std.join(' ', [field(system.source), field(here.mountPoint), system.type, field(options), '0', '0']) + '\n';

local mountUnit(m, here) = std.join('\n', [
  '[Unit]',
  'Description=' + m.storage.system.title + ' of the registry ' + m.spec.name,
] + (if m.storage.system.key == null then [
       'Wants=network-online.target',
       'After=network-online.target',
     ] else [
       'Wants=network-online.target hagen-secrets.service',
       '# the key of the mount is one of the secrets',
       'After=network-online.target hagen-secrets.service',
     ]) + [
  '# Docker restarts containers by itself: not before their files are there',
  'Before=docker.service',
  '',
  '[Mount]',
  'What=' + units.text(m.storage.system.source),
  'Where=' + units.text(here.mountPoint),
  'Type=' + m.storage.system.type,
  'Options=' + units.text(mountOptions(m.storage.system)),
  'TimeoutSec=90',
  '',
  '[Install]',
  'WantedBy=remote-fs.target docker.service',
  '',
]);

// m: the model
// Result: a function of what holds on a node, which returns the files of its
// bundle beside docker-compose.yml
function(m)
  local book = runbook(m);
  local same = secrets.files(m) + node.files;
  function(here)
    local mounts = m.storage.system != null;
    local stem = if mounts then native.systemdEscapePath(here.mountPoint) else '';
    // a unit whose name holds a backslash cannot be a file on every system: then
    // the fstab line serves alone
    local unit = if !mounts || std.member(stem, '\\') then null else stem + '.mount';
    local file(path, content) = { path: path, content: content, mode: '0644' };
    [
      file('RUNBOOK.md', book(here, unit)),
      node.list(m, here),
    ] + (if mounts then [file('host/fstab', fstab(m, here, unit))] else []) + units.of(m, here) + same + (if unit == null then [] else [file('host/' + unit, mountUnit(m, here))])
