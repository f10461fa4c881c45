// What Argo CD and Flux need to bring a rendering into the cluster.
local engines = {
  argocd: import 'gitops/argocd.libsonnet',
  flux: import 'gitops/flux.libsonnet',
};

// site is what both engines call this registry in this environment, and where
// it lies in the repository.
local site(m) = {
  name: m.site,
  path: std.join('/', [m.spec.gitops.path] + m.folders),
};

// m: the model
// Result: objects, none of them before the spec names a repository
function(m)
  if !m.onKubernetes || !('repository' in m.spec.gitops) then []
  else std.flatMap(function(engine) engines[engine](m, site(m)), m.spec.gitops.engines)
