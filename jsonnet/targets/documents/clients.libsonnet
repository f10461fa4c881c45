// What a machine that pulls must know of the registry before it can: clients/.
// A registry with a certificate of a public authority needs nothing of it.
local markdown = import '../../lib/markdown.libsonnet';
local native = import '../../lib/native.libsonnet';

local quote = native.shellQuote;
local quoted = std.escapeStringJson;

// wanted tells whether clients need anything.
local wanted(m) = !m.net.https || m.net.authorityFile != null;

// proxied tells whether the machines reach everything else through a proxy.
local proxied(m) = 'http_proxy' in m.spec.proxy || 'https_proxy' in m.spec.proxy;

// hosts is what containerd looks up by the name in an image. The authority stands
// twice, because containerd turns to `server` when the host above has failed and
// then tells of that attempt alone.
local hosts(m) =
  local ca = if m.net.https then ['ca = "ca.crt"'] else [];
  std.join('\n', [
    '# Made by hagen. Change the spec, not this file: the next build overwrites it.',
    'server = ' + quoted(m.net.external),
  ] + ca + [
    '',
    '[host.' + quoted(m.net.external) + ']',
    '  capabilities = ["pull", "resolve", "push"]',
  ] + ['  ' + line for line in ca] + ['']);

// registries is the same for what reads /etc/containers. With https a file in
// certs.d is all that it takes.
local registries(m) = std.join('\n', [
  '# Made by hagen. Change the spec, not this file: the next build overwrites it.',
  '[[registry]]',
  'location = ' + quoted(m.net.authority),
  'insecure = true',
  '',
]);

// environment lets an engine reach the registry directly and the rest through the
// proxy of the spec. A percent sign starts a specifier of systemd.
local environment(m) =
  local proxy = m.spec.proxy;
  local line(name, value) = 'Environment="' + name + '=' + std.strReplace(value, '%', '%%') + '"';
  std.join('\n', [
    '# Made by hagen. Change the spec, not this file: the next build overwrites it.',
    '[Service]',
  ] + [
    line(std.asciiUpper(name), proxy[name])
    for name in ['http_proxy', 'https_proxy']
    if name in proxy
  ] + [
    line('NO_PROXY', std.join(',', [m.net.host, 'localhost', '127.0.0.1'] + [host for host in proxy.no_proxy if host != m.net.host])),
    '',
  ]);

local script(m) = std.join('\n', [
  '#!/bin/sh',
  '# Made by hagen. Change the spec, not this file: the next build overwrites it.',
  'registry=' + quote(m.net.authority),
  'name=' + quote(m.site),
  importstr 'clients.sh',
]);

local files(m) =
  [{ path: 'hosts.toml', content: hosts(m) }]
  + (
    if m.net.https
    then [{ path: 'ca.crt', content: std.get(m.files, m.net.authorityFile, error 'must provide the text of ' + m.net.authorityFile) }]
    else [
      { path: 'daemon.json', content: std.manifestJsonEx({ 'insecure-registries': [m.net.authority] }, '  ') + '\n' },
      { path: 'registries.conf', content: registries(m) },
    ]
  )
  + (if proxied(m) then [{ path: 'http-proxy.conf', content: environment(m) }] else [])
  + [{ path: 'install.sh', content: script(m), mode: '0755' }];

// birth gives a machine the files when it is made, by cloud-init or kubeadm's own
// bootstrap in Cluster API, which has the same lists. With tabs YAML would make one
// line of each.
local birth(m, files) =
  local directory = '/opt/hagen/clients/' + m.site + '/';
  '#cloud-config\n' + native.yaml({
    write_files: [
      { path: directory + file.path, permissions: std.get(file, 'mode', '0644'), content: std.strReplace(file.content, '\t', '  ') }
      for file in files
    ],
    runcmd: [['sh', directory + 'install.sh']],
  });

local symptom(m) =
  if m.net.https then '`x509: certificate signed by unknown authority`'
  else '`http: server gave HTTP response to HTTPS client`';

local readme(m) =
  local authority = m.net.authority;
  local image = authority + '/library/busybox:check';
  '# Machines that pull from ' + authority + '\n\n'
  + markdown.text(if m.net.https then [
    'A private authority signed the certificate of ' + m.net.external + ', so nobody trusts it who was not told. Every',
    'machine that pulls or pushes needs this folder, also the nodes of the registry and those of clusters. Without it:',
    symptom(m) + '.',
  ] else [
    m.net.external + ' speaks http, which engines refuse unless they are told. Every machine that pulls or',
    'pushes needs this folder, also the nodes of the registry and those of clusters. Without it:',
    symptom(m) + '.',
    '',
    '**Whoever listens on the network reads passwords and tokens, and can put other images in the place of yours.** A',
    'certificate of a private authority (`registry.tls.ca`) costs the same work on each machine.',
  ])
  + '## Install\n\n'
  + markdown.text(['As root, with this folder on the machine. It finds the engines; what the machine has of its own stays.'])
  + markdown.code('sh', ['sh install.sh', 'sh install.sh --check'])
  + markdown.table(['engine', 'files', 'takes effect'], [
    [
      'Docker',
      if m.net.https then '`/etc/docker/certs.d/' + authority + '/ca.crt`'
      else '`/etc/docker/daemon.json`, into which the entry is merged',
      if m.net.https then 'at once' else 'by a reload; containers run on',
    ],
    [
      'containerd',
      '`/etc/containerd/certs.d/' + authority + '/hosts.toml`' + (if m.net.https then ' and `ca.crt`' else '')
      + '; `config_path` in `/etc/containerd/config.toml`, if it is empty',
      'at once; a new `config_path` by a restart; pods run on',
    ],
    [
      'podman, CRI-O',
      if m.net.https then '`/etc/containers/certs.d/' + authority + '/ca.crt`'
      else '`/etc/containers/registries.conf.d/50-' + m.site + '.conf`',
      'at once; CRI-O by a reload',
    ],
  ])
  + markdown.text([
    'The section with `config_path` has another name in newer formats of `config.toml`: version 2 is that of containerd',
    '1.x, versions 3 and 4 are those of 2.x, which takes version 2 too.',
  ])
  + markdown.code('toml', [
    '[plugins."io.containerd.grpc.v1.cri".registry]    # version = 2',
    '  config_path = "/etc/containerd/certs.d"',
  ])
  + markdown.code('toml', [
    '[plugins."io.containerd.cri.v1.images".registry]  # version = 3 or 4',
    '  config_path = "/etc/containerd/certs.d"',
  ])
  + (if !proxied(m) then '' else markdown.text([
       'Machines that reach the internet through the proxy of the spec also run `sh install.sh --proxy`: `http-proxy.conf`',
       'keeps the way to the registry direct, or the proxy is asked for it. Engines read it when they are restarted.',
     ]))
  + '## Verify\n\n'
  + markdown.code('sh', [
    'docker login ' + quote(authority) + '       # Login Succeeded',
    'docker pull ' + quote(image),
    'crictl pull --creds USER:PASSWORD ' + quote(image) + '  # on a node of a cluster',
  ])
  + '## Nodes of a cluster\n\n'
  + markdown.text([
    'Nothing that runs in the cluster writes to its nodes. New nodes get the files at birth: `cloud-init.yaml` is user data',
    'for a node pool, an autoscaling group or an image; its two lists are `files` and `preKubeadmCommands` of a',
    'KubeadmConfig as well. The commands must run after the engine is installed and before `kubeadm join`. Nodes that',
    'run take them by a loop; pods run on:',
  ])
  + markdown.code('sh', [
    'for node in $(kubectl get nodes -o name | cut -d/ -f2); do',
    "  tar -cf - . | ssh \"root@$node\" 'mkdir -p /opt/hagen/clients/" + m.site + ' && cd /opt/hagen/clients/' + m.site + " && tar -xf - && sh install.sh'",
    'done',
  ])
  + '## Take back\n\n'
  + markdown.code('sh', ['sh install.sh --remove'])
  + markdown.text(['`config_path` stays: other registries may use it. When ' + (
    if m.net.https then 'the authority is replaced, `ca.crt` holds both until the certificate is the new one.'
    else 'the address changes, run it with the old folder.'
  )]);

{
  // files are those of clients/, none where nothing is needed.
  // m: the model; fileSet: makes files of the registry as a whole
  files(m, fileSet)::
    if !wanted(m) then []
    else
      local own = files(m);
      [fileSet('clients', 'clients', own + [
        { path: 'cloud-init.yaml', content: birth(m, own) },
        { path: 'README.md', content: readme(m) },
      ])],

  // step is what a runbook says of clients.
  // m: the model
  step(m):: {
    title: 'Clients',
    text: if !wanted(m) then markdown.text([
      'Nothing is to be done where the certificate of ' + m.net.host + ' is of an authority that everybody trusts. That of a',
      'private one belongs into `registry.tls.ca`: engines answer `x509: certificate signed by unknown authority` until',
      'they have it.',
    ]) else markdown.text([
              if m.net.https then 'A private authority signed the certificate of the registry. Every machine that pulls, the nodes too, needs the'
              else 'The registry speaks http. Every machine that pulls, the nodes too, needs the',
              'folder `clients`, which lies beside those of the targets, or its engine answers',
              symptom(m) + '. As root, where it was copied to:',
            ]) + markdown.code('sh', ['sh clients/install.sh', 'sh clients/install.sh --check'])
            + markdown.text(['Expected: `knows ' + m.net.authority + '` for each engine. `clients/README.md` tells what it does, and how nodes of clusters get it.']),
  },
}
