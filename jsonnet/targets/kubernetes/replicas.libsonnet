// How many pods of a component run.

// m: the model; c: an effective component
// Result: a number
function(m, c)
  if c.singleton then 1
  else if c.replicas != null then c.replicas
  else m.spec.kubernetes.replicas
