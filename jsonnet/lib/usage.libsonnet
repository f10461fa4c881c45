// Which secrets a rendering uses, and where each must lie.
local list = import 'list.libsonnet';
local native = import 'native.libsonnet';

// needs lists the materials that one is made of.
local needs(facts) =
  (if 'of' in facts then [facts.of] else [])
  + (if facts.kind == 'composed' then [place.material for place in native.placeholders(facts.form)] else []);

local unknown = {
  kind: 'given',
  description: 'used by an extension',
  rotation: 'what the extension does with it; restart what reads it',
  owner: 0,
  mode: '0600',
};

// reads lists what the containers of a target read: [{ group: the material, use }]
local reads(target, parts) = std.flatMap(
  function(c) [
    { group: file.material, use: { target: target, component: c.id, as: 'file ' + file.path } }
    for file in c.secretFiles
  ] + [
    { group: c.secretEnv[name], use: { target: target, component: c.id, as: 'variable ' + name } }
    for name in std.objectFields(c.secretEnv)
  ],
  parts
);

// m: the model
function(m) {
  // by which the shared file system is mounted, where that needs one
  local key = if m.storage.system == null then null else m.storage.system.key,
  local mounting(use) = if key == null then [] else [{ group: key.material, use: use(key) }],
  local compose = if m.onCompose then reads('compose', std.flatMap(function(c) c.parts, m.composeComponents)) + mounting(function(key) { target: 'compose', component: 'mount', as: 'file ' + key.place }) else [],
  local cluster = if m.onKubernetes then reads('kubernetes', std.flatMap(function(c) c.parts, m.kubernetesComponents)) + mounting(function(key) { target: 'kubernetes', component: 'storage', as: 'volume ' + key.secret }) else [],
  local facts(material) = if material in m.secrets then m.secrets[material] else unknown,
  local named(material) = facts(material) { material: material },
  local used = list.grouped(compose + cluster),
  local inner = std.flatMap(function(entry) needs(facts(entry.group)), used),
  local direct = [entry.group for entry in used],

  // materials are all of them, with those that only others are made of
  materials: [
    named(same.group) { uses: [read.use for read in same.items[0].items] }
    for same in list.grouped(used + [
      { group: material, items: [] }
      for material in native.set(inner)
      if !std.member(direct, material)
    ])
  ],
  // files of a node: the facts of each material
  files: [
    named(material)
    for material in native.set([file.material for c in m.composeComponents for part in c.parts for file in part.secretFiles])
  ],
  // node lists those that the nodes need
  node: [named(material) for material in native.set([entry.group for entry in compose])],
  // entries of the Secrets of the cluster: [{ group: the Secret, items }]
  entries: list.grouped([
    local fact = named(material);
    fact { group: if 'secret' in fact then fact.secret else m.spec.secrets.name }
    for material in native.set([entry.group for entry in cluster])
  ]),
}
