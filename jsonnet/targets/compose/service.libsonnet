// One service of a bundle.
local component = import '../../lib/component.libsonnet';
local native = import '../../lib/native.libsonnet';

local secretsDirectory(here) = '${HAGEN_SECRETS:-' + here.secretsDirectory + '}';

// environment brings the ConfigMap with the plain variables and the file with
// the secret ones.
local environment(m, here, c) =
  local map = m.names.envMap(c);
  local plain = std.objectFields(c.env);
  {
    [if std.length(plain) > 0 && !m.names.eachVariable then 'envFrom']: [{ configMapRef: { name: map } }],
    [if std.length(plain) > 0 && m.names.eachVariable then 'environment']: [
      { name: name, valueFrom: { configMapKeyRef: { name: map, key: name } } }
      for name in plain
    ],
    [if std.length(c.secretEnv) > 0 then 'env_file']: [secretsDirectory(here) + '/' + c.id + '.env'],
  };

local bind(source, target, readOnly) = { type: 'bind', source: source, target: target, read_only: readOnly };

// stored returns where the data of a volume lies on a node.
local stored(m, here, mount) =
  local volume = m.volumes[mount.name];
  local directory = if volume.shared then here.mountPoint + '/' + volume.path else here.dataDirectory + '/' + volume.path;
  directory + (if std.objectHas(mount, 'subPath') then '/' + mount.subPath else '');

local volumes(m, here, c) =
  [
    bind('./config/' + std.get(file, 'share', std.get(file, 'configMap', c.id)) + '/' + component.basename(file.path), file.path, true)
    + { configMap: { name: m.names.fileMap(c, file), key: file.key } }
    for file in c.files
  ]
  + [bind(secretsDirectory(here) + '/' + file.material, file.path, true) for file in c.secretFiles]
  + [bind(stored(m, here, mount), mount.path, std.get(mount, 'readOnly', false)) for mount in c.volumes]
  + (if c.id == 'log' then [bind(here.logDirectory, '/var/log/docker', false)] else []);

local capabilities(c) =
  if c.capabilities == null then {} else {
    cap_drop: ['ALL'],
    [if std.length(c.capabilities) > 0 then 'cap_add']: c.capabilities,
  };

// ports publishes the registry's entry on the node, the collector of the logs,
// and what a component asks for.
local ports(m, here, c) =
  local port(name) = [entry.port for entry in c.ports if entry.name == name];
  local published = {
    [m.net.entry]: here.port,
    [if m.net.tlsAtProxy && here.redirect > 0 then 'http']: here.redirect,
    [if m.spec.metrics.enabled && m.harbor.generation == '2' then 'metrics']: m.spec.metrics.port,
  };
  local entry = if !c.publish then [] else [
    { published: published[name], target: port(name)[0], protocol: 'tcp' }
    for name in std.objectFields(published)
    if std.length(port(name)) > 0
  ];
  // Docker itself, on the same node, writes to the log container
  local collector = if c.id != 'log' then [] else [
    { host_ip: '127.0.0.1', published: 1514, target: m.harbor.logPort, protocol: 'tcp' },
  ];
  local all = entry + collector + std.get(c.compose, 'ports', []);
  { [if std.length(all) > 0 then 'ports']: all };

// size spells "200M" as the json-file driver does.
local size(text) = std.asciiLower(text);

local logging(m, c) =
  local rotation = m.spec.logging;
  local drivers = {
    harbor: { driver: 'syslog', options: { 'syslog-address': 'tcp://127.0.0.1:1514', tag: c.id } },
    'json-file': {
      driver: 'json-file',
      options: { 'max-file': std.toString(rotation.rotate_count), 'max-size': size(rotation.rotate_size) },
    },
    journald: { driver: 'journald', options: { tag: c.id } },
  };
  // the log container cannot send its own words to itself
  if c.id == 'log' then {} else { logging: drivers[rotation.driver] };

// limits holds a container to what the spec allows it.
local limits(c) = {
  [if std.objectHas(c.resources.limits, 'memory') then 'mem_limit']: std.toString(native.bytes(c.resources.limits.memory)),
};

// start is what a sidecar borrows from its component, and what a component has
// of its own.
local start(m, owner, c) =
  local before = [name for name in c.dependsOn if std.objectHas(m.effective, name)];
  if c.id == owner.name then {
    container_name: c.name,
    [if std.length(before) > 0 then 'depends_on']: before,
    networks: ['harbor'],
  } else {
    container_name: c.id,
    depends_on: [owner.name],
    network_mode: 'service:' + owner.name,
    [if c.user != 0 then 'user']: c.user + ':' + c.user,
  };

// m: the model; here: what holds on the node; owner: an effective component;
// c: the component itself or one of its sidecars, from component.pod
function(m, here, owner, c)
  local mounts = volumes(m, here, c);
  {
    name: c.id,
    image: c.image,
    restart: 'always',
    [if c.gracePeriod > 30 then 'stop_grace_period']: c.gracePeriod + 's',
    [if c.command != null then 'entrypoint']: c.command,
    [if c.args != null then 'command']: c.args,
    [if std.length(mounts) > 0 then 'volumes']: mounts,
  } + start(m, owner, c) + environment(m, here, c) + capabilities(c) + ports(m, here, c) + logging(m, c) + limits(c)
  + { [key]: c.compose[key] for key in std.objectFields(c.compose) if key != 'ports' }
