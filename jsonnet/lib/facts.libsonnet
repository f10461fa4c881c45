// What the rules in schema/rules/ read of the model: what follows from the spec,
// and is known here only.
local storage = import '../targets/kubernetes/storage.libsonnet';
local pool = import 'pool.libsonnet';
local s3 = import 's3.libsonnet';

// node says what a virtual machine publishes and where its logs lie: on the
// shared file system what follows the mount point names the place, anything else is its own.
local node(m, entry) =
  local vm = m.spec.vm;
  local point = m.mountPoint(entry);
  local directory = std.get(entry, 'log_directory', std.get(vm, 'log_directory', ''));
  local mountPoint = if point == null then '' else std.rstripChars(point, '/') + '/';
  local shared = point != null && directory != '' && std.startsWith(directory + '/', mountPoint);
  {
    name: entry.name,
    published: m.net.published(entry),
    mount_point: if point == null then '' else point,
    log_directory: directory,
    log_shared: shared,
    log_place: if shared
    then std.stripChars(std.substr(directory, std.length(mountPoint), 4096), '/')
    else '/' + entry.name,
  };

// visible are the paths of a node that nothing may be mounted over: what hagen puts
// there, with the field that says where, and what a machine cannot do without.
local visible(m) = [
  { path: m.bundleDirectory, field: [] },
  { path: m.secretsPath, field: ['vm', 'secrets_directory'] },
] + (
  local key = if m.storage.system == null then null else m.storage.system.key;
  if key == null then [] else [{ path: key.place, field: ['storage', m.storage.files, 'secret_file'] }]
) + [
  { path: path, field: [] }
  for path in ['/bin', '/dev', '/etc/systemd/system', '/lib', '/proc', '/run', '/sbin', '/sys', '/usr/bin', '/var/lib/docker']
];

// m: the model
// Result: plain data; the rules call it `model`
function(m) {
  environment: if m.environment == null then '' else m.environment,
  // other environments that have the same place outside of the spec, by its name
  shared: m.shared,
  harbor: {
    version: m.harbor.version,
    minor: m.harbor.minor,
    generation: m.harbor.generation,
    features: m.harbor.features,
    paths: m.harbor.paths,
  },
  net: {
    scheme: m.net.scheme,
    host: m.net.host,
    port: m.net.port,
    authority: m.net.authority,
    external: m.net.external,
    https: m.net.https,
    termination: m.net.termination,
    redirect: m.net.redirect,
    is_address: m.net.isAddress,
  },
  database: { port: m.database.port, tls_mode: m.database.tls_mode },
  nodes: if m.onCompose then [node(m, entry) for entry in m.spec.vm.nodes] else [],
  visible: if m.onCompose then visible(m) else [],
  cluster: if m.onKubernetes then { minor: m.cluster.minor, has: m.cluster.has } else { minor: 0, has: {} },
  volume_driver: if m.onKubernetes then storage.driver(m) else '',
  storage: {
    images: m.storage.images,
    files: if m.storage.files == null then '' else m.storage.files,
    // what lies outside and must answer
    hosts: [server[1] for server in m.storage.servers],
    // volumes that every instance must see and only one does
    unshared: if m.storage.files != null then [] else [name for name in m.wantsShared if !m.volumes[name].shared],
    bucket: if m.storage.objects then [m.spec.storage.s3.bucket, s3.directory(m)] else [],
  },
  replication: { here: m.replication.here },
  components: {
    [name]: {
      singleton: m.components[name].singleton,
      clustered: std.member(m.components[name].targets, 'kubernetes'),
      secrets: m.components[name].secretEnv,
      // where it listens
      ports: [std.toString(p.port) for p in m.components[name].ports],
    }
    for name in std.objectFields(m.components)
  },
  processes: pool.processes(m),
  // what pods can be scaled by because hagen brings its rule
  metrics: std.objectFields(m.metrics),
}
