// One service of a bundle.
local native = import '../../lib/native.libsonnet';

// environment brings the ConfigMap with the plain variables, and refers to the
// secret ones as a pod does: on a node they come from the secrets directory.
local environment(m, c) =
  local each = m.names.eachVariable;
  local plain = std.objectFields(c.env);
  local variables = [
    { name: name, valueFrom: { secretKeyRef: { name: m.spec.secrets.name, key: c.secretEnv[name] } } }
    for name in std.objectFields(c.secretEnv)
  ];
  local own = (if each then [
                 { name: name, valueFrom: { configMapKeyRef: { name: c.envMap, key: name } } }
                 for name in plain
               ] else []) + variables;
  {
    [if !each && plain != [] then 'envFrom']: [{ configMapRef: { name: c.envMap } }],
    [if own != [] then 'environment']: own,
  };

local bind(source, target, readOnly) = { type: 'bind', source: source, target: target, read_only: readOnly };

// files binds what comes with the bundle and what the operator provides.
local files(m, c) =
  [
    bind('./config/' + file.folder + '/' + file.base, file.path, true)
    + { configMap: { name: file.group, key: file.key } }
    for file in c.files
  ]
  + [
    bind(m.secretsDirectory + '/' + file.material, file.path, true)
    + { secret: { material: file.material, owner: file.owner, mode: file.mode } }
    for file in c.secretFiles
  ];

// stored returns where the data of a volume lies on a node.
local stored(m, here, mount) =
  local volume = m.volumes[mount.name];
  (if volume.shared then here.mountPoint else m.dataDirectory) + '/' + volume.path
  + (if 'subPath' in mount then '/' + mount.subPath else '');

local data(m, here, c) =
  [
    bind(stored(m, here, mount), mount.path, 'readOnly' in mount && mount.readOnly)
    for mount in c.volumes
  ]
  + (if c.id == 'log' then [bind(here.logDirectory, '/var/log/docker', false)] else []);

local capabilities(c) =
  if c.capabilities == null then {} else {
    cap_drop: ['ALL'],
    [if c.capabilities != [] then 'cap_add']: c.capabilities,
  };

// entry publishes the registry on a node.
local entry(m, here, c) =
  local published = {
    [m.net.entry]: here.port,
    [if m.net.redirect > 0 then 'http']: m.net.redirect,
    [if m.spec.metrics.enabled then 'metrics']: m.spec.metrics.port,
  };
  [
    { published: published[port.name], target: port.port, protocol: 'tcp' }
    for port in c.ports
    if port.name in published
  ];

// ports publishes the registry's entry, the collector of the logs, to which
// Docker itself writes from the same node, and what a component asks for.
local ports(m, here, c) =
  (if c.id == c.component && c.publish then entry(m, here, c) else [])
  + (if c.id == 'log' then [{ host_ip: '127.0.0.1', published: 1514, target: m.harbor.logPort, protocol: 'tcp' }] else [])
  + (if 'ports' in c.compose then c.compose.ports else []);

// size spells "200M" as the json-file driver does.
local size(text) = std.strReplace(std.strReplace(std.strReplace(text, 'K', 'k'), 'M', 'm'), 'G', 'g');

local ownWords = { driver: 'json-file', options: { 'max-file': '3', 'max-size': '10m' } };

local logging(m, c) =
  local rotation = m.spec.logging;
  local drivers = {
    harbor: { driver: 'syslog', options: { 'syslog-address': 'tcp://127.0.0.1:1514', tag: c.id } },
    'json-file': {
      driver: 'json-file',
      options: { 'max-file': '' + rotation.rotate_count, 'max-size': size(rotation.rotate_size) },
    },
    journald: { driver: 'journald', options: { tag: c.id } },
  };
  // the log container cannot send its own words to itself, and is not there yet for
  // what runs once; the engine's own default keeps all of them for ever
  { logging: if c.id == 'log' || c.once then ownWords else drivers[rotation.driver] };

// conditions says what must be before a container starts. The log container must
// listen, or Docker refuses to start those who write to it. Nothing else is
// waited for: all try again by themselves, and a core that is unhealthy for a
// while would otherwise keep the rest of its node down for good.
// Images of Harbor 1.x hold no program that is known to tell.
local conditions(m, names) = {
  [name]: { condition: if name == 'log' && m.harbor.generation == '2' then 'service_healthy' else 'service_started' }
  for name in names
};

// cpus spells "500m" as Compose does.
local cpus(text) =
  if std.endsWith(text, 'm') then std.parseInt(std.substr(text, 0, std.length(text) - 1)) / 1000 else std.parseJson(text);

// start is what a sidecar borrows from its component, and what a component has
// of its own.
local start(m, owner, c) =
  local before = [name for name in owner.dependsOn if name in m.effective];
  if c.id == owner.name then {
    container_name: c.name,
    [if before != [] then 'depends_on']: conditions(m, before),
    networks: ['harbor'],
  } else {
    container_name: c.id,
    depends_on: conditions(m, [owner.name]),
    network_mode: 'service:' + owner.name,
    [if c.user != 0 then 'user']: c.user + ':' + c.user,
  };

{
  // of makes what a service is on every node.
  // m: the model; owner: an effective component; c: one of its parts
  // Result: { c, service, same: whether nothing in it depends on the node }
  of(m, owner, c):: {
    local bound = files(m, c),
    c: c,
    same: c.volumes == [] && !c.publish && c.id != 'log' && !('ports' in c.compose),
    service: {
               name: c.id,
               image: c.image,
               restart: if c.once then 'no' else 'always',
               // started by its name alone: compose run
               [if c.once then 'profiles']: ['once'],
               [if c.gracePeriod > 30 then 'stop_grace_period']: c.gracePeriod + 's',
               [if c.command != null then 'entrypoint']: c.command,
               [if c.args != null then 'command']: c.args,
               [if 'memory' in c.resources.limits then 'mem_limit']: '' + native.bytes(c.resources.limits.memory),
               [if 'cpu' in c.resources.limits then 'cpus']: cpus(c.resources.limits.cpu),
               [if bound != [] then 'volumes']: bound,
             } + start(m, owner, c) + environment(m, c) + capabilities(c) + logging(m, c)
             + { [key]: c.compose[key] for key in std.objectFields(c.compose) if key != 'ports' },
  },

  // at adds what depends on the node.
  // here: what holds on the node; entry: made by `of`
  at(m, here, entry)::
    local mounts = data(m, here, entry.c);
    local published = ports(m, here, entry.c);
    if entry.same then entry.service else entry.service {
      [if mounts != [] then 'volumes']+: mounts,
      [if published != [] then 'ports']: published,
    },
}
