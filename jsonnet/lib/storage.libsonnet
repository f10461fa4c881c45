// Where the data of components lies. A shared volume is a directory of a file
// system that every node and pod mounts; a local one belongs to a node or a pod.
//
// A file system is: title; path, the directory that is mounted; source, type,
// options and further options of the mount; types as the kernel lists them;
// mountPoint, where nodes mount it by default; package, its client on a node;
// servers [[what, address, default port]]; key, by which it is mounted, or null;
// materials; rootWrites, whether root of a node may do there what it wants.
local s3 = import 's3.libsonnet';
local systems = { cephfs: import 'cephfs.libsonnet', nfs: import 'nfs.libsonnet' };

// trimmed takes slashes off both ends of a path.
local trimmed(path) = std.stripChars(path, '/');

// kinds lists the tables of [storage] in an order.
local kinds(spec, names) = [name for name in names if name in spec.storage];

{
  // of says which storage a spec means.
  // m: the model
  // Result: images: the kind that keeps them, "local" for the node's own disk; objects: whether that is no file
  // system; files: the kind that keeps what else is shared, or null; system: that
  // file system, or null
  of(m):: {
    local spec = m.spec,
    images: if 'driver' in spec.storage then spec.storage.driver else kinds(spec, ['cephfs', 'nfs', 's3'])[0],
    objects: self.images == 's3',
    files: if self.images == 'local' then null else if !self.objects then self.images else (kinds(spec, ['cephfs', 'nfs']) + [null])[0],
    system: if self.files == null then null else systems[self.files](spec),
    materials: (if self.system == null then {} else self.system.materials) + (if self.objects then s3.materials(m) else {}),
    // servers that must answer
    servers: (if self.system == null then [] else self.system.servers)
             + (if self.objects then [['storage', s3.endpoint(m).host, s3.endpoint(m).port]] else []),
  },

  // shared makes a volume on the shared file system, or on a node where there is none.
  // m: the model; path: the directory below the one that is mounted
  // size: what a claim asks for; owner: the user that must own it
  shared(m, path, size, owner)::
    if m.storage.system == null then self.onNode(trimmed(path), size, owner) else {
      shared: true,
      path: trimmed(path),
      directory: '/' + std.join('/', [part for part in [trimmed(m.storage.system.path), trimmed(path)] if part != '']),
      size: size,
      owner: owner,
    },

  // onNode makes a volume on the disk of a node, or an empty one in a pod.
  // path: the directory below the registry's data directory
  onNode(path, size, owner):: { shared: false, path: path, size: size, owner: owner },

  // claim returns a size of [kubernetes.storage], or none without a cluster.
  claim(spec, name)::
    if std.objectHas(spec, 'kubernetes') then spec.kubernetes.storage[name] else '0',

  // driver is the registry's configuration of where images lie.
  // m: the model
  driver(m)::
    if m.storage.objects then s3.driver(m) else { filesystem: { rootdirectory: m.harbor.paths.storage } },

  // mounts lists the volume with the images for a component that works on it.
  // m: the model; mount: what else the mount says
  mounts(m, mount={})::
    if m.storage.objects then [] else [{ name: 'registry', path: m.harbor.paths.storage } + mount],

  // secretEnv and files are what the driver needs beside its configuration.
  // m: the model; path: where the image looks for an authority
  secretEnv(m):: if m.storage.objects then s3.secretEnv(m) else {},
  files(m, path):: if m.storage.objects then s3.files(m, path) else [],
}
