package conform_test

import (
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/conform"
	"hagen/schema"
)

// Every object has one mistake, or none; want is path and message, and the fix
// behind " / ".
func TestObjects(t *testing.T) {
	const meta = "\nmetadata: {name: x}\n"
	checker := conform.New(schema.Artifacts)
	for name, test := range map[string]struct{ text, want string }{
		"config map": {"apiVersion: v1\nkind: ConfigMap" + meta + "data: {a: b}", ""},
		"number in a config map": {
			"apiVersion: v1\nkind: ConfigMap" + meta + "data: {a: 1}",
			"data.a: is a number, must be a text / write it between quotes",
		},
		"key of a config map": {"apiVersion: v1\nkind: ConfigMap" + meta + `data: {"a/b": c}`, `data."a/b": is not a valid key`},
		"no kind":             {"apiVersion: v1" + meta, "kind: is missing or no text"},
		"no name":             {"apiVersion: v1\nkind: ConfigMap\nmetadata: {}", "metadata.name: is missing"},
		"name":                {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: my_map}", "metadata.name: is not a valid name"},
		"name of a service": {
			"apiVersion: v1\nkind: Service\nmetadata: {name: 1x}\nspec: {ports: [{port: 1}]}",
			"metadata.name: is not a valid name",
		},
		"name of a role": {"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: 'system:x'}", ""},
		"label":          {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {a: 'b c'}}", "metadata.labels.a: is not a valid value of a label"},
		"label key":      {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {'a b': c}}", `metadata.labels."a b": is not a valid key of a label`},
		"number label":   {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {a: 1}}", "metadata.labels.a: is a number, must be a text"},
		"secret":         {"apiVersion: v1\nkind: Secret" + meta + "data: {a: 'plain!'}", "data.a: is not base64 / put plain text into stringData"},
		"kind misspelt":  {"apiVersion: v1\nkind: ConfigMpa" + meta, "kind: there is no kind ConfigMpa in v1 / write kind: ConfigMap"},
		"kind elsewhere": {"apiVersion: v1\nkind: Deployment" + meta, "kind: there is no kind Deployment in v1 / write apiVersion: apps/v1"},
		"group misspelt": {"apiVersion: app/v1\nkind: Deployment" + meta, "apiVersion: there is no API version app/v1 / write apiVersion: apps/v1"},
		"claim": {
			"apiVersion: v1\nkind: PersistentVolumeClaim" + meta + "spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 5GB}}}",
			"spec.resources.requests.storage: is no quantity / units have no B: write Mi for MiB, M for MB",
		},
		"access mode": {
			"apiVersion: v1\nkind: PersistentVolumeClaim" + meta + "spec: {accessModes: [ReadWriteMani], resources: {requests: {storage: 5G}}}",
			"spec.accessModes[0]: is none of ReadOnlyMany, ReadWriteMany, ReadWriteOnce, ReadWriteOncePod / write ReadWriteMany",
		},
		"port":        {service("port: 70000"), "spec.ports[0].port: is no port"},
		"port text":   {service("port: '80'"), "spec.ports[0].port: is a text, must be a whole number / write it without quotes"},
		"target port": {service("port: 80, targetPort: '8080'"), "spec.ports[0].targetPort: is a number between quotes, which is the name of a port / remove the quotes"},
		"no ports":    {"apiVersion: v1\nkind: Service" + meta + "spec: {selector: {a: b}}", "spec.ports: is empty"},
		"two ports":   {"apiVersion: v1\nkind: Service" + meta + "spec: {ports: [{port: 1, name: a}, {port: 2}]}", "spec.ports[1].name: is missing"},
		"pod without mounts": {
			pod("containers: [{name: a, image: i, volumeMounts: [{name: v, mountPath: /v}]}]"),
			"spec.containers[0].volumeMounts[0].name: names no volume of the pod",
		},
		"containers of one name": {pod("containers: [{name: a, image: i}, {name: a, image: i}]"), "spec.containers[1].name: is the name of another container"},
		"variable twice over": {
			pod("containers: [{name: a, image: i, env: [{name: V, value: a, valueFrom: {fieldRef: {fieldPath: p}}}]}]"),
			"spec.containers[0].env[0]: holds more than one of value, valueFrom",
		},
		"limit below the request": {
			pod("containers: [{name: a, image: i, resources: {requests: {memory: 512Mi, cpu: 250m}, limits: {memory: 256Mi, cpu: 1}}}]"),
			"spec.containers[0].resources.limits.memory: is 256Mi, less than the 512Mi that are requested / write a limit of 512Mi or more, or requests of 256Mi or less",
		},
		"limit of an init container": {
			pod("initContainers: [{name: b, image: i, resources: {requests: {cpu: 1}, limits: {cpu: 100m}}}], containers: [{name: a, image: i}]"),
			"spec.initContainers[0].resources.limits.cpu: is 100m, less than the 1 that are requested",
		},
		"limit of a task": {
			"apiVersion: batch/v1\nkind: CronJob" + meta + "spec: {schedule: '@daily', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: i, resources: {requests: {ephemeral-storage: 1Gi}, limits: {ephemeral-storage: 1G}}}]}}}}}",
			"spec.jobTemplate.spec.template.spec.containers[0].resources.limits.ephemeral-storage: is 1G, less than",
		},
		"limit as requested": {pod("containers: [{name: a, image: i, resources: {requests: {memory: 1Gi}, limits: {memory: 1024Mi}}}]"), ""},
		"ports of one name": {
			pod("containers: [{name: a, image: i, ports: [{name: http, containerPort: 1}, {name: http, containerPort: 2}]}]"),
			"spec.containers[0].ports[1].name: is that of another entry",
		},
		"two good answers": {
			pod("containers: [{name: a, image: i, livenessProbe: {successThreshold: 2, tcpSocket: {port: 1}}, readinessProbe: {successThreshold: 2, tcpSocket: {port: 1}}}]"),
			"spec.containers[0].livenessProbe.successThreshold: must be 1 / remove it",
		},
		"no name server":      {pod("dnsPolicy: None, containers: [{name: a, image: i}]"), "spec.dnsConfig.nameservers: is missing"},
		"a name server":       {pod("dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.1]}, containers: [{name: a, image: i}]"), ""},
		"toleration":          {pod("tolerations: [{key: a, operator: Exists, value: b}], containers: [{name: a, image: i}]"), "spec.tolerations[0].value: is not allowed with the operator Exists"},
		"toleration of all":   {pod("tolerations: [{value: b}], containers: [{name: a, image: i}]"), "spec.tolerations[0].operator: must be Exists without a key"},
		"toleration for long": {pod("tolerations: [{operator: Exists, tolerationSeconds: 5}], containers: [{name: a, image: i}]"), "spec.tolerations[0].effect: must be NoExecute"},
		"skew": {
			pod("topologySpreadConstraints: [{maxSkew: 0, topologyKey: k, whenUnsatisfiable: DoNotSchedule}], containers: [{name: a, image: i}]"),
			"spec.topologySpreadConstraints[0].maxSkew: must be greater than 0",
		},
		"recreate": {
			deployment("strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}", ""),
			"spec.strategy.rollingUpdate: is not allowed with the type Recreate / write rollingUpdate: null beside the type in the patch",
		},
		"recreate alone":     {deployment("strategy: {type: Recreate, rollingUpdate: null}", ""), ""},
		"no step":            {deployment("strategy: {rollingUpdate: {maxSurge: 0%, maxUnavailable: 0}}", ""), "spec.strategy.rollingUpdate.maxUnavailable: may not be 0 as maxSurge is / write 1"},
		"one step":           {deployment("strategy: {rollingUpdate: {maxSurge: 0}}", ""), ""},
		"too little time":    {deployment("minReadySeconds: 30, progressDeadlineSeconds: 30", ""), "spec.progressDeadlineSeconds: gives a rollout 30 s to succeed, and a pod counts as ready after 30 s"},
		"the usual deadline": {deployment("minReadySeconds: 600", ""), "spec.minReadySeconds: gives a rollout 600 s"},
		"pods that end":      {deployment("replicas: 1", "restartPolicy: OnFailure, "), "spec.template.spec.restartPolicy: must be Always"},
		"job that never ends": {
			"apiVersion: batch/v1\nkind: Job" + meta + "spec: {template: {spec: {containers: [{name: a, image: i}]}}}",
			"spec.template.spec.restartPolicy: must be OnFailure or Never",
		},
		"schedule":            {cronJob("0 30 2 * * *", "Never"), "spec.schedule: has 6 fields, must have 5"},
		"hour of a schedule":  {cronJob("*/5 1-24 * * *", "Never"), "spec.schedule: is no schedule"},
		"step of a schedule":  {cronJob("*/0 1 * * *", "Never"), "spec.schedule: is no schedule"},
		"word of a schedule":  {cronJob("@dayly", "Never"), "spec.schedule: is no schedule / write five fields"},
		"words of a schedule": {cronJob("0,30 */2 1-15/2 JAN-mar mon,?", "OnFailure"), ""},
		"every hour":          {cronJob("@every 1h", "Never"), ""},
		"task that goes on":   {cronJob("@daily", "Always"), "spec.jobTemplate.spec.template.spec.restartPolicy: must be OnFailure or Never"},
		"one port twice":      {"apiVersion: v1\nkind: Service" + meta + "spec: {ports: [{port: 1, name: a}, {port: 1, name: b, protocol: TCP}]}", "spec.ports[1].port: is that of another entry"},
		"two protocols":       {"apiVersion: v1\nkind: Service" + meta + "spec: {ports: [{port: 1, name: a}, {port: 1, name: b, protocol: UDP}]}", ""},
		"one port of nodes":   {"apiVersion: v1\nkind: Service" + meta + "spec: {type: NodePort, ports: [{port: 1, name: a, nodePort: 30000}, {port: 2, name: b, nodePort: 30000}]}", "spec.ports[1].nodePort: is that of another entry"},
		"traffic from inside": {"apiVersion: v1\nkind: Service" + meta + "spec: {externalTrafficPolicy: Local, ports: [{port: 1}]}", "spec.externalTrafficPolicy: is for a Service of the type LoadBalancer or NodePort / remove it"},
		"probe of nothing":    {pod("containers: [{name: a, image: i, livenessProbe: {periodSeconds: 5}}]"), "spec.containers[0].livenessProbe: holds none of exec, httpGet"},
		"list for mapping":    {"apiVersion: v1\nkind: Pod" + meta + "spec: []", "spec: is a list, must be a mapping"},
		"selector": {
			"apiVersion: apps/v1\nkind: Deployment" + meta + "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a, image: i}]}}}",
			"spec.selector: does not select the labels of the template: a differs",
		},
		"claim template": {
			"apiVersion: apps/v1\nkind: StatefulSet" + meta + "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: i, volumeMounts: [{name: v, mountPath: /v}]}]}}, volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}",
			"",
		},
		"application": {
			"apiVersion: argoproj.io/v1alpha1\nkind: Application" + meta + "spec: {project: default, destination: {namespace: n}, source: {repoURL: r, pat: x}}",
			"spec.source.pat: unknown field / write path",
		},
		"flux": {
			"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization" + meta + "spec: {interval: 5m, prune: true, sourceRef: {kind: GitRepo, name: n}}",
			"spec.sourceRef.kind: is none of Bucket, ExternalArtifact, GitRepository, OCIRepository",
		},
		"oci repository":  {"apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository" + meta + "spec: {interval: 5m}", "spec.url: is missing"},
		"helm release":    {"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease" + meta + "spec: {interval: 5m, values: {any: [1]}, chrt: {}}", "spec.chrt: unknown field / write chart"},
		"external secret": {"apiVersion: external-secrets.io/v1\nkind: ExternalSecret" + meta + "spec: {refreshInterval: 1h, secretStoreRef: {nam: x}}", "spec.secretStoreRef.nam: unknown field / write name"},
		"sealed secret":   {"apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret" + meta + "spec: {encryptedData: [1]}", "spec.encryptedData: is a list, must be a mapping"},
		"service monitor": {"apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor" + meta + "spec: {endpoints: [{prt: http}], selector: {}}", "spec.endpoints[0].prt: unknown field / write port"},
		"route":           {"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute" + meta + "spec: {hostname: [a]}", "spec.hostname: unknown field / write hostnames"},
		"encrypted": {
			"apiVersion: v1\nkind: Secret" + meta + "data: {a: 'ENC[AES256_GCM,data:x]'}\nsops: {mac: 'ENC[x]'}", "",
		},
		"half encrypted":      {"apiVersion: v1\nkind: Secret" + meta + "data: {a: 'plain!'}\nsops: {mac: 'ENC[x]'}", "data.a: is not base64"},
		"encrypted by nobody": {"apiVersion: v1\nkind: Secret" + meta + "sops: {}", "sops: unknown field"},
		"nobody knows":        {"apiVersion: example.com/v1\nkind: Thing" + meta + "a: b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := artifact.File{Path: "kubernetes/x.yaml", Value: decode(t, []byte(test.text))}
			report := checker.Check(artifact.Set{file}, "1.34")
			var got []string
			for _, d := range report.Findings {
				got = append(got, strings.TrimPrefix(d.Error(), "kubernetes/x.yaml: ")+" / "+d.Fix)
			}
			if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], test.want)) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if (name == "nobody knows") != (len(report.Unchecked) == 1) {
				t.Errorf("unchecked: %v", report.Unchecked)
			}
		})
	}
}

func service(port string) string {
	return "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{" + port + "}]}"
}

func deployment(spec, pod string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {" + spec + ", selector: {matchLabels: {a: b}}, " +
		"template: {metadata: {labels: {a: b}}, spec: {" + pod + "containers: [{name: a, image: i}]}}}"
}

func cronJob(schedule, policy string) string {
	return "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x}\nspec: {schedule: '" + schedule + "', " +
		"jobTemplate: {spec: {template: {spec: {restartPolicy: " + policy + ", containers: [{name: a, image: i}]}}}}}"
}

func pod(spec string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {" + spec + "}"
}

// Two files of one object would replace each other.
func TestDuplicates(t *testing.T) {
	object := decode(t, []byte("apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: x}"))
	other := decode(t, []byte("apiVersion: apps/v1beta2\nkind: Deployment\nmetadata: {name: x}"))
	files := artifact.Set{{Path: "kubernetes/a.yaml", Value: object}, {Path: "kubernetes/b.yaml", Value: other}}
	report := conform.New(schema.Artifacts).Check(files, "1.8")
	for _, d := range report.Findings {
		if d.Error() == "kubernetes/b.yaml: metadata.name: is the same object as kubernetes/a.yaml" {
			return
		}
	}
	t.Errorf("%v", report.Findings)
}
