// Files for the virtual machine itself: the mount of CephFS, the unit that
// starts the bundle after it, and the runbook.
local cephfs = import '../lib/cephfs.libsonnet';
local native = import '../lib/native.libsonnet';
local runbook = import 'host/runbook.libsonnet';
local secrets = import 'host/secrets.libsonnet';

// unitText keeps a value literal in a unit file, where a percent sign starts a specifier.
local unitText(text) = std.strReplace(text, '%', '%%');

// mountOptions are those of the kernel's client; _netdev says that the mount
// needs the network, whatever reads the line.
local mountOptions(m) =
  local ceph = m.spec.storage.cephfs;
  std.join(',', cephfs.options(ceph) + [option for option in ceph.mount_options if option != '_netdev'] + ['_netdev']);

local source(m) = cephfs.source(m.spec.storage.cephfs);

// field spells a text for fstab, which knows blanks and backslashes by their
// numbers.
local field(text) = std.strReplace(std.strReplace(text, '\\', '\\134'), ' ', '\\040');

// fstab orders the mount before Docker, which restarts containers by itself.
local fstab(m, here, unit) =
  local options = mountOptions(m) + ',x-systemd.before=docker.service';
  '# CephFS of ' + m.spec.name + (if unit == null then '.\n' else ': use this line or the mount unit, not both.\n')
  + std.join(' ', [field(source(m)), field(here.mountPoint), 'ceph', field(options), '0', '0']) + '\n';

local mountUnit(m, here) = std.join('\n', [
  '[Unit]',
  'Description=CephFS of the registry ' + m.spec.name,
  'Wants=network-online.target hagen-secrets.service',
  '# the key of the mount is one of the secrets',
  'After=network-online.target hagen-secrets.service',
  '# Docker restarts containers by itself: not before their files are there',
  'Before=docker.service',
  '',
  '[Mount]',
  'What=' + unitText(source(m)),
  'Where=' + unitText(here.mountPoint),
  'Type=ceph',
  'Options=' + unitText(mountOptions(m)),
  'TimeoutSec=90',
  '',
  '[Install]',
  'WantedBy=remote-fs.target docker.service',
  '',
]);

local serviceUnit(m, here) = std.join('\n', [
  '[Unit]',
  'Description=Harbor registry ' + m.spec.name + ' (' + here.name + ')',
  'Requires=docker.service',
  'Wants=network-online.target',
  'After=docker.service network-online.target hagen-secrets.service',
  'RequiresMountsFor=' + unitText(here.mountPoint),
  '# an empty directory in place of CephFS would start an empty registry',
  'AssertPathIsMountPoint=' + unitText(here.mountPoint),
  '',
  '[Service]',
  'Type=oneshot',
  'RemainAfterExit=yes',
  'WorkingDirectory=' + m.bundleDirectory,
  '# no container starts with secrets that are not those of the bundle',
  'ExecStartPre=' + secrets.command(m),
  'ExecStart=/usr/bin/docker compose up --detach --remove-orphans',
  '# only a new container reads a changed configuration file',
  'ExecReload=' + secrets.command(m),
  'ExecReload=/usr/bin/docker compose up --detach --remove-orphans --force-recreate',
  'ExecStop=/usr/bin/docker compose down',
  'TimeoutStartSec=0',
  '# one component after the other, each with its own grace',
  'TimeoutStopSec=600',
  '',
  '[Install]',
  'WantedBy=multi-user.target',
  '',
]);

// m: the model
// Result: a function of what holds on a node, which returns the files of its
// bundle beside docker-compose.yml
function(m)
  local book = runbook(m);
  local same = secrets.files(m);
  function(here)
    local stem = native.systemdEscapePath(here.mountPoint);
    // a unit whose name holds a backslash cannot be a file on every system: then
    // the fstab line serves alone
    local unit = if std.member(stem, '\\') then null else stem + '.mount';
    local file(path, content) = { path: path, content: content, mode: '0644' };
    [
      file('RUNBOOK.md', book(here, unit)),
      file('host/fstab', fstab(m, here, unit)),
      file('host/harbor.service', serviceUnit(m, here)),
    ] + same + (if unit == null then [] else [file('host/' + unit, mountUnit(m, here))])
