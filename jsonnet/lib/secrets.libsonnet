// What a rendering needs of secrets, for the program that makes and keeps them:
// names and forms, never a value.
local storage = import '../targets/kubernetes/storage.libsonnet';
local native = import 'native.libsonnet';

// Fields that are for the library alone are hidden.
local own = { owner:: null, mode:: null, secret:: null, place:: null, pair:: null, form:: null };

local material(facts) =
  facts + own
  + (if facts.kind == 'given' then { format: std.get(facts, 'format', 'text') } else {})
  + (if 'pair' in facts then { key: facts.pair } else {})
  + (if facts.kind == 'composed' then { parts: native.parts(facts.form) } else {});

// items lists the entries of a Secret. That of CephFS has the form which the
// volumes' driver reads.
local items(m, secret) = std.flatMap(
  function(fact)
    if fact.material != 'ceph_key' then [{ key: fact.material, material: fact.material }]
    else if storage.driver(m) == 'csi' then [
      { key: 'userID', value: m.spec.storage.cephfs.user },
      { key: 'userKey', material: fact.material },
    ]
    else [{ key: 'key', material: fact.material }],
  secret.items
);

local cluster(m) = [
  {
    name: secret.group,
    namespace: m.spec.kubernetes.namespace,
    labels: { 'app.kubernetes.io/part-of': 'harbor' },
    type: if secret.group == m.spec.registry.tls.secret_name then 'kubernetes.io/tls' else 'Opaque',
    items: items(m, secret),
  }
  for secret in m.usage.entries
];

// m: the model
// Result: { provider, materials, public, cluster, node, import }
function(m) {
  // objects of the cluster that bring the Secrets, where the library can write them
  objects:: if m.onKubernetes && m.spec.secrets.provider == 'external-secrets'
  then (import '../targets/kubernetes/external_secret.libsonnet')(m, self.cluster)
  else [],
  provider: m.spec.secrets.provider,
  materials: [material(facts) for facts in m.usage.materials],
  public: m.harbor.publicSecrets,
  cluster: if m.onKubernetes then cluster(m) else [],
  'import': m.installed,
  node: [facts.material for facts in m.usage.node],
}
