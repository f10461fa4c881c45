// One container of a pod.
local volume = import 'volume.libsonnet';

// secretKey refers to a material by the Secret that holds it.
local secretKey(m, material) =
  local facts = if material in m.secrets then m.secrets[material] else {};
  {
    name: if 'secret' in facts then facts.secret else m.spec.secrets.name,
    key: material,
  };

local environment(m, c) =
  local each = m.names.eachVariable;
  local plain = std.objectFields(c.env);
  local one(name) = { name: name, valueFrom: { configMapKeyRef: { name: c.envMap, key: name } } };
  local variables = (if each then [one(name) for name in plain] else []) + [
    { name: name, valueFrom: { secretKeyRef: secretKey(m, c.secretEnv[name]) } }
    for name in std.objectFields(c.secretEnv)
  ];
  {
    [if !each && plain != [] then 'envFrom']: [{ configMapRef: { name: c.envMap } }],
    [if variables != [] then 'env']: variables,
  };

// check is one probe. Its timing may hold a handler of its own, such as { tcp }.
local check(probe, timing) =
  local own = 'http' in timing || 'tcp' in timing;
  local handler = if own then timing else probe;
  {
    [if 'http' in handler then 'httpGet']: { scheme: 'HTTP' } + handler.http,
    [if 'tcp' in handler then 'tcpSocket']: { port: handler.tcp },
  } + (
    if !own then timing
    else { [name]: timing[name] for name in std.objectFields(timing) if name != 'http' && name != 'tcp' }
  );

// patience lets a liveness probe wait out a slow start where the release of
// Kubernetes has no startup probe.
local patience(startup) = {
  initialDelaySeconds: std.get(startup, 'initialDelaySeconds', 0) + startup.periodSeconds * startup.failureThreshold,
};

// A container that answers late is not yet a broken one.
local liveness = { initialDelaySeconds: 60, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 };
local readiness = { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };

local probes(m, probe) =
  local startup = std.get(probe, 'startup');
  local waits = startup != null && !m.cluster.has.startupProbe;
  {
    [if startup != null && !waits then 'startupProbe']: check(probe, startup),
    livenessProbe: check(probe, liveness + std.get(probe, 'liveness', {}) + (if waits then patience(startup) else {})),
    readinessProbe: check(probe, readiness + std.get(probe, 'readiness', {})),
  };

local security(m, c, owner) = {
  securityContext: {
    [if c.user != owner.user then 'runAsUser']: c.user,
    [if m.cluster.has.allowPrivilegeEscalation then 'allowPrivilegeEscalation']: false,
    capabilities: { drop: ['ALL'] },
  },
};

// reserved leaves out what the release cannot count.
local reserved(m, table) =
  if m.cluster.has.ephemeralStorage then table
  else { [name]: table[name] for name in std.objectFields(table) if name != 'ephemeral-storage' };

local resources(m, c) =
  local table = {
    [if c.resources.requests != {} then 'requests']: reserved(m, c.resources.requests),
    [if c.resources.limits != {} then 'limits']: reserved(m, c.resources.limits),
  };
  { [if table != {} then 'resources']: table };

// literal keeps words as they are: the kubelet would put a variable in the place
// of $(NAME), and one dollar sign in the place of two.
local literal(words) = [std.strReplace(word, '$', '$$') for word in words];

// m: the model; owner: the component of the pod; c: one of its parts
// Result: a Container
function(m, owner, c)
  local mounts = volume.mounts(m, c);
  {
    name: m.names.container(c),
    image: c.image,
    imagePullPolicy: m.spec.images.pull_policy,
    [if c.command != null then 'command']: literal(c.command),
    [if c.args != null then 'args']: literal(c.args),
    [if c.ports != [] then 'ports']: [
      { name: port.name, containerPort: port.port, protocol: 'TCP' }
      for port in c.ports
    ],
    [if mounts != [] then 'volumeMounts']: mounts,
  }
  + environment(m, c)
  + (if c.probe == null then {} else probes(m, c.probe))
  + (if c.user == 0 then {} else security(m, c, owner))
  + resources(m, c)
