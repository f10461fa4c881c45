// Flux: where the rendering comes from, and three Kustomizations in an order:
// what is never pruned, the Secrets, the rest.
local kind = import '../kubernetes/kind.libsonnet';

local labels = { 'app.kubernetes.io/part-of': 'harbor' };
local metadata(flux, name) = {
  name: name,
  namespace: flux.namespace,
  labels: labels,
  annotations: { 'hagen.dev/component': 'flux', 'hagen.dev/folder': 'flux' },
};

local repository(m, site, flux) = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: metadata(flux, site.name),
  spec: {
    url: m.spec.gitops.repository,
    ref: { branch: m.spec.gitops.branch },
    interval: m.spec.gitops.interval,
    timeout: '1m',
    [if 'secret_name' in flux then 'secretRef']: { name: flux.secret_name },
  },
};

local kustomization(m, site, flux, name, spec) = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: metadata(flux, name),
  spec: {
    sourceRef: { kind: 'GitRepository', name: site.name },
    interval: m.spec.gitops.interval,
    retryInterval: '1m',
    timeout: '15m',
  } + spec,
};

// without leaves out what a selector of annotations finds. The shipped overlay
// marks what must never be pruned, so the mark also parts what comes first.
local without(selector) = [{
  target: { annotationSelector: selector },
  patch: std.lines(['apiVersion: v1', 'kind: any', 'metadata:', '  name: any', '$patch: delete']),
}];
local mark = 'kustomize.toolkit.fluxcd.io/prune';

local after(names) = { dependsOn: [{ name: name } for name in names] };

// A claim may wait for its first pod, so nothing waits for claims.
local storage(m, site) = {
  path: './' + site.path + '/kubernetes',
  prune: false,
  deletionPolicy: 'Orphan',
  wait: false,
  patches: without(mark + '!=disabled'),
};

local secrets(m, site, flux, first) = {
  path: './' + site.path + '/secrets',
  prune: false,
  deletionPolicy: 'Orphan',
  wait: true,
  [if m.spec.secrets.provider == 'sops' then 'decryption']: {
    provider: 'sops',
    secretRef: { name: flux.decryption_secret },
  },
} + after([first]);

local registry(m, site, before) = {
  path: './' + site.path + '/kubernetes',
  prune: true,
  deletionPolicy: 'Orphan',
  wait: true,
  patches: without(mark + '=disabled'),
  // Flux takes every ReplicationController for healthy.
  [if kind(m) == 'ReplicationController' then 'healthCheckExprs']: [{
    apiVersion: 'v1',
    kind: 'ReplicationController',
    current: 'status.?observedGeneration.orValue(0) >= metadata.generation && status.?readyReplicas.orValue(0) == spec.replicas && status.replicas == spec.replicas',
    inProgress: 'status.?readyReplicas.orValue(0) != spec.replicas || status.replicas != spec.replicas',
  }],
} + after(before);

// m: the model; site: its name and its path in the repository
// Result: objects of the folder flux
function(m, site)
  local flux = m.spec.gitops.flux;
  local first = site.name + '-storage';
  local second = if m.secretsFolder then [site.name + '-secrets'] else [];
  [
    repository(m, site, flux),
    kustomization(m, site, flux, first, storage(m, site)),
    kustomization(m, site, flux, site.name, registry(m, site, [first] + second)),
  ] + [
    kustomization(m, site, flux, name, secrets(m, site, flux, first))
    for name in second
  ]
