// ExternalSecrets: the Secrets of the cluster from a store that the user keeps.

// entry is where the store has a secret: each is a property of one key. Values
// that hold another one are kept composed, since a template of the controller
// would escape a password otherwise than Harbor reads it, and would make a new
// salt at each refresh.
local entry(m, item) = {
  secretKey: item.key,
  remoteRef: { key: std.get(m.spec.secrets.external, 'path', m.spec.name), property: item.material },
};

// template adds what is not in the store: the type, and values that are no secret.
local template(secret) =
  local plain = { [item.key]: item.value for item in secret.items if 'value' in item };
  local typed = secret.type != 'Opaque';
  if !typed && plain == {} then {} else {
    template: {
      engineVersion: 'v2',
      mergePolicy: 'Merge',
      [if typed then 'type']: secret.type,
      metadata: { labels: secret.labels },
      [if plain != {} then 'data']: plain,
    },
  };

// m: the model; secrets: those of the cluster
// Result: an ExternalSecret for each
function(m, secrets) [
  local external = m.spec.secrets.external;
  {
    apiVersion: 'external-secrets.io/' + external.api_version,
    kind: 'ExternalSecret',
    metadata: {
      name: secret.name,
      namespace: secret.namespace,
      labels: secret.labels,
      annotations: { 'hagen.dev/component': 'secrets', 'hagen.dev/folder': 'secrets' },
    },
    spec: {
      refreshInterval: external.refresh_interval,
      secretStoreRef: { kind: external.store_kind, name: std.get(external, 'store', '') },
      // the Secret stays when this object or the store is gone: pods that start
      // must find it
      target: { name: secret.name, creationPolicy: 'Orphan', deletionPolicy: 'Retain' } + template(secret),
      data: [entry(m, item) for item in secret.items if 'material' in item],
    },
  }
  for secret in secrets
]
