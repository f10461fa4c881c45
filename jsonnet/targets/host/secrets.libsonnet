// How a node comes to its secrets: the script that makes their directory, the
// unit that runs it before the mount, and what tells Compose where they lie.
local native = import '../../lib/native.libsonnet';

local quote = native.shellQuote;

local script(m) = m.bundleDirectory + '/host/secrets.sh';

local encrypted(m) = std.member(['sops', 'sealed-secrets'], m.spec.secrets.provider);

// ask is the command that prints one secret, if the store of the nodes has one.
local ask(m) =
  if m.spec.secrets.provider == 'external-secrets' then std.get(m.spec.secrets.external, 'command', '') else '';

// settings stand at the top of the script.
local settings(m) = std.join('\n', [
  '#!/bin/sh',
  '# Made by hagen. Change the spec, not this file: the next build overwrites it.',
  'registry=' + quote(m.spec.name),
  'directory=' + quote(m.secretsPath),
  'key_file=' + quote(m.spec.secrets.key_file),
  'ask=' + quote(ask(m)),
  'encrypted=' + (if encrypted(m) then 'true' else 'false'),
  '',
]);

// command runs the script from a unit. A copy of the bundle may have lost the
// right to execute it.
// m: the model
local command(m) = '/bin/sh ' + script(m);

// unit runs it at boot, before CephFS is mounted with a key that it writes, and
// before Docker restarts containers by itself. Mounts of the network, whether a
// unit or a line of fstab makes them, come after remote-fs-pre.target.
local unit(m) = std.join('\n', [
  '[Unit]',
  'Description=Secrets of the registry ' + m.spec.name,
] + (if ask(m) == '' then [] else [
       'Wants=network-online.target',
       'After=network-online.target',
     ]) + [
  'Wants=remote-fs-pre.target',
  'Before=remote-fs-pre.target docker.service harbor.service',
  '',
  '[Service]',
  'Type=oneshot',
  'ExecStart=' + command(m),
  '',
  '[Install]',
  'WantedBy=multi-user.target',
  '',
]);

{
  command:: command,

  // files are the same on every node.
  files(m):: [
    { path: 'host/hagen-secrets.service', content: unit(m), mode: '0644' },
    { path: 'host/secrets.sh', content: settings(m) + importstr 'secrets.sh', mode: '0755' },
    {
      path: '.env',
      content: 'COMPOSE_FILE=docker-compose.yml:' + m.secretsDirectory + '/docker-compose.secrets.yml\n',
      mode: '0644',
    },
  ],
}
