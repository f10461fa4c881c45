// RUNBOOK.md of a node: what to do on it, in order, and what to see after each step.
local markdown = import '../../lib/markdown.libsonnet';
local native = import '../../lib/native.libsonnet';
local checks = import '../documents/checks.libsonnet';
local clients = import '../documents/clients.libsonnet';
local node = import 'node.libsonnet';

local quote = native.shellQuote;

// types are those by which the kernel lists a mount.
local types(system) = std.join(' or ', ['`' + name + '`' for name in system.types if !std.startsWith(name, 'fuse.')]);

// mount is the step of the shared file system, where there is one.
local mount(m, here, unit) = if m.storage.system == null then [] else [{
  local system = m.storage.system,
  title: system.title,
  text: (if system.key == null then '' else markdown.text(['`secrets.sh` has written the key to `' + system.key.place + '`.']))
        + markdown.code('sh', ['apt-get install --yes ' + system.package, 'install -d -m 0755 ' + quote(here.mountPoint)])
        + (if unit == null
           then markdown.code('sh', ['cat host/fstab >> /etc/fstab', 'systemctl daemon-reload', 'mount ' + quote(here.mountPoint)])
           else markdown.text(['By the unit, or by the line in `host/fstab`; not by both.'])
                + markdown.code('sh', [
                  'install -m 0644 host/' + unit + ' /etc/systemd/system/',
                  'systemctl daemon-reload',
                  'systemctl enable --now ' + unit,
                ]))
        + markdown.code('sh', ['findmnt ' + quote(here.mountPoint)])
        + markdown.text(['Expected: one line with the type ' + types(system) + '. Nothing below the mount point may be made while it is not mounted.']),
}];

// keeper says where the directories are made: by the node, or on a server that
// takes root for nobody.
local keeper(m, list) =
  local system = m.storage.system;
  local shared = [entry for entry in list if 'directory' in entry];
  if system == null || system.rootWrites || shared == [] then ''
  else markdown.text([
    'The server takes root of this node for nobody (root_squash): what lies on it is made there, once, as root:',
  ]) + markdown.code('sh', [
    'install -d -o ' + entry.owner + ' -g ' + entry.owner + ' -m ' + entry.mode + ' ' + quote(entry.directory)
    for entry in shared
  ]);

local directories(m, here) = {
  local list = node.directories(m, here),
  title: 'Directories',
  text: markdown.text(['The containers write as the owner named here; a directory of another owner ends in 500 on push.'])
        + keeper(m, list)
        + markdown.code('sh', ['sh host/directories.sh'])
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
      'age-keygen -y ' + key,
    ]) + markdown.text([
      'The last line prints its public key. If the spec does not name it in `secrets.node_recipients` yet, nothing is',
      'encrypted to it: write it there, and beside the spec run `hagen secrets init`, which encrypts for it too, and',
      '`hagen build`. Then copy the new bundle to this node and begin again with step 1. With a key that the spec names:',
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
          'the variable `HAGEN_SECRETS`, also for `docker compose`. At boot a unit does it before ' + (if m.storage.system == null then 'Docker starts' else m.storage.system.title + ' is mounted') + ':',
        ])
        + markdown.code('sh', [
          'install -m 0644 host/hagen-secrets.service /etc/systemd/system/',
          'systemctl daemon-reload',
          'systemctl enable hagen-secrets.service',
          'sh host/compose.sh config --quiet',
        ])
        + markdown.text(['Expected: no output. `host/compose.sh` runs `docker compose`, or `docker-compose` 1.29 where that is installed.']),
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

local preflight = {
  title: 'Preflight',
  text: markdown.text(['What would keep the node from running, all of it at once, with what to do:'])
        + markdown.code('sh', ['sh host/preflight.sh'])
        + markdown.text(['Expected: `nothing in the way`. On the first node a note that the others do not answer yet is right.']),
};

local start(m) = {
  title: 'Start',
  text: markdown.code('sh', [
    'install -m 0644 host/harbor.service host/harbor-watch.service host/harbor-watch.timer /etc/systemd/system/',
    'systemctl daemon-reload',
    'systemctl enable harbor.service harbor-watch.timer',
    'systemctl start harbor.service',
    'sh host/compose.sh ps',
  ]) + markdown.text([
    'It ends when every container is healthy and the node answers, within a minute or two; the first start of a',
    'new version may take longer. Until ' + m.harbor.health.component + ' answers, jobservice restarts once or twice. Without systemd',
    '`sh host/up.sh` does the same. The timer starts again what has stayed down.',
  ]),
};

// update is how a change comes to a node that runs.
local update(m) = {
  title: 'Later: a change',
  later: true,
  text: markdown.text([
    'In the folder of the new bundle, one node after the other:',
  ]) + markdown.code('sh', ['sh host/update.sh']) + markdown.text([
    'It goes on only while every other node answers, and lets one node through at a time. It fetches the images,',
    'makes the secrets, lets the proxy end what is under way, starts every container anew and waits until they are',
    'healthy. What ran before stays in `' + m.bundleDirectory + '.old`: `sh ' + m.bundleDirectory + '.old/host/update.sh` goes back.',
    'To start the same bundle anew: `systemctl reload harbor.service`.',
  ]),
};

// moves tells whether the balancers have an address that moves between them.
local moves(m) = m.balancer.wanted && 'virtual_address' in m.balancer;

// certificate tells what the balancer shows that ends TLS.
local certificate(m) = if !m.balancer.endsTLS then '' else markdown.text([
  'HAProxy shows a certificate of ' + m.net.host + ', which hagen neither makes nor keeps, and reads it from',
  '`' + m.balancer.certificate + '`: the certificate, what stands between it and the authority, and the key, in one file',
  'that root alone reads. The second command makes it of the two files that authorities mostly give; a renewed',
  'one comes the same way, before a reload.',
]);

// installation is the commands on a balancer. HAProxy refuses a configuration whose
// certificate is not there, and the folder of that comes with the package.
local installation(m) = if !m.balancer.wanted then '' else markdown.code('sh', [
  'apt-get install --yes haproxy' + (if moves(m) then ' keepalived procps' else ''),
] + (if m.balancer.endsTLS then [
       '(umask 077 && cat fullchain.pem privkey.pem > ' + quote(m.balancer.certificate) + ')',
     ] else []) + [
  'install -m 0644 haproxy.cfg /etc/haproxy/haproxy.cfg',
  'haproxy -c -f /etc/haproxy/haproxy.cfg',
  'systemctl enable haproxy.service',
  'systemctl reload-or-restart haproxy.service',
] + (if moves(m) then [
       'install -m 0644 keepalived.conf /etc/keepalived/keepalived.conf',
       'keepalived --config-test',
       'systemctl enable keepalived.service',
       'systemctl reload-or-restart keepalived.service',
     ] else []));

// balancer is what several nodes behind one name need in front.
local balancer(m) = if std.length(m.spec.vm.nodes) < 2 then [] else [{
  title: 'Balancer',
  text: markdown.text(
    (if m.balancer.wanted then [
       '`balancer/haproxy.cfg` beside the folders of the nodes is the whole configuration of HAProxy for this',
       'registry. It asks every node with HTTP/1.1 and a Host, or ' + m.harbor.health.component + ' answers 400 and all count as down.',
     ] else [
       'The balancer must ask with HTTP/1.1 and a Host: GET ' + m.harbor.health.path + ', Host ' + m.net.host + '. Without',
       'a Host ' + m.harbor.health.component + ' answers 400 and every node counts as down.',
     ])
    + (if m.net.termination == 'edge' then ['It ends TLS and says so to the nodes: `X-Forwarded-Proto: https`.'] else [])
    + (if moves(m) then [
         'The same two files belong on every balancer: `keepalived.conf` hands ' + m.balancer.virtual_address + ' from one to the other.',
       ] else [])
    + [
      'Several addresses of one name (round robin of DNS) do without one, with limits: nobody notices that a node is',
      'down, some clients try the next address and some do not, and a cached answer outlives a change.',
    ]
  ) + certificate(m) + installation(m),
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
    + [preflight, start(m)] + balancer(m) + [clients.step(m)] + [checks.registry(m)]
    + [update(m)] + [step for step in m.steps.compose if later(step)],
    // after those of the node
    if m.storage.system == null then 4 else 5
  );
  local first = [bundle(m), secrets(m)];
  function(here, unit)
    '# ' + m.spec.name + ' on ' + here.name + '\n\n'
    + markdown.text([
      'Harbor ' + m.harbor.version + ' at ' + m.net.external + '. This node is ' + here.address + ' and listens on port ' + here.port + redirect(m) + '.',
      'Steps are done as root in this folder. Nodes differ only in what this file says of them.',
    ])
    + markdown.steps(first + mount(m, here, unit) + [directories(m, here)])
    + rest
