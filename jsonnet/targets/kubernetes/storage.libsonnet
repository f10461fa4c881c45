// CephFS for a cluster: a volume and its claim for each shared directory.

// driver resolves "auto": the plugin of Kubernetes itself while it is whole or
// nothing is known of ceph-csi, and ceph-csi otherwise.
local driver(m) =
  local ceph = m.spec.storage.cephfs;
  if ceph.volume_driver != 'auto' then ceph.volume_driver
  else if m.cluster.has.cephRemoved then 'csi'
  else if !m.cluster.has.cephDeprecated || !('cluster_id' in ceph) then 'in-tree'
  else 'csi';

local inTree(m, volume) =
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

local csi(m, handle, volume) =
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

local persistentVolume(m, volume, names) = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: names.pv, labels: names.labels, annotations: { 'hagen.dev/component': 'storage' } },
  spec: {
    capacity: { storage: volume.size },
    accessModes: ['ReadWriteMany'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: '',
    // no other claim may take the volume
    claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: names.pvc, namespace: m.spec.kubernetes.namespace },
  } + (if driver(m) == 'csi' then csi(m, names.pv, volume) else inTree(m, volume)),
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
  // driver is the plugin that mounts CephFS: "in-tree" or "csi".
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
