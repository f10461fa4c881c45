// The namespace, with the pod security level that Harbor's pods meet.

// m: the model
// Result: the Namespace, or nothing if the cluster brings it
function(m)
  local k = m.spec.kubernetes;
  local level = std.get(k, 'pod_security', if m.harbor.generation == '1' then 'baseline' else 'restricted');
  if !k.create_namespace then [] else [{
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: k.namespace,
      annotations: { 'hagen.dev/component': 'namespace' },
      labels: { 'app.kubernetes.io/part-of': 'harbor' } + (
        if m.cluster.has.podSecurityLabels then {
          'pod-security.kubernetes.io/enforce': level,
          'pod-security.kubernetes.io/warn': level,
        } else {}
      ),
    },
  }]
