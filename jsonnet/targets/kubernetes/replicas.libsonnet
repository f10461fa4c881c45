// m: the model; c: an effective component
// Result: how many pods of it run
function(m, c)
  if c.singleton then 1
  else if c.replicas != null then c.replicas
  else m.spec.kubernetes.replicas
