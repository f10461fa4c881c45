// A node may be drained while the other pods of a component serve on.
local apis = import 'apis.libsonnet';
local replicas = import 'replicas.libsonnet';

// m: the model; c: an effective component
// Result: a PodDisruptionBudget if there is more than one pod
function(m, c)
  local k = m.spec.kubernetes;
  local count = replicas(m, c);
  if count < 2 then [] else [{
    apiVersion: apis.version('PodDisruptionBudget', k.version),
    kind: 'PodDisruptionBudget',
    metadata: {
      name: m.names.object(c),
      namespace: k.namespace,
      labels: m.names.serviceLabels(m, c),
      annotations: { 'hagen.dev/component': c.name },
    },
    spec: {
      selector: { matchLabels: m.names.selector(c) },
      [if apis.has('unhealthyPodEvictionPolicy', k.version) then 'unhealthyPodEvictionPolicy']: 'AlwaysAllow',
    } + (if apis.has('budgetMaxUnavailable', k.version) then { maxUnavailable: 1 } else { minAvailable: count - 1 }),
  }]
