// RUNBOOK.md of a node: what to do on it, in order, and what to see after each step.
local markdown = import '../../lib/markdown.libsonnet';
local native = import '../../lib/native.libsonnet';
local checks = import '../documents/checks.libsonnet';

local quote = native.shellQuote;

local mount(m, here, unit) = {
  title: 'CephFS',
  text: markdown.text(['`secrets.sh` has written the key to `' + m.spec.storage.cephfs.secret_file + '`.'])
        + markdown.code('sh', ['apt-get install --yes ceph-common', 'install -d -m 0755 ' + quote(here.mountPoint)])
        + (if unit == null
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

// ways says, by provider, how the node comes to its secrets.
local ways = {
  local script = 'sh host/secrets.sh',
  local byKey(m) =
    local key = quote(m.spec.secrets.key_file);
    markdown.text([
      '`host/secrets.age` holds them, encrypted to the keys of `secrets.recipients` and',
      '`secrets.node_recipients`. This node needs one of the private keys; a new one is made by:',
    ]) + markdown.code('sh', [
      'apt-get install --yes age',
      'install -d -m 0700 "$(dirname ' + key + ')"',
      'test -e ' + key + ' || age-keygen -o ' + key,
      'age-keygen -y ' + key + '  # belongs in secrets.node_recipients, then build again',
    ]) + markdown.code('sh', [script]),
  sops: byKey,
  'sealed-secrets': byKey,
  'external-secrets'(m):
    if 'command' in m.spec.secrets.external then markdown.text(['They come from the store, by the command that the spec names:']) + markdown.code('sh', [script])
    else markdown.text(['They come from the store, by a command that prints the one whose name is in `$1`, such as:'])
         + markdown.code('sh', [script + " --command 'vault kv get -field=\"$1\" kv/" + std.get(m.spec.secrets.external, 'path', m.spec.name) + "'"]),
  existing(m):
    markdown.text(['From the folder that `SECRETS.md` made, the same on every node:'])
    + markdown.code('sh', [script + ' --from /path/to/secrets']),
};

local secrets(m) = {
  title: 'Secrets',
  text: ways[m.spec.secrets.provider](m)
        + markdown.text([
          'Expected: `written to ' + m.secretsPath + '`, and `as they should be` when it is done again. Another place is named by',
          'the variable `HAGEN_SECRETS`, also for `docker compose`. At boot a unit does it before CephFS is mounted:',
        ])
        + markdown.code('sh', [
          'install -m 0644 host/hagen-secrets.service /etc/systemd/system/',
          'systemctl daemon-reload',
          'systemctl enable hagen-secrets.service',
          'docker compose config --quiet',
        ])
        + markdown.text(['Expected: no output. `docker-compose` 1.29 takes the same files; write `docker-compose` for `docker compose` then,', 'here and in `host/harbor.service`.']),
};

local bundle(m) = {
  title: 'Bundle',
  text: markdown.text(['This folder, as root, so that rotation of the logs trusts its files:'])
        + markdown.code('sh', [
          'install -d -m 0755 ' + m.bundleDirectory,
          'cp -r --no-preserve=mode,ownership . ' + m.bundleDirectory,
          'cd ' + m.bundleDirectory,
        ]),
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
    'it makes the secrets anew, and a changed configuration file is read by a new container only.',
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
    [step for step in m.steps.compose if !later(step)]
    + [start(m)] + balancer(m) + checks.clients(m) + [checks.registry(m)]
    + [step for step in m.steps.compose if later(step)],
    5
  );
  local first = [bundle(m), secrets(m)];
  function(here, unit)
    '# ' + m.spec.name + ' on ' + here.name + '\n\n'
    + markdown.text([
      'Harbor ' + m.harbor.version + ' at ' + m.net.external + '. This node is ' + here.address + ' and listens on port ' + here.port + redirect(m) + '.',
      'Steps are done as root in this folder. Nodes differ only in what this file says of them.',
    ])
    + markdown.steps(first + [mount(m, here, unit), directories(m, here)])
    + rest
