// How many pods of a component run, at least if their number follows the load.

// m: the model; c: an effective component
// Result: a number
function(m, c)
  local scaling = m.spec.kubernetes.autoscaling;
  if c.singleton then 1
  else if c.name in scaling && 'min_replicas' in scaling[c.name] then scaling[c.name].min_replicas
  else if c.replicas != null then c.replicas
  else m.spec.kubernetes.replicas
