// The pod of a component: its containers, their volumes, where it may run.
local container = import 'container.libsonnet';
local volume = import 'volume.libsonnet';

// security is what Pod Security "restricted" asks of a pod; programs that run as
// root get none of it.
local security(m, c) =
  if c.user == 0 then {} else {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: c.user,
      fsGroup: c.user,
      // without it every start would change the owner of every stored file
      [if m.cluster.has.fsGroupChangePolicy then 'fsGroupChangePolicy']: 'OnRootMismatch',
      [if m.cluster.has.seccompProfile then 'seccompProfile']: { type: 'RuntimeDefault' },
    },
  };

// spread keeps the pods of a component on different nodes where it can.
local spread(m, c) =
  local labels = { matchLabels: m.names.selector(c) };
  if m.cluster.has.topologySpreadConstraints then {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: key, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: labels }
      for key in ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']
    ],
  } else {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{
          weight: 100,
          podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: labels },
        }],
      },
    },
  };

// placement is what the spec says of nodes and priorities.
local placement(m) =
  local k = m.spec.kubernetes;
  {
    [if std.length(k.node_selector) > 0 then 'nodeSelector']: k.node_selector,
    [if 'priority_class' in k then 'priorityClassName']: k.priority_class,
    [if std.length(k.image_pull_secrets) > 0 then 'imagePullSecrets']: [{ name: name } for name in k.image_pull_secrets],
  };

// m: the model; c: an effective component
// Result: a PodSpec
function(m, c)
  local volumes = volume.all(m, c.parts);
  {
    // a Service named registry would otherwise set REGISTRY_PORT, which the
    // registry reads as a part of its configuration
    [if m.cluster.has.enableServiceLinks then 'enableServiceLinks']: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: c.gracePeriod,
    containers: [container(m, c, part) for part in c.parts],
    [if std.length(volumes) > 0 then 'volumes']: volumes,
  } + security(m, c) + (if c.once then {} else spread(m, c)) + placement(m)
