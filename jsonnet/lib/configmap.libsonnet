// ConfigMaps carry environment and configuration files to both targets.
local component = import 'component.libsonnet';

// merged joins the data of one ConfigMap from the containers that share it.
local merged(parts) = std.foldl(function(all, part) all + part, parts, {});

// entries lists what a container needs: [{ map, data }].
local entries(m, c) =
  (if std.length(c.env) > 0 then [{ map: m.names.envMap(c), data: c.env }] else [])
  + [
    { map: m.names.fileMap(c, file), data: { [file.key]: file.content }, [if std.objectHas(file, 'share') then 'owner']: file.share }
    for file in c.files
  ];

// ofTarget lists the entries of all containers of the given components.
local ofTarget(m, components) = [
  { owner: c.name } + entry
  for c in components
  for part in component.pod(c)
  for entry in entries(m, part)
];

// ownerOf names the component of a ConfigMap, or the ConfigMap that several share.
local ownerOf(name, entries) =
  local owners = std.set([entry.owner for entry in entries]);
  if std.length(owners) == 1 then owners[0] else name;

local object(m, name, entries, cluster) =
  local owner = ownerOf(name, entries);
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: name,
      annotations: { 'hagen.dev/component': owner } + (if cluster then {} else { 'hagen.dev/target': 'compose' }),
    } + (if cluster then { namespace: m.spec.kubernetes.namespace, labels: m.names.configLabels(m, owner) } else {}),
    data: merged([entry.data for entry in entries]),
  };

// m: the model
// Result: the ConfigMaps of all components; those that no workload of the
// cluster uses are marked as the bundle's
function(m)
  local inCluster = if m.onKubernetes then ofTarget(m, m.kubernetesComponents) else [];
  local inBundle = if m.onCompose then ofTarget(m, m.composeComponents) else [];
  local clusterNames = { [name]: true for name in std.set([entry.map for entry in inCluster]) };
  local all = inCluster + [entry for entry in inBundle if !std.objectHas(clusterNames, entry.map)];
  local names = std.set([entry.map for entry in all]);
  [
    object(m, name, [entry for entry in all if entry.map == name], std.objectHas(clusterNames, name))
    for name in names
  ]
