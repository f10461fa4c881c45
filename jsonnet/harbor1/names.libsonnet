// The names of the manifests that Harbor 1.2 had on Kubernetes, so that an
// installation made from them is continued and not doubled.

local kind = import '../targets/kubernetes/kind.libsonnet';

local volumes = { registry: 'registry', 'job-logs': 'log', config: 'config' };

// m: the model
// Result: a patch of the names of the Kubernetes target
function(m) {
  local names = self,
  local controllers = m.onKubernetes && kind(m) == 'ReplicationController',
  local own(c) = c.id == c.name,

  workload(c):: names.object(c) + (if controllers then '-rc' else ''),
  container(c):: if own(c) then names.object(c) + '-app' else c.container,

  selector(c):: { name: names.object(c) + '-apps' },
  local harbor = { 'app.kubernetes.io/part-of': 'harbor' },
  podLabels(c):: names.selector(c),
  labels(m, c):: harbor,
  workloadLabels(m, c):: harbor { name: names.workload(c) },
  configLabels(m, owner):: harbor,

  // one ConfigMap for the variables and the files of a component
  local map(c) = 'harbor-' + names.object(c) + '-config',
  envMap(c):: if own(c) then map(c) else super.envMap(c),
  fileMap(c, file):: if own(c) then map(c) else super.fileMap(c, file),
  eachVariable:: true,

  volume(m, name)::
    if !std.objectHas(volumes, name) then super.volume(m, name)
    else {
      pv: std.join('-', [volumes[name]] + m.folders[1:] + ['pv']),
      pvc: volumes[name] + '-pvc',
      labels: harbor + self.selector,
      selector: { type: volumes[name] },
    },
}
