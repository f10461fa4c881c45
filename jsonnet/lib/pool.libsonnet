// How many connections the processes of a registry open to the database.
local kind = import '../targets/kubernetes/kind.libsonnet';
local replicas = import '../targets/kubernetes/replicas.libsonnet';

// Each process of these has a pool of max_open_conns.
local pooled = ['core', 'jobservice', 'exporter'];

// most is how many pods of a component there can be.
local most(m, c) =
  local scaling = m.spec.kubernetes.autoscaling;
  if c.name in scaling then std.max(replicas(m, c), scaling[c.name].max_replicas) else replicas(m, c);

local count(components, of) = std.sum([of(c) for c in components if std.member(pooled, c.name)]);

local processes(m) =
  (if m.onCompose then count(m.composeComponents, function(c) std.length(m.spec.vm.nodes)) else 0)
  + (if m.onKubernetes then count(m.kubernetesComponents, function(c) most(m, c)) else 0);

{
  // processes is how many there can be at once, on both targets.
  // m: the model
  processes:: processes,

  // limit bears all pools, those of the pods that a rollout starts before it
  // ends the old ones, and a few connections for migrations and people.
  // m: the model
  limit(m)::
    local rolling = m.onKubernetes && kind(m) == 'Deployment';
    local surge = if rolling then count(m.kubernetesComponents, function(c) if c.singleton then 0 else 1) else 0;
    (processes(m) + surge) * m.spec.database.max_open_conns + 10,
}
