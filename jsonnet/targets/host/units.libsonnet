// The units of a node: the service that starts the bundle once its storage is
// there, and the timer that starts again what has stayed down.
local node = import 'node.libsonnet';
local secrets = import 'secrets.libsonnet';

// text keeps a value literal in a unit file, where a percent sign starts a specifier.
local text(value) = std.strReplace(value, '%', '%%');

local service(m, here) = std.join('\n', [
  '[Unit]',
  'Description=Harbor registry ' + m.spec.name + ' (' + here.name + ')',
  'Requires=docker.service',
  'Wants=network-online.target',
  'After=docker.service network-online.target hagen-secrets.service',
] + (if here.mountPoint == null then [] else [
       'RequiresMountsFor=' + text(here.mountPoint),
       '# an empty directory in place of ' + m.storage.system.title + ' would start an empty registry',
       'AssertPathIsMountPoint=' + text(here.mountPoint),
     ]) + [
  '',
  '[Service]',
  'Type=oneshot',
  'RemainAfterExit=yes',
  'WorkingDirectory=' + m.bundleDirectory,
  '# no container starts with secrets that are not those of the bundle',
  'ExecStartPre=' + secrets.command(m),
  'ExecStartPre=' + node.command(m, 'directories.sh'),
  'ExecStartPre=' + node.command(m, 'preflight.sh') + ' --start',
  '# ends when every container is healthy',
  'ExecStart=' + node.command(m, 'up.sh'),
  '# only a new container reads a changed configuration file',
  'ExecReload=' + node.command(m, 'update.sh'),
  'ExecStop=' + node.command(m, 'compose.sh') + ' down',
  'TimeoutStartSec=0',
  '# one component after the other, each with its own grace',
  'TimeoutStopSec=600',
  '',
  '[Install]',
  'WantedBy=multi-user.target',
  '',
]);

local watch(m) = std.join('\n', [
  '[Unit]',
  'Description=Start again what has stayed down of the registry ' + m.spec.name,
  'After=harbor.service',
  '',
  '[Service]',
  'Type=oneshot',
  'ExecStart=' + node.command(m, 'watch.sh'),
  '',
]);

local timer(m) = std.join('\n', [
  '[Unit]',
  'Description=Look every minute after the registry ' + m.spec.name,
  '# who stops the service means it',
  'PartOf=harbor.service',
  '',
  '[Timer]',
  'OnActiveSec=2min',
  'OnUnitInactiveSec=1min',
  '',
  '[Install]',
  'WantedBy=harbor.service',
  '',
]);

{
  text:: text,

  // m: the model; here: what holds on the node
  of(m, here):: [
    { path: 'host/harbor.service', content: service(m, here), mode: '0644' },
    { path: 'host/harbor-watch.service', content: watch(m), mode: '0644' },
    { path: 'host/harbor-watch.timer', content: timer(m), mode: '0644' },
  ],
}
