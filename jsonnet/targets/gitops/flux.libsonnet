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

// sources are what Flux reads, by their kinds.
local sources = {
  GitRepository(site, flux): { url: site.origin.url, ref: { branch: site.origin.revision } },
  OCIRepository(site, flux): {
    url: site.origin.url,
    ref: { tag: site.origin.revision },
    [if 'ca_secret_name' in flux then 'certSecretRef']: { name: flux.ca_secret_name },
    [if site.origin.plain then 'insecure']: true,
  },
};
local kindOf(site) = if site.origin.artifact then 'OCIRepository' else 'GitRepository';

local source(m, site, flux) = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: kindOf(site),
  metadata: metadata(flux, site.name),
  spec: sources[kindOf(site)](site, flux) + {
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
    sourceRef: { kind: kindOf(site), name: site.name },
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

// m: the model; site: its name, where it is read from, and its path there
// Result: objects of the folder flux
function(m, site)
  local flux = m.spec.gitops.flux;
  local first = site.name + '-storage';
  local second = if m.secretsFolder then [site.name + '-secrets'] else [];
  [
    source(m, site, flux),
    kustomization(m, site, flux, first, storage(m, site)),
    kustomization(m, site, flux, site.name, registry(m, site, [first] + second)),
  ] + [
    kustomization(m, site, flux, name, secrets(m, site, flux, first))
    for name in second
  ]
