// What the nodes of a cluster are told, so that a full disk does not evict the
// registry first: nodes/<pool>/.
local markdown = import '../../lib/markdown.libsonnet';
local native = import '../../lib/native.libsonnet';

// signals are what the kubelet watches, as the spec and as Kubernetes call them.
// Naming one threshold drops the defaults of all others, so all are written.
// Source: kubernetes.io, node-pressure eviction
local signals = [
  ['memory_available', 'memory.available'],
  ['nodefs_available', 'nodefs.available'],
  ['nodefs_inodes_free', 'nodefs.inodesFree'],
  ['imagefs_available', 'imagefs.available'],
  ['imagefs_inodes_free', 'imagefs.inodesFree'],
];

// values returns what a pool says for each signal of one kind of threshold.
local values(pool, field) = {
  [signal[1]]: pool.eviction[signal[0]][field]
  for signal in signals
  if field in pool.eviction[signal[0]]
};

// configuration is what kubeadm, or the kubelet itself, merges into the rest.
local configuration(m, pool) =
  local table(field) = values(pool, field);
  {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    evictionHard: table('hard'),
    [if table('soft') != {} then 'evictionSoft']: table('soft'),
    [if table('soft') != {} then 'evictionSoftGracePeriod']: table('grace_period'),
    [if table('reclaim') != {} then 'evictionMinimumReclaim']: table('reclaim'),
    [if table('soft') != {} then 'evictionMaxPodGracePeriod']: native.seconds(pool.eviction.max_pod_grace_period),
    evictionPressureTransitionPeriod: pool.eviction.pressure_transition_period,
    // Docker rotates by its own configuration
    [if pool.runtime == 'containerd' then 'containerLogMaxSize']: pool.log_max_size,
    [if pool.runtime == 'containerd' then 'containerLogMaxFiles']: pool.log_max_files,
  };

// dropIn is the same as flags. kubeadm's own drop-in ends its command with
// KUBELET_EXTRA_ARGS, so no second ExecStart is needed, which systemd would
// refuse without an empty one before it. A percent sign starts a specifier.
local dropIn(pool) =
  local flag(name, field, sign) =
    local found = values(pool, field);
    if found == {} then [] else [
      '--' + name + '=' + std.join(',', [key + sign + found[key] for key in std.objectFields(found)]),
    ];
  local flags =
    flag('eviction-hard', 'hard', '<')
    + flag('eviction-soft', 'soft', '<')
    + flag('eviction-soft-grace-period', 'grace_period', '=')
    + flag('eviction-minimum-reclaim', 'reclaim', '=')
    + (if values(pool, 'soft') == {} then [] else [
         '--eviction-max-pod-grace-period=' + native.seconds(pool.eviction.max_pod_grace_period),
       ])
    + ['--eviction-pressure-transition-period=' + pool.eviction.pressure_transition_period];
  std.join('\n', [
    '[Service]',
    'Environment="KUBELET_EXTRA_ARGS=' + std.strReplace(std.join(' ', flags), '%', '%%') + '"',
    '',
  ]);

// engine is the configuration of Docker. graph became data-root in 17.05.
local engine(m, pool) = {
  [if 'data_root' in pool then (if native.semver(pool.docker_version + '.0', '17.5.0') < 0 then 'graph' else 'data-root')]: pool.data_root,
  'log-driver': 'json-file',
  'log-opts': { 'max-size': '' + native.bytes(pool.log_max_size), 'max-file': '' + pool.log_max_files },
  [if !m.net.https then 'insecure-registries']: [m.net.authority],
};

local files(m, pool) =
  (
    if m.cluster.has.kubeletConfiguration
    then [{ path: 'kubeletconfiguration.yaml', content: native.yaml(configuration(m, pool)) }]
    else [{ path: '90-eviction.conf', content: dropIn(pool) }]
  ) + (
    if pool.runtime == 'docker'
    then [{ path: 'daemon.json', content: std.manifestJsonEx(engine(m, pool), '  ') + '\n' }]
    else if 'data_root' in pool
    then [{ path: 'containerd.toml', content: 'version = 2\nroot = ' + std.escapeStringJson(pool.data_root) + '\n' }]
    else []
  );

// kubelet says how a node takes its thresholds.
local kubelet(m, folder) =
  local file = folder + '/kubeletconfiguration.yaml';
  if m.cluster.has.kubeletPatches then
    markdown.text(['The kubelet takes its thresholds from kubeadm; `/etc/kubernetes/patches` may hold other patches too:'])
    + markdown.code('sh', [
      'install -D -m 0644 ' + file + ' /etc/kubernetes/patches/kubeletconfiguration.yaml',
      'kubeadm upgrade node phase kubelet-config --patches /etc/kubernetes/patches',
      'systemctl restart kubelet',
    ])
  else if m.cluster.has.kubeletConfiguration then
    markdown.text(['Put what stands in `' + file + '` into `/var/lib/kubelet/config.yaml`, in place of what has the same name there:'])
    + markdown.code('sh', ['systemctl restart kubelet'])
  else
    markdown.text([
      'The drop-in adds to the command of the kubelet that kubeadm installed. If `systemctl show kubelet -p Environment`',
      'names `KUBELET_EXTRA_ARGS` already, add what it holds to the line: the last one counts.',
    ])
    + markdown.code('sh', [
      'install -D -m 0644 ' + folder + '/90-eviction.conf /etc/systemd/system/kubelet.service.d/90-eviction.conf',
      'systemctl daemon-reload',
      'systemctl restart kubelet',
    ]);

// data says how the engine of a node takes its configuration, and the data its place.
local data(pool, folder) =
  local docker = pool.runtime == 'docker';
  local service = if docker then 'docker' else 'containerd';
  local from = if docker then '/var/lib/docker' else '/var/lib/containerd';
  local moves = 'data_root' in pool && pool.data_root != from;
  if !docker && !moves then ''
  else markdown.text([
    if docker then 'Docker reads `' + folder + "/daemon.json`; add what the machine's own file holds besides."
    else 'containerd: write the line `root` of `' + folder + '/containerd.toml` into `/etc/containerd/config.toml`.',
  ] + (if moves then ['What it has stored is copied; meanwhile the node is empty:'] else [])) + markdown.code('sh', (
    if moves then ['kubectl drain NODE --ignore-daemonsets', 'systemctl stop kubelet ' + service] else []
  ) + (
    if docker then ['install -D -m 0644 ' + folder + '/daemon.json /etc/docker/daemon.json'] else []
  ) + (
    if moves
    then ['mkdir -p ' + pool.data_root, 'cp -a ' + from + '/. ' + pool.data_root, 'systemctl start ' + service + ' kubelet', 'kubectl uncordon NODE']
    else ['systemctl restart ' + service]
  )) + (
    if !moves then ''
    else markdown.text(['Once the pods run again, give the space back:']) + markdown.code('sh', ['rm -rf ' + from])
  );

{
  // pools are those of the spec, with what follows from the release of Kubernetes:
  // dockershim went with 1.24.
  // m: the model
  pools(m):: if !m.onKubernetes then {} else {
    local pool = m.spec.kubernetes.nodes[name],
    [name]: { runtime: if m.cluster.has.dockershimRemoved then 'containerd' else 'docker', docker_version: m.cluster.dockerVersion } + pool
    for name in std.objectFields(m.spec.kubernetes.nodes)
  },

  // m: the model; fileSet: makes files of the registry as a whole
  // Result: a FileSet for each pool
  files(m, fileSet):: [
    fileSet('nodes-' + name, 'nodes/' + name, files(m, $.pools(m)[name]))
    for name in std.objectFields($.pools(m))
  ],

  // steps tells how each pool takes its files.
  // m: the model
  steps(m):: [
    {
      local pool = $.pools(m)[name],
      local folder = 'nodes/' + name,
      title: 'Nodes: ' + name,
      text: markdown.text(['On one node of the pool after the other:'])
            + data(pool, folder)
            + kubelet(m, folder)
            + markdown.text([
              'Expected: `kubectl describe node NODE` says `DiskPressure False` and `MemoryPressure False`, and',
              '`kubectl get --raw /api/v1/nodes/NODE/proxy/configz` shows every threshold.',
            ]),
    }
    for name in std.objectFields($.pools(m))
  ],
}
