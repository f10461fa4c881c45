// The volumes of a pod and where its containers mount them.
local list = import '../../lib/list.libsonnet';
local native = import '../../lib/native.libsonnet';

// Names of volumes are DNS labels, those of Secrets and ConfigMaps may hold dots.
local label(name) = std.strReplace(name, '.', '-');
local secretVolume(m, name) = if name == m.spec.secrets.name then 'secrets' else label(name);

// items lists the entries of a volume, each once.
local items(entries) = [
  { key: same.items[0].key, path: same.group }
  for same in list.grouped(entries)
];

// configuration makes one volume of each ConfigMap that the containers mount.
local configuration(parts) = [
  {
    name: label(map.group),
    configMap: { name: map.group, items: items([{ group: file.base, key: file.key } for file in map.items]) },
  }
  for map in list.grouped([file for c in parts for file in c.files])
];

// secrets makes one volume of each Secret whose entries the containers mount;
// the group of the pod may read them.
local secrets(m, parts) = [
  {
    name: secretVolume(m, secret.group),
    secret: {
      secretName: secret.group,
      defaultMode: 288,  // 0440
      items: items([{ group: file.key, key: file.key } for file in secret.items]),
    },
  }
  for secret in list.grouped([file for c in parts for file in c.secretFiles])
];

local stored(m, name) =
  local volume = m.volumes[name];
  if volume.shared
  then { name: name, persistentVolumeClaim: { claimName: m.names.volume(m, name).pvc } }
  else { name: name, emptyDir: if m.cluster.has.emptyDirSizeLimit then { sizeLimit: volume.size } else {} };

local scratchName(c, scratch) = c.id + '-' + scratch.name;

{
  // all lists the volumes of a pod.
  // m: the model; parts: its containers
  all(m, parts)::
    configuration(parts)
    + secrets(m, parts)
    + [stored(m, name) for name in native.set([volume.name for c in parts for volume in c.volumes])]
    + [{ name: scratchName(c, scratch), emptyDir: {} } for c in parts for scratch in c.scratch],

  // mounts lists the mounts of one container.
  // m: the model; c: a part of an effective component
  mounts(m, c)::
    [
      { name: label(file.group), mountPath: file.path, subPath: file.base, readOnly: true }
      for file in c.files
    ]
    + [
      { name: secretVolume(m, file.group), mountPath: file.path, subPath: file.key, readOnly: true }
      for file in c.secretFiles
    ]
    + [
      { name: volume.name, mountPath: volume.path }
      + (if 'readOnly' in volume && volume.readOnly then { readOnly: true } else {})
      + (if 'subPath' in volume then { subPath: volume.subPath } else {})
      for volume in c.volumes
    ]
    + [{ name: scratchName(c, scratch), mountPath: scratch.path } for scratch in c.scratch],
}
