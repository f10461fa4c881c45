// The shared file system for a cluster: a volume and its claim for each directory.

// driver resolves "auto": the plugin of Kubernetes itself while it is whole or
// nothing is known of ceph-csi, and ceph-csi otherwise.
local cephDriver(m) =
  local ceph = m.spec.storage.cephfs;
  if ceph.volume_driver != 'auto' then ceph.volume_driver
  else if m.cluster.has.cephRemoved then 'csi'
  else if !m.cluster.has.cephDeprecated || !('cluster_id' in ceph) then 'in-tree'
  else 'csi';

local driver(m) =
  if m.storage.files == null then ''
  else if m.storage.files == 'nfs' then m.spec.storage.nfs.volume_driver
  else cephDriver(m);

local cephInTree(m, volume) =
  local ceph = m.spec.storage.cephfs;
  {
    cephfs: {
      monitors: ceph.monitors,
      path: volume.directory,
      user: ceph.user,
      secretRef: { name: ceph.secret_name }
                 + (if m.cluster.has.cephSecretNamespace then { namespace: m.spec.kubernetes.namespace } else {}),
      readOnly: false,
    },
  };

local cephCSI(m, handle, volume) =
  local ceph = m.spec.storage.cephfs;
  local options = std.join(',', ceph.mount_options);
  {
    csi: {
      driver: 'cephfs.csi.ceph.com',
      volumeHandle: handle,
      nodeStageSecretRef: { name: ceph.secret_name, namespace: m.spec.kubernetes.namespace },
      volumeAttributes: {
        staticVolume: 'true',
        clusterID: std.get(ceph, 'cluster_id', ''),
        rootPath: volume.directory,
        [if 'fs_name' in ceph then 'fsName']: ceph.fs_name,
        [if 'mounter' in ceph then 'mounter']: ceph.mounter,
        [if options != '' && std.get(ceph, 'mounter') != 'fuse' then 'kernelMountOptions']: options,
      },
    },
    volumeMode: 'Filesystem',
  };

// cephfs and nfs say what is mounted, and how.
// names: of the volume
local cephfs(m, names, volume) = if driver(m) == 'csi' then cephCSI(m, names.pv, volume) else cephInTree(m, volume);

local nfs(m, names, volume) =
  local server = m.spec.storage.nfs.server;
  (if driver(m) == 'csi' then {
     csi: {
       driver: 'nfs.csi.k8s.io',
       volumeHandle: names.pv,
       volumeAttributes: { server: server, share: volume.directory },
     },
     volumeMode: 'Filesystem',
   } else { nfs: { server: server, path: volume.directory, readOnly: false } })
  + (if m.cluster.has.mountOptions then { mountOptions: m.storage.system.options + m.storage.system.further } else {});

// early is how releases before the field are told the options of a mount.
local early(m) =
  if m.storage.files != 'nfs' || m.cluster.has.mountOptions then {}
  else { 'volume.beta.kubernetes.io/mount-options': std.join(',', m.storage.system.options + m.storage.system.further) };

local persistentVolume(m, volume, names) = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: names.pv, labels: names.labels, annotations: { 'hagen.dev/component': 'storage' } + early(m) },
  spec: {
    capacity: { storage: volume.size },
    accessModes: ['ReadWriteMany'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: '',
    // no other claim may take the volume
    claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: names.pvc, namespace: m.spec.kubernetes.namespace },
  } + { cephfs: cephfs, nfs: nfs }[m.storage.files](m, names, volume),
};

local claim(m, volume, names) = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    name: names.pvc,
    namespace: m.spec.kubernetes.namespace,
    labels: names.labels,
    annotations: { 'hagen.dev/component': 'storage' },
  },
  spec: {
    accessModes: ['ReadWriteMany'],
    // not the default class: it would make an empty volume of its own
    storageClassName: '',
    volumeName: names.pv,
    resources: { requests: { storage: volume.size } },
  } + (if names.selector != null then { selector: { matchLabels: names.selector } } else {}),
};

{
  // driver is the plugin that mounts it: "in-tree" or "csi", "" where nothing is.
  // m: the model
  driver:: driver,

  // objects lists the PersistentVolume and the claim of each shared volume.
  // m: the model
  objects(m):: std.flatMap(
    function(name)
      local volume = m.volumes[name];
      local names = m.names.volume(m, name);
      [persistentVolume(m, volume, names), claim(m, volume, names)],
    [name for name in std.objectFields(m.volumes) if m.volumes[name].shared]
  ),
}
