// Where the data of components lies. A shared volume is a directory of CephFS,
// the same for every node and pod; a local one belongs to a node or a pod.

// trimmed takes slashes off both ends of a path.
local trimmed(path) = std.stripChars(path, '/');

{
  // shared makes a volume on CephFS.
  // spec: the whole spec; path: the directory below storage.cephfs.path
  // size: what a claim asks for; owner: the user that must own it
  shared(spec, path, size, owner):: {
    shared: true,
    path: trimmed(path),
    directory: '/' + std.join('/', [part for part in [trimmed(spec.storage.cephfs.path), trimmed(path)] if part != '']),
    size: size,
    owner: owner,
  },

  // onNode makes a volume on the disk of a node, or an empty one in a pod.
  // path: the directory below the registry's data directory
  onNode(path, size, owner):: { shared: false, path: path, size: size, owner: owner },

  // claim returns a size of [kubernetes.storage], or none without a cluster.
  claim(spec, name)::
    if std.objectHas(spec, 'kubernetes') then spec.kubernetes.storage[name] else '0',
}
