// CephFS as the file system that all instances share: how Linux itself mounts
// it, on a node and wherever an operator makes directories on it.

// spec: the whole spec
// Result: a file system; see storage.libsonnet
function(spec) {
  local ceph = spec.storage.cephfs,
  local messenger2 = std.any([std.endsWith(monitor, ':3300') for monitor in ceph.monitors]),

  title: 'CephFS',
  path: ceph.path,
  mountPoint: '/mnt/cephfs/harbor',
  source: std.join(',', ceph.monitors) + ':' + (if ceph.path == '' then '/' else ceph.path),
  type: 'ceph',
  types: ['ceph', 'fuse.ceph', 'fuse.ceph-fuse'],
  options:
    ['name=' + ceph.user, 'secretfile=' + ceph.secret_file]
    + (if 'fs_name' in ceph then ['mds_namespace=' + ceph.fs_name] else [])
    + (if messenger2 then ['ms_mode=prefer-crc'] else []),
  further: ceph.mount_options,
  package: 'ceph-common',
  servers: [['monitor', monitor, 6789] for monitor in ceph.monitors],
  rootWrites: true,
  // the key by which nodes and pods mount it
  key: { material: 'ceph_key', place: ceph.secret_file, secret: ceph.secret_name },
  materials: {
    ceph_key: {
      kind: 'given',
      format: 'ceph-key',
      description: 'key of the Ceph user client.' + ceph.user + ', which mounts CephFS',
      rotation: 'mounts that are there go on until they are made again; new ones answer "permission denied" until the key is that of Ceph. Change it in Ceph, then mount again on one node after the other',
      secret: ceph.secret_name,
      owner: 0,
      mode: '0600',
      // where the mount of a node reads it
      place: ceph.secret_file,
    },
  },
}
