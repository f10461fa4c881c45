// The key by which nodes and pods mount CephFS.

// m: the model
// Result: material -> what it is
function(m)
  local ceph = m.spec.storage.cephfs;
  {
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
  }
