// CephFS against the release of Kubernetes.
local storage = import '../../targets/kubernetes/storage.libsonnet';
local report = import 'report.libsonnet';

local refuse = report.refuse;
local where(field) = ['storage', 'cephfs', field];

local csi(m) =
  local version = m.spec.kubernetes.version;
  refuse(
    !m.cluster.has.cephCSI,
    where('volume_driver'),
    'ceph-csi needs Kubernetes 1.14, the target is ' + version,
    'no pod with a volume would start',
    'write volume_driver = "in-tree"'
  ) + refuse(
    std.get(m.spec.storage.cephfs, 'cluster_id', '') == '',
    where('cluster_id'),
    'volumes are mounted by ceph-csi and cluster_id is not written',
    'pods hang in ContainerCreating: "missing required field clusterID"'
    + (if m.cluster.has.cephRemoved then '; Kubernetes has no CephFS of its own since 1.31' else ''),
    'write cluster_id as in the ConfigMap ceph-csi-config, mostly what `ceph fsid` prints'
  );

local inTree(m) =
  local version = m.spec.kubernetes.version;
  refuse(
    m.cluster.has.cephRemoved,
    where('volume_driver'),
    'the CephFS plugin of Kubernetes is gone since 1.31, the target is ' + version,
    'the api server accepts the volume, and pods hang in ContainerCreating without a word why',
    'write volume_driver = "csi" and cluster_id'
  ) + report.warn(
    m.cluster.has.cephDeprecated && !m.cluster.has.cephRemoved,
    where('volume_driver'),
    'the CephFS plugin of Kubernetes ' + version + ' is deprecated and gone in 1.31',
    'a volume cannot change its driver: the upgrade of the cluster means new volumes and claims',
    'install ceph-csi and write cluster_id now'
  ) + report.warn(
    'fs_name' in m.spec.storage.cephfs,
    where('fs_name'),
    'the CephFS plugin of Kubernetes mounts the default file system only',
    'where another one is named here, nodes and pods have different images',
    'write volume_driver = "csi" and cluster_id, or make sure that the default is meant'
  );

// m: the model
function(m)
  if !m.onKubernetes then []
  else if storage.driver(m) == 'csi' then csi(m)
  else inTree(m)
