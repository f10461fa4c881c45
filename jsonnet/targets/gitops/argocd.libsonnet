// Argo CD: an AppProject that confines the registry, an Application that
// brings it, and what Argo CD itself must learn.
local kind = import '../kubernetes/kind.libsonnet';

local labels = { 'app.kubernetes.io/part-of': 'harbor' };
local annotations = { 'hagen.dev/component': 'argocd', 'hagen.dev/folder': 'argocd' };

// project keeps a wrong manifest from reaching anything but this registry.
local project(m, site, argocd) = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: site.name, namespace: argocd.namespace, labels: labels, annotations: annotations },
  spec: {
    description: 'Harbor at ' + m.net.external,
    sourceRepos: [site.origin.url],
    destinations: [{ server: argocd.server, namespace: m.spec.kubernetes.namespace }],
    clusterResourceWhitelist: [
      { group: '', kind: 'Namespace' },
      { group: '', kind: 'PersistentVolume' },
      { group: 'scheduling.k8s.io', kind: 'PriorityClass' },
    ],
  },
};

// Server-side apply refuses unknown fields, which otherwise vanish in a sync
// that says "Succeeded".
local applied(m) = if m.cluster.has.serverSideApply then ['ServerSideApply=true'] else [];

local source(site, folder) = {
  repoURL: site.origin.url,
  targetRevision: site.origin.revision,
  path: site.path + '/' + folder,
};

// No finalizer: to delete the Application leaves the registry where it is.
local application(m, site, argocd) = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: site.name, namespace: argocd.namespace, labels: labels, annotations: annotations },
  spec: {
    project: site.name,
    destination: { server: argocd.server, namespace: m.spec.kubernetes.namespace },
    sources: [source(site, folder) for folder in ['kubernetes'] + (if m.secretsFolder then ['secrets'] else [])],
    syncPolicy: {
      automated: { prune: true, selfHeal: true },
      // A renamed ConfigMap is removed when no pod reads it any more.
      syncOptions: ['PruneLast=true'] + applied(m),
      // Without refresh a failing revision is tried again although a later
      // commit has mended it.
      retry: { limit: 10, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
    },
  },
};

// health tells Argo CD when a ReplicationController is up; by itself it takes
// each for healthy.
local health = {
  apiVersion: 'hagen.dev/v1alpha1',
  kind: 'FileSet',
  metadata: { name: 'argocd-health', annotations: { 'hagen.dev/component': 'argocd' } },
  spec: {
    folder: 'argocd/install',
    files: [{ path: 'argocd-cm.yaml', content: importstr 'argocd-cm.yaml' }],
  },
};

// m: the model; site: its name, where it is read from, and its path there
// Result: objects of the folder argocd
function(m, site)
  local argocd = m.spec.gitops.argocd;
  [project(m, site, argocd), application(m, site, argocd)]
  + (if kind(m) == 'ReplicationController' then [health] else [])
