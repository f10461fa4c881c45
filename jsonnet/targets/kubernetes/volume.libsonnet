// The volumes of a pod and where its containers mount them.
local component = import '../../lib/component.libsonnet';
local apis = import 'apis.libsonnet';

// secretOf names the Secret and key of a material.
local secretOf(m, material) = {
  local facts = std.get(m.secrets, material, {}),
  name: std.get(facts, 'secret', m.spec.secrets.name),
  key: std.get(facts, 'key', material),
};

// Names of volumes are DNS labels, those of Secrets and ConfigMaps may hold dots.
local label(name) = std.strReplace(name, '.', '-');
local secretVolume(m, name) = if name == m.spec.secrets.name then 'secrets' else label(name);

local unique(list, key) = std.set(list, key);

local fileItem(file) = { key: file.key, path: component.basename(file.path) };

// configuration makes one volume of each ConfigMap that the containers mount.
local configuration(m, parts) =
  local files = [{ map: m.names.fileMap(c, file), item: fileItem(file) } for c in parts for file in c.files];
  [
    {
      name: label(map),
      configMap: {
        name: map,
        items: unique([file.item for file in files if file.map == map], function(item) item.path),
      },
    }
    for map in std.set([file.map for file in files])
  ];

// secrets makes one volume of each Secret whose entries the containers mount;
// the group of the pod may read them.
local secrets(m, parts) =
  local refs = [secretOf(m, file.material) for c in parts for file in c.secretFiles];
  [
    {
      name: secretVolume(m, name),
      secret: {
        secretName: name,
        defaultMode: 288,  // 0440
        items: unique([{ key: ref.key, path: ref.key } for ref in refs if ref.name == name], function(item) item.path),
      },
    }
    for name in std.set([ref.name for ref in refs])
  ];

local stored(m, name) =
  local volume = m.volumes[name];
  if volume.shared
  then { name: name, persistentVolumeClaim: { claimName: m.names.volume(m, name).pvc } }
  else {
    name: name,
    emptyDir: if apis.has('emptyDirSizeLimit', m.spec.kubernetes.version) then { sizeLimit: volume.size } else {},
  };

local scratchName(c, scratch) = c.id + '-' + scratch.name;

{
  // secretKey refers to a material.
  // m: the model; material: its name
  secretKey(m, material):: secretOf(m, material),

  // all lists the volumes of a pod.
  // m: the model; parts: its containers, as component.pod lists them
  all(m, parts)::
    configuration(m, parts)
    + secrets(m, parts)
    + [stored(m, name) for name in std.set([volume.name for c in parts for volume in c.volumes])]
    + [{ name: scratchName(c, scratch), emptyDir: {} } for c in parts for scratch in c.scratch],

  // mounts lists the mounts of one container.
  mounts(m, c)::
    [
      {
        name: label(m.names.fileMap(c, file)),
        mountPath: file.path,
        subPath: component.basename(file.path),
        readOnly: true,
      }
      for file in c.files
    ]
    + [
      local ref = secretOf(m, file.material);
      { name: secretVolume(m, ref.name), mountPath: file.path, subPath: ref.key, readOnly: true }
      for file in c.secretFiles
    ]
    + [
      { name: volume.name, mountPath: volume.path }
      + (if std.get(volume, 'readOnly', false) then { readOnly: true } else {})
      + (if std.objectHas(volume, 'subPath') then { subPath: volume.subPath } else {})
      for volume in c.volumes
    ]
    + [{ name: scratchName(c, scratch), mountPath: scratch.path } for scratch in c.scratch],
}
