// How Linux itself mounts CephFS: on a node, and wherever an operator makes
// directories on it.
{
  // source is what is mounted.
  // ceph: the spec's storage.cephfs
  source(ceph):: std.join(',', ceph.monitors) + ':' + (if ceph.path == '' then '/' else ceph.path),

  // options lists those of the kernel's client that decide what is mounted.
  // ceph: the spec's storage.cephfs
  options(ceph)::
    local messenger2 = std.any([std.endsWith(monitor, ':3300') for monitor in ceph.monitors]);
    ['name=' + ceph.user, 'secretfile=' + ceph.secret_file]
    + (if 'fs_name' in ceph then ['mds_namespace=' + ceph.fs_name] else [])
    + (if messenger2 then ['ms_mode=prefer-crc'] else []),
}
