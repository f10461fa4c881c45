// What keeps the pods of a component running.

// m: the model
// Result: "Deployment" or "ReplicationController"
function(m)
  std.get(m.spec.kubernetes, 'workload', if m.harbor.generation == '1' then 'ReplicationController' else 'Deployment')
