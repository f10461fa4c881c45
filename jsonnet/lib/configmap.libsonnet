// ConfigMaps carry environment and configuration files to both targets.
local list = import 'list.libsonnet';

// entries lists what a container needs: [{ group: the ConfigMap's name, … }].
local entries(c, cluster) =
  (if c.env == {} then [] else [{ group: c.envMap, owner: c.component, data: c.env, cluster: cluster }])
  + [
    { group: file.group, owner: file.owner, data: { [file.key]: file.content }, cluster: cluster }
    for file in c.files
  ];

// ownerOf names the component of a ConfigMap, or the ConfigMap that several share.
local ownerOf(map) =
  local first = map.items[0].owner;
  if std.all([item.owner == first for item in map.items]) then first else map.group;

local object(m, map) =
  local owner = ownerOf(map);
  local cluster = std.any([item.cluster for item in map.items]);
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: map.group,
      annotations: { 'hagen.dev/component': owner } + (if cluster then {} else { 'hagen.dev/target': 'compose' }),
    } + (if cluster then { namespace: m.spec.kubernetes.namespace, labels: m.names.configLabels(m, owner) } else {}),
    data: std.foldl(function(data, item) data + item.data, map.items, {}),
  };

// m: the model
// Result: the ConfigMaps of all components; those that no workload of the
// cluster uses are marked as the bundle's
function(m)
  local used = [
    { c: c, cluster: m.onKubernetes && std.member(c.targets, 'kubernetes') }
    for c in m.all
    if m.onKubernetes && std.member(c.targets, 'kubernetes') || m.onCompose && std.member(c.targets, 'compose')
  ];
  local all = [entry for use in used for part in use.c.parts for entry in entries(part, use.cluster)];
  [object(m, map) for map in list.grouped(all)]
