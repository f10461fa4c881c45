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
  given: function(facts) if 'secret' in facts then 'PEM' else 'text, no line break',
};

local materials(usage) = markdown.table(['secret', 'form', 'what it is for'], [
  [code(facts.material), kinds[facts.kind](facts), facts.description]
  for facts in usage.materials
]);

local nodes(m, usage) =
  local directory = m.secretsPath;
  '## On virtual machines\n\n'
  + markdown.text([
    'The same files on every node, below ' + code(directory) + '. Containers read them with the owner',
    'named here: a file that its owner cannot read ends in 500 or in a container that restarts for ever.',
  ])
  + markdown.table(['file', 'owner', 'mode', 'holds'], [
    [code(directory + '/' + file.material), file.owner + ':' + file.owner, file.mode, code(file.material)]
    for file in usage.files
  ] + [
    [
      code(directory + '/' + file.name),
      '0:0',
      '0600',
      std.join(', ', [code(name + "='" + file.variables[name] + "'") for name in std.objectFields(file.variables)]),
    ]
    for file in usage.environments
  ])
  + markdown.text([
    'In an environment file each value stands in single quotes. A single quote, a backslash, `${` and a',
    'line break have no spelling there that every release of Compose reads alike: passwords must not hold',
    'them, and the commands refuse them. In the folder of the commands above, these make the files:',
  ])
  + markdown.code('sh', making.environments(usage))
  + markdown.text(['Then copy all of them to each node as ' + code('RUNBOOK.md') + ' of the node says.']);

local cluster(m, usage) =
  '## On Kubernetes\n\n'
  + markdown.text(['In the namespace ' + code(m.spec.kubernetes.namespace) + '; ' + code('RUNBOOK-kubernetes.md') + ' has the commands.'])
  + markdown.table(['Secret', 'key'], [
    [code(secret.group), code(entry.material)]
    for secret in usage.entries
    for entry in secret.items
  ] + [[code(m.spec.storage.cephfs.secret_name), 'the key of CephFS']]);

// m: the model
function(m)
  local usage = m.usage;
  '# Secrets of ' + m.spec.name + '\n\n'
  + markdown.text([
    'hagen writes none of them. Each is made once and is the same on every node and in every pod: with',
    'keys of their own, instances refuse what another one signed, and logins or pushes fail now and then.',
    'Keep them outside of Git, or encrypted.',
  ])
  + materials(usage)
  + '## Making them\n\n'
  + markdown.text(['With ' + words(making.tools(usage)) + ', on one machine, once:'])
  + markdown.code('sh', making.materials(usage))
  + (if m.onCompose then nodes(m, usage) else '')
  + (if m.onKubernetes then cluster(m, usage) else '')
