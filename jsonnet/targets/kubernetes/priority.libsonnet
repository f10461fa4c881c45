// The PriorityClass of the pods, if the spec says how much they matter.

// m: the model
// Result: the PriorityClass, or nothing if the cluster brings it
function(m)
  local k = m.spec.kubernetes;
  if !('priority_value' in k && 'priority_class' in k && m.cluster.has.priorityClass) then [] else [{
    apiVersion: m.cluster.versions.PriorityClass,
    kind: 'PriorityClass',
    metadata: {
      name: k.priority_class,
      annotations: { 'hagen.dev/component': 'namespace' },
      labels: { 'app.kubernetes.io/part-of': 'harbor' },
    },
    value: k.priority_value,
    description: 'pods of the registry ' + m.spec.name,
  }]
