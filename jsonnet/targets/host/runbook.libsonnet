// RUNBOOK.md of a node: what to do on it, in order, and what to see after each step.
local markdown = import '../../lib/markdown.libsonnet';
local native = import '../../lib/native.libsonnet';
local checks = import '../documents/checks.libsonnet';

local quote = native.shellQuote;

local client(m, here) = {
  title: 'CephFS client',
  text: markdown.code('sh', [
    'apt-get install --yes ceph-common',
    'ceph auth get-key ' + quote('client.' + m.spec.storage.cephfs.user) + '  # on a machine of the Ceph cluster',
    'install -d -m 0755 ' + quote(here.mountPoint),
  ]) + markdown.text([
    'Write the key alone, without a heading, into `' + m.spec.storage.cephfs.secret_file + '` (mode 0600).',
  ]),
};

local mount(m, here, unit) = {
  title: 'Mount',
  text: (if unit == null
         then markdown.code('sh', ['cat host/fstab >> /etc/fstab', 'systemctl daemon-reload', 'mount ' + quote(here.mountPoint)])
         else markdown.text(['By the unit, or by the line in `host/fstab`; not by both.'])
              + markdown.code('sh', [
                'install -m 0644 host/' + unit + ' /etc/systemd/system/',
                'systemctl daemon-reload',
                'systemctl enable --now ' + unit,
              ]))
        + markdown.code('sh', ['findmnt ' + quote(here.mountPoint)])
        + markdown.text(['Expected: one line with the type `ceph`. Nothing below the mount point may be made while it is not mounted.']),
};

// made lists the directories that must exist: Docker is told not to make any,
// for its own would belong to root.
local made(m, here) =
  local used = native.set([volume.name for c in m.composeComponents for part in c.parts for volume in part.volumes]);
  [
    local volume = m.volumes[name];
    if volume.shared
    then { path: here.mountPoint + '/' + volume.path, owner: volume.owner, mode: '2770' }
    else { path: m.dataDirectory + '/' + volume.path, owner: volume.owner, mode: '0750' }
    for name in used
  ] + (
    if 'log' in m.effective
    then [{ path: here.logDirectory, owner: if m.harbor.generation == '2' then 10000 else 0, mode: '0755' }]
    else []
  );

local directories(m, here) = {
  local list = made(m, here),
  title: 'Directories',
  text: markdown.text(['The containers write as the owner named here; a directory of another owner ends in 500 on push.'])
        + markdown.code('sh', [
          'install -d -o ' + entry.owner + ' -g ' + entry.owner + ' -m ' + entry.mode + ' ' + quote(entry.path)
          for entry in list
        ])
        + markdown.code('sh', ['ls -ldn ' + std.join(' ', [quote(entry.path) for entry in list])])
        + markdown.text(
          if 'log' in m.effective
          then ['Expected: each with its owner. `' + here.logDirectory + '` belongs to this node alone: two nodes in one log', 'directory mix their files.']
          else ['Expected: each with its owner.']
        ),
};

local secrets(m) = {
  local usage = m.usage,
  local target(name) = quote(m.secretsPath + '/' + name),
  title: 'Secrets',
  text: markdown.text(['From the folder that `SECRETS.md` made, the same on every node:'])
        + markdown.code('sh', ['install -d -m 0700 ' + quote(m.secretsPath)] + [
          'install -o ' + file.owner + ' -g ' + file.owner + ' -m ' + file.mode + ' ' + quote(file.material) + ' ' + target(file.material)
          for file in usage.files
        ] + [
          'install -m 0600 ' + file.name + ' ' + target(file.name)
          for file in usage.environments
        ] + ['ls -ln ' + quote(m.secretsPath)])
        + markdown.text([
          'Expected: ' + (std.length(usage.files) + std.length(usage.environments)) + ' files. Another place is named by the variable `HAGEN_SECRETS` of `docker compose`.',
        ]),
};

local bundle(m) = {
  title: 'Bundle',
  text: markdown.text(['This folder, as root, so that rotation of the logs trusts its files:'])
        + markdown.code('sh', [
          'install -d -m 0755 ' + m.bundleDirectory,
          'cp -r --no-preserve=mode,ownership . ' + m.bundleDirectory,
          'cd ' + m.bundleDirectory + ' && docker compose config --quiet',
        ])
        + markdown.text(['Expected: no output. `docker-compose` 1.29 takes the same files; write `docker-compose` for `docker compose` then,', 'here and in `host/harbor.service`.']),
};

local start(m) = {
  title: 'Start',
  text: markdown.code('sh', [
    'install -m 0644 host/harbor.service /etc/systemd/system/',
    'systemctl daemon-reload',
    'systemctl enable --now harbor.service',
    'cd ' + m.bundleDirectory + ' && docker compose ps',
  ]) + markdown.text([
    'Expected: every service is up (and healthy, where it says so) within a minute. Until ' + m.harbor.health.component + ' answers,',
    'jobservice restarts once or twice. After a change copy the bundle again and `systemctl reload harbor.service`:',
    'a changed configuration file is read by a new container only.',
  ]),
};

// balancer is what several nodes behind one name need in front.
local balancer(m) = if std.length(m.spec.vm.nodes) < 2 then [] else [{
  local node(entry) = '    server ' + entry.name + ' ' + entry.address + ':' + m.net.published(entry) + ' check'
                      + (if m.net.tlsAtProxy then ' check-ssl verify none' else ''),
  title: 'Balancer',
  text: markdown.text([
          'Several addresses of one name are enough to start with. A balancer must ask with HTTP/1.1 and a Host,',
          'or ' + m.harbor.health.component + ' answers 400 and every node counts as down. With HAProxy:',
        ]) + markdown.code('', [
                                 'backend harbor',
                                 '    mode ' + (if m.net.tlsAtProxy then 'tcp' else 'http'),
                                 '    option httpchk',
                                 '    http-check send meth GET uri ' + m.harbor.health.path + ' ver HTTP/1.1 hdr Host ' + m.net.host,
                                 '    timeout server 900s',
                                 '    default-server on-marked-down shutdown-sessions',
                               ] + (if m.net.tlsAtProxy then [] else ['    retry-on conn-failure empty-response response-timeout 502 503 504'])
                               + [node(entry) for entry in m.spec.vm.nodes])
        + (if m.net.termination == 'edge' then markdown.text([
             'It ends TLS and says so: `http-request set-header X-Forwarded-Proto https` in its frontend.',
           ]) else ''),
}];

// later tells whether a step is for the time after the first start.
local later(step) = std.get(step, 'later', false);

local redirect(m) = if m.net.redirect > 0 then ', and ' + m.net.redirect + ' to send browsers to https' else '';

// m: the model
// Result: a function of what holds on a node and of its mount unit, or null,
// which returns the whole runbook
function(m)
  // the same on every node
  local rest = markdown.steps(
    [secrets(m), bundle(m)]
    + [step for step in m.steps.compose if !later(step)]
    + [start(m)] + balancer(m) + checks.clients(m) + [checks.registry(m)]
    + [step for step in m.steps.compose if later(step)],
    4
  );
  function(here, unit)
    '# ' + m.spec.name + ' on ' + here.name + '\n\n'
    + markdown.text([
      'Harbor ' + m.harbor.version + ' at ' + m.net.external + '. This node is ' + here.address + ' and listens on port ' + here.port + redirect(m) + '.',
      'Steps are done as root in this folder. Nodes differ only in what this file says of them.',
    ])
    + markdown.steps([client(m, here), mount(m, here, unit), directories(m, here)])
    + rest
