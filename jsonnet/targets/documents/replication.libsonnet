// What copies images between sites, for people and as data: replication/.
local markdown = import '../../lib/markdown.libsonnet';

// about says in one line what a site does.
local about(m, site) =
  local names(sites) = [other.name for other in sites];
  local r = m.replication;
  if site.name == r.here[0] then 'this registry'
  else if std.member(names(r.targets), site.name) && std.member(names(r.sources), site.name) then 'copies to this one, and gets copies of it'
  else if std.member(names(r.targets), site.name) then 'gets copies of this one'
  else if std.member(names(r.sources), site.name) then 'copies to this one'
  else 'nothing is copied between it and this one';

local copied(m) =
  local projects = m.spec.replication.projects;
  if projects == [] then 'All projects are copied'
  else 'The ' + (if std.length(projects) == 1 then 'project ' else 'projects ') + std.join(', ', ['`' + name + '`' for name in projects])
       + (if std.length(projects) == 1 then ' is copied' else ' are copied');

local when(m) =
  if m.harbor.generation == '1' then ' after each push, and each deletion too.'
  else (if m.spec.replication.trigger == 'event' then ' after each push' else ' by the schedule `' + m.spec.replication.schedule + '` (UTC)')
       + (if m.spec.replication.deletions then ', deletions too.' else '; what is deleted here stays there.')
       + (if m.spec.replication.override then ' A copy replaces what has its tag.' else ' What has its tag already is left, and the copy fails.');

local account(m) =
  if m.replication.targets == [] then ''
  else '## What the other sites need\n\n'
       + markdown.text([
         'A user by whom this registry copies to them. Its password is a secret of this registry. `admin` serves, and any',
         'user that may push to all copied projects' + (if m.harbor.generation == '2' then ', such as a robot account of the system' else '') + '. Projects',
         'that are not there are made by the copy, for which the user must have the right.',
       ])
       + markdown.table(['site', 'user', 'secret'], [
         ['`' + site.name + '`', '`' + site.username + '`', '`replication_' + site.name + '`']
         for site in m.replication.targets
       ])
       + markdown.text([
         'Certificates of a private authority must be known here: ' + (
           if m.harbor.generation == '2' then '`registry.trusted_ca`.'
           else 'the image of Harbor 1.x knows those of its own, or\n`components.adminserver.env.VERIFY_REMOTE_CERT = "off"` leaves them unchecked.'
         ),
       ]);

local data(m) = if m.replicationFiles == [] then '' else
  '## As data\n\n' + markdown.text([
    'The files beside this one are what `/api/v2.0/registries` and `/api/v2.0/replication/policies` are told. `<password>`',
    'and `<id>` (the number that Harbor gave the registry) are put in by the script, which is all that it adds.',
  ]);

local readme(m) =
  '# Copies between sites\n\n'
  + markdown.text([
    copied(m) + when(m),
    '',
    'What begins with `hagen-` in Administration, Registries and Replications, belongs to hagen: it is changed and removed',
    'when `replication` runs.',
  ])
  + markdown.table(['site', 'address', ''], [
    ['`' + site.name + '`', site.url, about(m, site)]
    for site in m.spec.replication.sites
  ])
  + '## What is not copied\n\n'
  + markdown.text([
    'Users, members of projects, robots, quotas, retention and settings: they are made at every site. Job logs, scan',
    'reports and the history of pulls stay where they are. `hagen explain topology` lists what this costs.',
  ])
  + account(m)
  + '## Policies\n\n'
  + markdown.text([
    'The component `replication` makes them by the API of Harbor ' + m.harbor.version + ': ' + std.join(', and ', (
      if m.onCompose then ['on one virtual machine `sh host/compose.sh run --rm replication`'] else []
    ) + (
      if m.onKubernetes then ['in the cluster a Job'] else []
    )) + '.',
    'It may run any number of times.' + (if m.replication.targets == [] then '' else ' The first time it also has copied what is there already.'),
  ])
  + data(m);

// m: the model; fileSet: makes files of the registry as a whole
function(m, fileSet)
  if !m.replication.wanted || m.replication.here == [] then []
  else [fileSet('replication', 'replication', m.replicationFiles + [{ path: 'README.md', content: readme(m) }])]
