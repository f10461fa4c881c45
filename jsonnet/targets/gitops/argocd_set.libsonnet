// Argo CD with environments: one ApplicationSet finds the folder argocd of each
// in the repository and brings what lies there, so that a new environment needs
// no hands. It is the same in all of them, and lies beside that folder: what it
// brings must not hold itself.
local labels = { 'app.kubernetes.io/part-of': 'harbor' };
local here = 'https://kubernetes.default.svc';  // the cluster of Argo CD
local metadata(m, argocd) = {
  name: m.spec.name,
  namespace: argocd.namespace,
  labels: labels,
  annotations: { 'hagen.dev/component': 'argocd', 'hagen.dev/folder': 'argocd-set' },
};

// project lets it bring projects and Applications, and nothing else.
local project(m, site, argocd) = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: metadata(m, argocd),
  spec: {
    description: 'the environments of ' + m.spec.name,
    sourceRepos: [site.origin.url],
    destinations: [{ server: here, namespace: argocd.namespace }],
    namespaceResourceWhitelist: [
      { group: 'argoproj.io', kind: 'AppProject' },
      { group: 'argoproj.io', kind: 'Application' },
    ],
  },
};

// An environment is the part of the path behind the folder of the registry.
local segment(site) = std.length(std.split(std.join('/', site.origin.folders), '/')) + 1;

// What is no longer in the repository stays until somebody deletes it: a branch
// that lost a folder must not take a registry along.
local set(m, site, argocd) = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'ApplicationSet',
  metadata: metadata(m, argocd),
  spec: {
    goTemplate: true,
    goTemplateOptions: ['missingkey=error'],
    generators: [{ git: {
      repoURL: site.origin.url,
      revision: 'HEAD',
      directories: [{ path: std.join('/', site.origin.folders + [m.spec.name, '*', 'argocd']) }],
    } }],
    syncPolicy: { applicationsSync: 'create-update', preserveResourcesOnDeletion: true },
    template: {
      metadata: { name: m.spec.name + '-{{ index .path.segments ' + segment(site) + ' }}-argocd' },
      spec: {
        project: m.spec.name,
        destination: { server: here, namespace: argocd.namespace },
        source: { repoURL: site.origin.url, targetRevision: 'HEAD', path: '{{ .path.path }}' },
        syncPolicy: {
          automated: { prune: false, selfHeal: true },
          retry: { limit: 10, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
        },
      },
    },
  },
};

// m: the model; site: its name, where it is read from, and its path there
// Result: objects of the folder argocd-set, none without environments or a
// repository: only that can be searched
function(m, site)
  local argocd = m.spec.gitops.argocd;
  if std.length(m.folders) < 2 || site.origin.artifact then []
  else [project(m, site, argocd), set(m, site, argocd)]
