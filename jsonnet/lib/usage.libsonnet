// Which secrets a rendering uses, and where each must lie.
local list = import 'list.libsonnet';
local native = import 'native.libsonnet';

// needs lists the materials that one is made of.
local needs(facts) =
  (if 'of' in facts then [facts.of] else [])
  + (if facts.kind == 'composed' then [place.material for place in native.placeholders(facts.form)] else []);

local unknown = { kind: 'given', description: 'used by an extension', owner: 0, mode: '0600' };

local materialsOf(parts) = native.set(
  [file.material for c in parts for file in c.secretFiles]
  + std.flatMap(function(c) std.objectValues(c.secretEnv), parts)
);

// m: the model
function(m) {
  local compose = if m.onCompose then std.flatMap(function(c) c.parts, m.composeComponents) else [],
  local cluster = if m.onKubernetes then std.flatMap(function(c) c.parts, m.kubernetesComponents) else [],
  local facts(material) = if material in m.secrets then m.secrets[material] else unknown,
  local described(materials) = [facts(material) { material: material } for material in materials],

  // files of a node: the facts of each material
  files: described(native.set([file.material for c in compose for file in c.secretFiles])),
  // environment files of a node: { name, variables: name -> material }
  environments: [
    { name: c.id + '.env', variables: c.secretEnv }
    for c in compose
    if c.secretEnv != {}
  ],
  // entries of the Secrets of the cluster: [{ group: the Secret, items }]
  entries: list.grouped([
    fact { group: if 'secret' in fact then fact.secret else m.spec.secrets.name }
    for fact in described(materialsOf(cluster))
  ]),

  // all materials, with those that only others are made of
  local used = materialsOf(compose + cluster),
  materials: described(native.set(used + std.flatMap(function(material) needs(facts(material)), used))),
}
