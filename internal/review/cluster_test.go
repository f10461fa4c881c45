package review_test

import (
	"regexp"
	"testing"
)

// The names of files of the examples that cases change often.
const (
	core       = "kubernetes/deployment-core.yaml"
	coreEnv    = "kubernetes/configmap-core-env.yaml"
	registry   = "kubernetes/configmap-registry-config.yaml"
	volume     = "kubernetes/persistentvolume-hub-2-15-registry.yaml"
	claim      = "kubernetes/persistentvolumeclaim-registry.yaml"
	service    = "kubernetes/service-proxy.yaml"
	controller = "kubernetes/replicationcontroller-ui-rc.yaml"
	checksum   = "    spec:\n      automountServiceAccountToken: false\n"
)

// object is a manifest of a kind that the examples do not have.
func object(api, kind, rest string) string {
	return "apiVersion: " + api + "\nkind: " + kind + "\nmetadata:\n  name: extra\n  namespace: harbor\n" + rest
}

const extra = "kubernetes/extra.yaml"

// rolled is a pod template with another checksum, as a build writes it when
// what the pods read has changed.
func rolled() edit { return sub(core, "config-checksum: \"", "config-checksum: \"0") }

func statefulSet() string {
	return object("apps/v1", "StatefulSet", `spec:
  replicas: 2
  serviceName: extra
  updateStrategy:
    type: RollingUpdate
  selector:
    matchLabels:
      app: extra
  template:
    metadata:
      labels:
        app: extra
    spec:
      containers:
      - name: extra
        image: example.com/extra:1
`)
}

func daemonSet(api string) string {
	return object(api, "DaemonSet", `spec:
  selector:
    matchLabels:
      app: extra
  template:
    metadata:
      labels:
        app: extra
        tier: one
    spec:
      containers:
      - name: extra
        image: example.com/extra:1
`)
}

const hub, hub1 = "hub-2-15", "hub-k8s-1-2"

var clusterChanges = []change{
	{rule: "api-default", in: hub, edits: []edit{sub(volume, "  volumeMode: Filesystem\n", "")}},
	{rule: "pv-removed", in: hub, edits: []edit{drop(volume)}},
	{rule: "pvc-removed", in: hub, edits: []edit{drop(claim)}},
	{rule: "namespace-removed", in: hub, edits: []edit{drop("kubernetes/namespace-harbor.yaml")}},
	{rule: "volume-renamed", in: hub, edits: []edit{sub(claim, "metadata:\n  name: registry\n", "metadata:\n  name: images\n")}},
	{name: "volume-renamed-deleted", rule: "volume-renamed", in: hub, given: []edit{sub(volume, "Retain", "Delete")}, edits: []edit{sub(volume, "name: hub-2-15-registry", "name: hub-2-15-images")}},
	{rule: "volume-same-folder", in: hub, edits: []edit{sub(volume, "name: hub-2-15-registry", "name: hub-2-15-images")}},
	{rule: "volume-new", in: hub, edits: []edit{move(volume, "kubernetes/persistentvolume-images.yaml"), sub("kubernetes/persistentvolume-images.yaml", "hub-2-15-registry", "images")}},
	{name: "pv-handle", rule: "pv-source", in: hub, edits: []edit{sub(volume, "volumeHandle: hub-2-15-registry", "volumeHandle: images")}},
	{name: "pv-handle-of-driver", rule: "pv-path", in: hub, given: []edit{sub(volume, "      staticVolume: \"true\"\n", "")}, edits: []edit{sub(volume, "volumeHandle: hub-2-15-registry", "volumeHandle: images")}},
	{rule: "prune-guard", in: hub, edits: []edit{sub(volume, "  annotations:\n    kustomize.toolkit.fluxcd.io/prune: disabled\n", "")}},
	{rule: "pv-reclaim-delete", in: hub, edits: []edit{sub(volume, "Retain", "Delete")}},
	{rule: "pv-source", in: hub, edits: []edit{sub(volume, "kernelMountOptions: noatime", "kernelMountOptions: relatime")}},
	{rule: "pv-fixed", in: hub, edits: []edit{sub(volume, "volumeMode: Filesystem", "volumeMode: Block")}},
	{rule: "pv-expand-secret", in: hub, edits: []edit{sub(volume, "  csi:\n", "  csi:\n    controllerExpandSecretRef:\n      name: ceph-secret\n      namespace: harbor\n")}},
	{rule: "pv-affinity", in: hub, edits: []edit{sub(volume, "spec:\n", affinity)}},
	{rule: "pv-other", in: hub, edits: []edit{sub(volume, "storage: 5Gi", "storage: 10Gi")}},
	{rule: "pvc-shrinks", in: hub, edits: []edit{sub(claim, "storage: 5Gi", "storage: 512Mi")}},
	{rule: "pvc-static-grows", in: hub, edits: []edit{sub(claim, "storage: 5Gi", "storage: 10Gi")}},
	{rule: "pvc-grows", in: hub, given: []edit{sub(claim, `storageClassName: ""`, "storageClassName: fast")}, edits: []edit{sub(claim, "storage: 5Gi", "storage: 10Gi")}},
	{rule: "pvc-spec", in: hub, edits: []edit{sub(claim, "ReadWriteMany", "ReadWriteOnce")}},
	{rule: "pv-path", in: hub, edits: []edit{sub(volume, "/apps/harbor/data/registry", "/apps/harbor/data/images")}},
	{name: "pv-path-nfs", rule: "pv-path", in: "hub-nfs", edits: []edit{sub("kubernetes/persistentvolume-hub-nfs-registry.yaml", "/export/harbor/data/registry", "/export/images")}},
	{name: "pv-path-in-tree", rule: "pv-path", in: hub1, edits: []edit{sub("kubernetes/persistentvolume-registry-pv.yaml", "/apps/harbor-k8s/registry", "/apps/harbor/registry")}},

	{rule: "workload-removed", in: hub, edits: []edit{drop(core)}},
	{rule: "workload-renamed", in: hub, edits: []edit{sub(core, "metadata:\n  name: core\n", "metadata:\n  name: kern\n")}},
	{rule: "workload-added", in: hub, edits: []edit{put(extra, statefulSet())}},
	{rule: "labels-without-selector", in: hub, edits: []edit{sub(core, "      labels:\n        app.kubernetes.io/name: core\n", "      labels:\n        app.kubernetes.io/name: kern\n")}},
	{rule: "rc-selector", in: hub1, edits: []edit{sub(controller, "name: ui-apps", "name: ui-pods")}},
	{name: "rc-selector-alone", rule: "labels-without-selector", in: hub1, edits: []edit{sub(controller, "  selector:\n    name: ui-apps", "  selector:\n    name: ui-pods")}},
	{rule: "selector", in: hub, edits: []edit{sub(core, "      app.kubernetes.io/part-of: harbor\n  strategy", "  strategy")}},
	{rule: "selector-old-api", in: hub, given: []edit{put(extra, daemonSet("extensions/v1beta1"))}, edits: []edit{sub(extra, "    matchLabels:\n", "    matchLabels:\n      tier: one\n")}},
	{rule: "replicas-zero", in: hub, edits: []edit{sub(core, "replicas: 3", "replicas: 0")}},
	{rule: "replicas-left-out", in: hub, edits: []edit{sub(core, "  replicas: 3\n", "")}},
	{rule: "replicas", in: hub, edits: []edit{sub(core, "replicas: 3", "replicas: 5")}},
	{rule: "rc-template", in: hub1, edits: []edit{sub(controller, "harbor-ui:v1.2.0", "harbor-ui:v1.2.2")}},
	{rule: "recreate-strategy", in: hub, given: []edit{sub(core, "    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 0\n    type: RollingUpdate", "    type: Recreate")}, edits: []edit{sub(core, "memory: 512Mi", "memory: 1Gi")}},
	{rule: "template", in: hub, edits: []edit{sub(core, "memory: 512Mi", "memory: 1Gi")}},
	{name: "template-image", rule: "template", in: hub, edits: []edit{sub(core, "goharbor/harbor-core:v2.15.2", "mirror.example.com/harbor-core:v2.15.2")}},
	{name: "template-order-of-lists", rule: "reformatted", in: hub, edits: []edit{sub(core, "        - name: http\n          containerPort: 8080\n          protocol: TCP\n        - name: metrics\n          containerPort: 9090\n          protocol: TCP\n", "        - name: metrics\n          containerPort: 9090\n          protocol: TCP\n        - name: http\n          containerPort: 8080\n          protocol: TCP\n")}},
	{rule: "statefulset-may-change", in: hub, given: []edit{put(extra, statefulSet())}, edits: []edit{sub(extra, "RollingUpdate", "OnDelete")}},
	{name: "statefulset-template", rule: "template", in: hub, given: []edit{put(extra, statefulSet())}, edits: []edit{sub(extra, "extra:1", "extra:2")}},
	{rule: "statefulset-spec", in: hub, given: []edit{put(extra, statefulSet())}, edits: []edit{sub(extra, "serviceName: extra", "serviceName: other")}},
	{rule: "strategy-stays", in: hub, given: []edit{sub(core, "    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 0\n", "")}, edits: []edit{sub(core, "    type: RollingUpdate", "    type: Recreate")}},
	{rule: "on-delete-stays", in: hub, given: []edit{put(extra, statefulSet()), sub(extra, "  updateStrategy:\n    type: RollingUpdate\n", "")}, edits: []edit{sub(extra, "  serviceName: extra\n", "  serviceName: extra\n  updateStrategy:\n    type: OnDelete\n")}},
	{rule: "workload-other", in: hub, edits: []edit{sub(core, "maxSurge: 1", "maxSurge: 2")}},
	{rule: "job-template", in: hub, given: []edit{put(extra, object("batch/v1", "Job", "spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: migrate\n        image: example.com/migrate:1\n"))}, edits: []edit{sub(extra, "migrate:1", "migrate:2")}},
	{rule: "job-renamed", in: hub, given: []edit{put(extra, hashedJob)}, edits: []edit{sub(extra, "0123456789", "abcdef0123")}},
	{rule: "job-new", in: hub, given: []edit{put(extra, hashedJob)}, edits: []edit{sub(extra, "0123456789", "abcdef0123"), sub(extra, "migrate:1", "migrate:2")}},
	{rule: "config-of-job", in: hub1, edits: []edit{renewed(job), sub("kubernetes/configmap-harbor-database-bootstrap-config.yaml", "mysql.internal", "mysql2.internal")}},
	{rule: "job-elastic", in: hub, given: []edit{put(extra, object("batch/v1", "Job", "spec:\n  completionMode: Indexed\n  completions: 2\n  parallelism: 2\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: migrate\n        image: example.com/migrate:1\n"))}, edits: []edit{sub(extra, ": 2\n", ": 3\n")}},
	{rule: "cronjob", in: hub, given: []edit{put(extra, object("batch/v1", "CronJob", "spec:\n  schedule: 1 2 * * *\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers:\n          - name: sweep\n            image: example.com/sweep:1\n"))}, edits: []edit{sub(extra, "1 2", "3 4")}},
	{rule: "pod-image", in: hub, given: []edit{put(extra, pod())}, edits: []edit{sub(extra, "probe:1", "probe:2")}},
	{rule: "pod-takes", in: hub, given: []edit{put(extra, pod())}, edits: []edit{sub(extra, "spec:\n", "spec:\n  activeDeadlineSeconds: 600\n")}},
	{rule: "pod-deadline", in: hub, given: []edit{put(extra, pod()), sub(extra, "spec:\n", "spec:\n  activeDeadlineSeconds: 600\n")}, edits: []edit{sub(extra, "600", "300")}},
	{rule: "pod-spec", in: hub, given: []edit{put(extra, pod())}, edits: []edit{sub(extra, "Never", "Always")}},
}

// job is of the database, with a checksum in its name.
const job = "kubernetes/job-database-bootstrap-*.yaml"

// hashedJob has a checksum in its name too.
const hashedJob = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: extra-0123456789\n  namespace: harbor\nspec:\n" +
	"  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: migrate\n        image: example.com/migrate:1\n"

// renewed gives a Job another checksum and the name that follows from it.
func renewed(file string) edit {
	name, sum := regexp.MustCompile(`(name: database-bootstrap-)[0-9a-f]{10}\n`), regexp.MustCompile(`(config-checksum: ).*`)
	return func(t *testing.T, files map[string]string) {
		t.Helper()
		for _, path := range matching(t, files, file) {
			files[path] = sum.ReplaceAllString(name.ReplaceAllString(files[path], "${1}0123456789\n"), "${1}0123456789abcdef")
		}
	}
}

const affinity = "spec:\n  nodeAffinity:\n    required:\n      nodeSelectorTerms:\n      - matchExpressions:\n        - key: zone\n          operator: Exists\n"

func pod() string {
	return object("v1", "Pod", "spec:\n  restartPolicy: Never\n  containers:\n  - name: probe\n    image: example.com/probe:1\n")
}
