// SECRETS.md: what must exist before the first start, key by key.
local markdown = import '../../lib/markdown.libsonnet';
local making = import 'making.libsonnet';

local code(text) = '`' + text + '`';

// words joins texts with commas and "and".
local words(list) =
  local last = std.length(list) - 1;
  if last == 0 then list[0] else std.join(', ', list[:last]) + ' and ' + list[last];

local kinds = {
  random: function(facts) facts.length + ' letters and digits, no line break',
  rsa: function(facts) 'RSA key of ' + facts.length + ' bits, PKCS#1 (`BEGIN RSA PRIVATE KEY`)',
  certificate: function(facts) 'X.509 certificate of ' + code(facts.of) + ', PEM',
  htpasswd: function(facts) code(facts.form),
  composed: function(facts) code(facts.form),
  given: function(facts) if std.startsWith(std.get(facts, 'format', 'text'), 'pem') then 'PEM' else 'text, no line break',
};

local materials(usage) = markdown.table(['secret', 'form', 'what it is for'], [
  [code(facts.material), kinds[facts.kind](facts), facts.description]
  for facts in usage.materials
]);

// ways says, by provider, how the secrets come into being.
local ways = {
  local byHand(m) = markdown.text(['With ' + words(making.tools(m.usage)) + ', on one machine, once:'])
                    + markdown.code('sh', making.materials(m)),
  local byHagen(m) = markdown.text([
    'They lie encrypted beside the spec, and a build copies them to the nodes' + (
      if m.onKubernetes then ' and into the folder `secrets`.' else '.'
    ),
    'Everybody with one of the keys that `secrets.recipients` names can change them:',
  ]) + markdown.code('sh', [
    'hagen secrets init            # makes what is missing, and asks for what only you know',
    'hagen secrets list            # names, age and use of each, never a value',
    'hagen secrets check           # sizes, forms, pairs; nothing missing, nothing left over',
    'hagen secrets rotate NAME     # a new value; says before what breaks',
    'hagen secrets import DIR      # from an installation that runs',
    'hagen secrets reveal NAME     # one value, on purpose',
  ]) + markdown.text(['Then `hagen build`. A build needs no key.']),

  sops: byHagen,
  'sealed-secrets': byHagen,
  'external-secrets'(m):
    markdown.text([
      'Your store keeps them below the key ' + code(std.get(m.spec.secrets.external, 'path', m.spec.name))
      + ', each as a property with its name, also those that',
      'are made of others. These commands make the values as files of their names:',
    ]) + byHand(m),
  existing: byHand,
};

local rotations(usage) =
  '## When one changes\n\n'
  + markdown.table(['secret', 'what breaks, and what to do'], [
    [code(facts.material), facts.rotation]
    for facts in usage.materials
  ]);

local sources = {
  sops: '`host/secrets.age` of the bundle holds them, encrypted.',
  'sealed-secrets': '`host/secrets.age` of the bundle holds them, encrypted.',
  'external-secrets': 'They come from the store, by the command `secrets.external.command` or by `--command`.',
  existing: 'They come from the folder of the commands above, by `--from DIR`.',
};

local nodes(m, usage) =
  local directory = m.secretsPath;
  '## On virtual machines\n\n'
  + markdown.text([
    '`host/secrets.sh` of the bundle makes ' + code(directory) + ' on every node. ' + sources[m.spec.secrets.provider],
    'Containers read the files with the owner named here; the variables of all services are in',
    '`docker-compose.secrets.yml`, which Compose reads beside `docker-compose.yml`.',
  ])
  + markdown.table(['file', 'owner', 'mode', 'holds'], [
    [code(directory + '/' + file.material), file.owner + ':' + file.owner, file.mode, code(file.material)]
    for file in usage.files
  ] + [
    [code(fact.place), fact.owner + ':' + fact.owner, fact.mode, code(fact.material)]
    for fact in usage.node
    if 'place' in fact
  ] + [[code(directory + '/docker-compose.secrets.yml'), '0:0', '0600', 'variables: `host/secrets.list` names them']])
  + markdown.text([
    'A value that becomes a variable may hold every character but a line break and other control',
    'characters.',
  ]);

// balancers hold the one secret that is not the registry's.
local balancers(m) =
  '## On the balancers\n\n'
  + markdown.table(['file', 'owner', 'mode', 'holds'], [
    [code(m.balancer.certificate), '0:0', '0600', 'certificate and key of ' + m.net.host + ', PEM'],
  ])
  + markdown.text([
    'TLS ends there, so hagen neither makes nor keeps them: the step Balancer of `RUNBOOK.md` has the commands.',
  ]);

local cluster(m) =
  '## On Kubernetes\n\n'
  + markdown.text(['In the namespace ' + code(m.spec.kubernetes.namespace) + '; ' + code('RUNBOOK-kubernetes.md') + ' has the commands.'])
  + markdown.table(['Secret', 'key', 'holds'], [
    [code(secret.name), code(item.key), code(std.get(item, 'value', std.get(item, 'material')))]
    for secret in m.needs.cluster
    for item in secret.items
  ]);

local intros = {
  sops: 'No output holds one in the clear.',
  'sealed-secrets': 'No output holds one in the clear.',
  'external-secrets': 'hagen writes none of them.',
  existing: 'hagen writes none of them.',
};

// m: the model
function(m)
  local usage = m.usage;
  local provider = m.spec.secrets.provider;
  '# Secrets of ' + m.spec.name + '\n\n'
  + markdown.text([
    intros[provider] + ' Each is made once and is the same on every node and in every pod: with',
    'keys of their own, instances refuse what another one signed, and logins or pushes fail now and then.',
  ] + (if provider == 'existing' then ['Keep them outside of Git, or encrypted.'] else []))
  + materials(usage)
  + '## Making them\n\n'
  + ways[provider](m)
  + rotations(usage)
  + (if m.onCompose then nodes(m, usage) else '')
  + (if m.balancer.endsTLS then balancers(m) else '')
  + (if m.onKubernetes then cluster(m) else '')
