// NFS as the file system that all instances share.
// Source: nfs(5) of nfs-utils

// named tells whether the spec itself chooses between some options.
local named(options, names) =
  std.any([std.member(names, std.splitLimit(option, '=', 1)[0]) for option in options]);

// spec: the whole spec
// Result: a file system; see storage.libsonnet
function(spec) {
  local nfs = spec.storage.nfs,
  local further = nfs.mount_options,
  local host = if std.member(nfs.server, ':') then '[' + nfs.server + ']' else nfs.server,

  title: 'NFS',
  path: nfs.path,
  mountPoint: '/mnt/nfs/harbor',
  source: host + ':' + nfs.path,
  type: 'nfs',
  types: ['nfs', 'nfs4'],
  options:
    ['nfsvers=' + nfs.version]
    // a soft mount gives up, and the end of an upload is lost
    + (if named(further, ['hard', 'soft', 'softerr']) then [] else ['hard'])
    // else an instance goes on saying that an image is unknown which another
    // one has just stored
    + (if named(further, ['lookupcache']) then [] else ['lookupcache=positive']),
  further: further,
  package: 'nfs-common',
  servers: [['nfs', host, 2049]],
  rootWrites: !nfs.root_squash,
  key: null,
  materials: {},
}
