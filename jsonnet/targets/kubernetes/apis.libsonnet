// Which API version and which field a release of Kubernetes has. The tables are
// data: a row is the first minor of 1.x that serves it, newest first.
// Source: kubernetes/api, branches release-1.8 to release-1.36.

local versions = {
  Deployment: [[9, 'apps/v1'], [8, 'apps/v1beta2'], [6, 'apps/v1beta1']],
  ReplicationController: [[0, 'v1']],
  PodDisruptionBudget: [[21, 'policy/v1'], [5, 'policy/v1beta1']],
  Ingress: [[19, 'networking.k8s.io/v1'], [14, 'networking.k8s.io/v1beta1'], [1, 'extensions/v1beta1']],
  HorizontalPodAutoscaler: [[23, 'autoscaling/v2'], [12, 'autoscaling/v2beta2'], [8, 'autoscaling/v2beta1'], [6, 'autoscaling/v2alpha1']],
  PriorityClass: [[14, 'scheduling.k8s.io/v1'], [11, 'scheduling.k8s.io/v1beta1'], [0, '']],
  NetworkPolicy: [[7, 'networking.k8s.io/v1'], [3, 'extensions/v1beta1']],
};

// The first minor in which a field may be written.
local fields = {
  budgetMaxUnavailable: 7,
  allowPrivilegeEscalation: 8,
  mountOptions: 8,
  jobBackoffLimit: 8,
  priorityClassName: 8,
  cephSecretNamespace: 9,
  emptyDirSizeLimit: 10,
  ephemeralStorage: 10,
  // the kubelet reads its configuration from a file, as kubeadm writes it
  kubeletConfiguration: 11,
  priorityClass: 11,
  enableServiceLinks: 13,
  cephCSI: 14,
  ingressPathType: 18,
  scalingBehavior: 18,
  startupProbe: 18,
  topologySpreadConstraints: 18,
  seccompProfile: 19,
  fsGroupChangePolicy: 20,
  loadBalancerClass: 22,
  serverSideApply: 22,
  podSecurityLabels: 23,
  dockershimRemoved: 24,
  // kubeadm patches the kubelet's configuration
  kubeletPatches: 25,
  unhealthyPodEvictionPolicy: 27,
  // from here on the in-tree CephFS plugin is deprecated, then absent
  cephDeprecated: 28,
  cephRemoved: 31,
  // what kubectl of the release can do: apply -k, --dry-run=client
  applyKustomization: 14,
  dryRunClient: 18,
};

{
  // of returns what a release has: its minor, the API version of each kind, and
  // for each field of the table above whether it may be written.
  // version: "1.N"
  of(version):: {
    local minor = std.parseInt(std.split(version, '.')[1]),
    minor: minor,
    versions: {
      [kind]: [row[1] for row in versions[kind] if row[0] <= minor][0]
      for kind in std.objectFields(versions)
    },
    // the newest Docker that the release was validated with, near enough
    dockerVersion: if minor < 12 then '17.03' else '18.09',
    has: { [field]: fields[field] <= minor for field in std.objectFields(fields) },
  },
}
