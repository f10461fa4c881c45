// Which secrets a rendering uses, and where each must lie.
local component = import 'component.libsonnet';

// placeholders finds the materials that a composed one is made of: <name> and
// <name, URL-escaped> in its form.
local placeholders(form) = [
  local inner = std.split(part, '>')[0];
  {
    text: '<' + inner + '>',
    material: std.split(inner, ',')[0],
    escaped: std.length(std.findSubstr(',', inner)) > 0,
  }
  for part in std.split(form, '<')[1:]
];

// needs lists the materials that one is made of.
local needs(facts) =
  (if std.objectHas(facts, 'of') then [facts.of] else [])
  + (if facts.kind == 'composed' then [place.material for place in placeholders(facts.form)] else []);

local parts(components) = std.flatMap(component.pod, components);

// m: the model
function(m) {
  local this = self,
  local unknown = { kind: 'given', description: 'used by an extension', owner: 0, mode: '0600' },
  facts(material):: std.get(m.secrets, material, unknown),
  secretOf(material):: std.get(self.facts(material), 'secret', m.spec.secrets.name),
  placeholders:: placeholders,

  local compose = if m.onCompose then parts(m.composeComponents) else [],
  local cluster = if m.onKubernetes then parts(m.kubernetesComponents) else [],
  local materialsOf(containers) = std.set(
    [file.material for c in containers for file in c.secretFiles]
    + [c.secretEnv[name] for c in containers for name in std.objectFields(c.secretEnv)]
  ),

  local ofCluster = materialsOf(cluster),

  // files of a node: material by material
  files: std.set([file.material for c in compose for file in c.secretFiles]),
  // environment files of a node: { name, variables: name -> material }
  environments: [
    { name: c.id + '.env', variables: c.secretEnv }
    for c in compose
    if std.length(c.secretEnv) > 0
  ],
  // entries of the Secrets of the cluster: Secret -> materials
  entries: {
    [name]: [material for material in ofCluster if this.secretOf(material) == name]
    for name in std.set([this.secretOf(material) for material in ofCluster])
  },

  // all materials, with those that only others are made of
  materials: std.set(std.flatMap(
    function(material) [material] + needs(this.facts(material)),
    materialsOf(compose + cluster)
  )),
}
