// What Argo CD and Flux need to bring a rendering into the cluster.
local argocd = import 'gitops/argocd.libsonnet';
local environments = import 'gitops/argocd_set.libsonnet';
local engines = {
  argocd(m, site): argocd(m, site) + environments(m, site),
  flux: import 'gitops/flux.libsonnet',
};

// origin is where the controllers read from: a branch of a Git repository, or an
// artifact, oci://HOST/REPOSITORY:TAG, which holds the output folder alone.
local origin(m) =
  local gitops = m.spec.gitops;
  if 'source' in gitops then
    local parts = std.split(gitops.source, ':');
    local url = std.join(':', parts[:std.length(parts) - 1]);
    {
      url: url,
      revision: parts[std.length(parts) - 1],
      artifact: true,
      // The registry itself may be without TLS, and nobody else is taken for it.
      plain: std.startsWith(m.net.external, 'http://') && std.split(url, '/')[2] == m.net.external[std.length('http://'):],
      folders: [],
    }
  else if 'repository' in gitops then {
    url: gitops.repository,
    revision: gitops.branch,
    artifact: false,
    plain: false,
    folders: [gitops.path],
  };

// site is what both engines call this registry in this environment, and where
// it lies in what they read.
local site(m, origin) = {
  name: m.site,
  origin: origin,
  path: std.join('/', origin.folders + m.folders),
};

// m: the model
// Result: objects, none of them before the spec says where they are read from
function(m)
  local from = origin(m);
  if !m.onKubernetes || from == null then []
  else std.flatMap(function(engine) engines[engine](m, site(m, from)), m.spec.gitops.engines)
