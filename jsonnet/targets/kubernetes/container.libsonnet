// One container of a pod.
local apis = import 'apis.libsonnet';
local volume = import 'volume.libsonnet';

local environment(m, c) =
  local map = m.names.envMap(c);
  local plain = std.objectFields(c.env);
  local one(name) = { name: name, valueFrom: { configMapKeyRef: { name: map, key: name } } };
  local secret(name) = { name: name, valueFrom: { secretKeyRef: volume.secretKey(m, c.secretEnv[name]) } };
  local variables = (if m.names.eachVariable then std.map(one, plain) else [])
                    + std.map(secret, std.objectFields(c.secretEnv));
  {
    [if std.length(plain) > 0 && !m.names.eachVariable then 'envFrom']: [{ configMapRef: { name: map } }],
    [if std.length(variables) > 0 then 'env']: variables,
  };

// check is one probe. Its timing may hold a handler of its own, such as { tcp }.
local check(probe, timing) =
  local handlers = ['http', 'tcp'];
  local own = std.any([std.objectHas(timing, name) for name in handlers]);
  local handler = if own then timing else probe;
  {
    [if std.objectHas(handler, 'http') then 'httpGet']: { scheme: 'HTTP' } + handler.http,
    [if std.objectHas(handler, 'tcp') then 'tcpSocket']: { port: handler.tcp },
  } + { [name]: timing[name] for name in std.objectFields(timing) if !std.member(handlers, name) };

// patience lets a liveness probe wait out a slow start where the release of
// Kubernetes has no startup probe.
local patience(startup) = {
  initialDelaySeconds: std.get(startup, 'initialDelaySeconds', 0) + startup.periodSeconds * startup.failureThreshold,
};

// A container that answers late is not yet a broken one.
local timing = {
  liveness: { initialDelaySeconds: 60, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  readiness: { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
};

local probes(m, c) =
  local startup = if c.probe == null then null else std.get(c.probe, 'startup');
  local hasStartup = apis.has('startupProbe', m.spec.kubernetes.version);
  if c.probe == null then {} else {
    [if startup != null && hasStartup then 'startupProbe']: check(c.probe, startup),
    livenessProbe: check(
      c.probe,
      timing.liveness + std.get(c.probe, 'liveness', {})
      + (if startup != null && !hasStartup then patience(startup) else {})
    ),
    readinessProbe: check(c.probe, timing.readiness + std.get(c.probe, 'readiness', {})),
  };

local security(m, c, owner) =
  if c.user == 0 then {} else {
    securityContext: {
      [if c.user != owner.user then 'runAsUser']: c.user,
      [if apis.has('allowPrivilegeEscalation', m.spec.kubernetes.version) then 'allowPrivilegeEscalation']: false,
      capabilities: { drop: ['ALL'] },
    },
  };

local resources(m, c) =
  local known(table) = {
    [name]: table[name]
    for name in std.objectFields(table)
    if name != 'ephemeral-storage' || apis.has('ephemeralStorage', m.spec.kubernetes.version)
  };
  local table = {
    [if std.length(c.resources.requests) > 0 then 'requests']: known(c.resources.requests),
    [if std.length(c.resources.limits) > 0 then 'limits']: known(c.resources.limits),
  };
  { [if std.length(table) > 0 then 'resources']: table };

// m: the model; owner: the component of the pod; c: it or one of its sidecars
// Result: a Container
function(m, owner, c)
  local mounts = volume.mounts(m, c);
  {
    name: m.names.container(c),
    image: c.image,
    imagePullPolicy: m.spec.images.pull_policy,
    [if c.command != null then 'command']: c.command,
    [if c.args != null then 'args']: c.args,
    [if std.length(c.ports) > 0 then 'ports']: [
      { name: port.name, containerPort: port.port, protocol: 'TCP' }
      for port in c.ports
    ],
    [if std.length(mounts) > 0 then 'volumeMounts']: mounts,
  } + environment(m, c) + probes(m, c) + security(m, c, owner) + resources(m, c)
