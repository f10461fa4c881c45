// A node may be drained while the other pods of a component serve on.
local replicas = import 'replicas.libsonnet';

// m: the model; c: an effective component
// Result: a PodDisruptionBudget if there is more than one pod
function(m, c)
  local k = m.spec.kubernetes;
  local count = replicas(m, c);
  if count < 2 then [] else [{
    apiVersion: m.cluster.versions.PodDisruptionBudget,
    kind: 'PodDisruptionBudget',
    metadata: {
      name: m.names.object(c),
      namespace: k.namespace,
      labels: m.names.serviceLabels(m, c),
      annotations: { 'hagen.dev/component': c.name },
    },
    spec: {
      selector: { matchLabels: m.names.selector(c) },
      [if m.cluster.has.unhealthyPodEvictionPolicy then 'unhealthyPodEvictionPolicy']: 'AlwaysAllow',
    } + (if m.cluster.has.budgetMaxUnavailable then { maxUnavailable: 1 } else { minAvailable: count - 1 }),
  }]
