package review_test

func ingress() string {
	return object("networking.k8s.io/v1", "Ingress", "spec:\n  rules:\n  - host: hub.example.com\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: proxy\n            port:\n              number: 80\n")
}

func configMap(rest string) string { return object("v1", "ConfigMap", rest) }

// mounted makes core mount the ConfigMap extra as a folder.
func mounted() []edit {
	return []edit{
		put(extra, configMap("data:\n  extra.yml: |\n    a: 1\n    b: 2\n")),
		sub(core, "        volumeMounts:\n", "        volumeMounts:\n        - name: extra\n          mountPath: /extra\n"),
		sub(core, "      volumes:\n", "      volumes:\n      - name: extra\n        configMap:\n          name: extra\n"),
	}
}

const secrets = "secrets/secret-harbor-secrets.yaml"

// document tells people what to make, where hagen does not keep it.
const document, hubNFS = "SECRETS.md", "hub-nfs"

// keys is such a document of a Secret that a driver reads, as an older hagen
// wrote it.
const keys = "# Secrets of hub\n\nhagen writes none of them. Each is made once.\n\n" +
	"| secret | form | what it is for |\n|---|---|---|\n| `ceph_key` | text, no line break | key of the Ceph user client.harbor |\n\n" +
	"## On Kubernetes\n\nIn the namespace `harbor`; `RUNBOOK-kubernetes.md` has the commands.\n\n" +
	"| Secret | key |\n|---|---|\n| `ceph-secret` | `userID` |\n| `ceph-secret` | `userKey` |\n"

// holding is the same document with what the keys hold.
var holding = []edit{sub(document, "| `userID` |", "| `userID` | `harbor` |"), sub(document, "| `userKey` |", "| `userKey` | `ceph_key` |")}

var objectChanges = []change{
	{rule: "service-removed", in: hub, edits: []edit{drop("kubernetes/service-core.yaml")}},
	{rule: "cluster-ip", in: hub, edits: []edit{sub("kubernetes/service-core.yaml", "spec:\n", "spec:\n  clusterIP: None\n")}},
	{rule: "cluster-ip-kept", in: hub, given: []edit{sub("kubernetes/service-core.yaml", "spec:\n", "spec:\n  clusterIP: 10.96.77.10\n")}, edits: []edit{sub("kubernetes/service-core.yaml", "  clusterIP: 10.96.77.10\n", "")}},
	{rule: "service-fixed", in: hub, given: []edit{sub("kubernetes/service-core.yaml", "spec:\n", "spec:\n  ipFamilies:\n  - IPv4\n")}, edits: []edit{sub("kubernetes/service-core.yaml", "IPv4", "IPv6")}},
	{rule: "lb-class", in: hub, edits: []edit{sub(service, "spec:\n", "spec:\n  loadBalancerClass: example.com/lb\n")}},
	{rule: "service-type", in: hub, edits: []edit{sub(service, "type: LoadBalancer", "type: ClusterIP")}},
	{rule: "service-opens", in: hub, edits: []edit{sub("kubernetes/service-core.yaml", "type: ClusterIP", "type: NodePort")}},
	{rule: "service-balanced", in: hub1, edits: []edit{sub("kubernetes/service-nginx.yaml", "type: NodePort", "type: LoadBalancer")}},
	{rule: "service-port-added", in: hub, edits: []edit{sub("kubernetes/service-core.yaml", "  ports:\n", "  ports:\n  - name: more\n    port: 9443\n    protocol: TCP\n    targetPort: 8080\n")}},
	{rule: "node-port-drawn", in: hub1, given: []edit{sub("kubernetes/service-nginx.yaml", "    nodePort: 31777\n", "")}, edits: []edit{sub("kubernetes/service-nginx.yaml", "    port: 80\n", "    port: 80\n    nodePort: 31777\n")}},
	{rule: "balancer-address", in: hub, edits: []edit{sub(service, "spec:\n", "spec:\n  loadBalancerIP: 192.0.2.7\n")}},
	{rule: "node-port", in: hub1, edits: []edit{sub("kubernetes/service-nginx.yaml", "nodePort: 31777", "nodePort: 30002")}},
	{rule: "service-port", in: hub, edits: []edit{sub(service, "port: 443", "port: 8443")}},
	{rule: "service-other", in: hub, edits: []edit{sub(service, "spec:\n", "spec:\n  sessionAffinity: ClientIP\n")}},

	{rule: "config-added", in: hub, edits: []edit{put(extra, configMap("data:\n  a: b\n"))}},
	{rule: "config-immutable", in: hub, given: []edit{sub(coreEnv, "kind: ConfigMap\n", "kind: ConfigMap\nimmutable: true\n")}, edits: []edit{sub(coreEnv, "LOG_LEVEL: info", "LOG_LEVEL: debug")}},
	{rule: "config-frozen", in: hub, edits: []edit{sub(coreEnv, "kind: ConfigMap\n", "kind: ConfigMap\nimmutable: true\n")}},
	{rule: "secret-type", in: hub, edits: []edit{sub("secrets/secret-harbor-tls.yaml", "kubernetes.io/tls", "Opaque")}},
	{rule: "secret-recipients", in: hub, edits: []edit{sub(secrets, "recipient: age1g70p8tr0jse248fuqafdu8v0lxh2et9cu82j57fxwj0pqg7ja5hqq9kdem", "recipient: age1other")}},
	{rule: "config-renamed", in: hub, given: []edit{sub(coreEnv, "name: core-env", "name: core-env-5h2b9kdm7c"), sub(core, "name: core-env", "name: core-env-5h2b9kdm7c")}, edits: []edit{
		sub(coreEnv, "core-env-5h2b9kdm7c", "core-env-8k4tf6gg2m"), sub(core, "core-env-5h2b9kdm7c", "core-env-8k4tf6gg2m"), sub(coreEnv, "LOG_LEVEL: info", "LOG_LEVEL: debug"),
	}},
	{rule: "config-renamed-rc", in: hub1, given: []edit{sub("kubernetes/configmap-harbor-ui-config.yaml", "name: harbor-ui-config", "name: harbor-ui-config-5h2b9kdm7c"), sub(controller, "          name: harbor-ui-config\n", "          name: harbor-ui-config-5h2b9kdm7c\n")}, edits: []edit{
		sub("kubernetes/configmap-harbor-ui-config.yaml", "5h2b9kdm7c", "8k4tf6gg2m"), sub(controller, "5h2b9kdm7c", "8k4tf6gg2m"),
	}},
	{rule: "config-removed-used", in: hub, edits: []edit{drop(coreEnv)}},
	{rule: "config-unused", in: hub, given: []edit{put(extra, configMap("data:\n  a: b\n"))}, edits: []edit{sub(extra, "a: b", "a: c")}},
	{rule: "config-metadata", in: hub, edits: []edit{sub(coreEnv, "app.kubernetes.io/part-of: harbor", "app.kubernetes.io/part-of: hub")}},
	{rule: "config-rc", in: hub1, edits: []edit{sub("kubernetes/configmap-harbor-ui-config.yaml", "LOG_LEVEL: debug", "LOG_LEVEL: info")}},
	{rule: "config-rolls", in: hub, edits: []edit{sub(coreEnv, "LOG_LEVEL: info", "LOG_LEVEL: debug"), rolled()}},
	{rule: "config-env", in: hub, edits: []edit{sub(coreEnv, "LOG_LEVEL: info", "LOG_LEVEL: debug")}},
	{rule: "config-subpath", in: hub, edits: []edit{sub(registry, "level: info", "level: debug")}},
	{rule: "config-mounted", in: hub, given: mounted(), edits: []edit{sub(extra, "a: 1", "a: 3")}},
	{name: "config-formatting", rule: "reformatted", in: hub, given: mounted(), edits: []edit{sub(extra, "    a: 1\n    b: 2\n", "    # the same\n    b:   2\n    a: 1\n")}},

	{rule: "kept-made", in: hubNFS, edits: []edit{
		sub(document, "| `harbor-secrets` |", "| `hs` |"), sub(core, "harbor-secrets", "hs"),
	}},
	{rule: "kept-removed", in: hubNFS, edits: []edit{sub(document, "| `harbor-secrets` | `csrf_key` |", "| gone | `csrf_key` |"), sub("kubernetes/deployment-core.yaml", "key: csrf_key", "key: core_secret")}},
	{rule: "kept-key-made", in: hubNFS, edits: []edit{
		sub(document, "| `csrf_key` | 32", "| `extra` | text, no line break | for a test |\n| `csrf_key` | 32"),
		sub(document, "| `harbor-secrets` | `csrf_key` |", "| `harbor-secrets` | `extra` | `extra` |\n| `harbor-secrets` | `csrf_key` |"),
		sub("kubernetes/deployment-core.yaml", "key: csrf_key", "key: extra"),
	}},
	{rule: "kept-told", in: hubNFS, given: []edit{put(document, keys)}, edits: holding},
	{rule: "kept-other", in: hubNFS, given: append([]edit{put(document, keys)}, holding...), edits: []edit{sub(document, "| `harbor` |", "| `other` |"), sub(document, "client.harbor", "client.other")}},
	{rule: "kept-used", in: hubNFS, edits: []edit{sub(document, "certificate of hub.example.com", "certificate of hub2.example.com")}},
	{rule: "kept-rolls", in: hubNFS, edits: []edit{sub(document, "password of the database user harbor", "password of the database user hub"), rolled()}},
	{rule: "kept-rc", in: hub1, edits: []edit{sub(document, "<redis_password>,11", "<redis_password>,12")}},

	{rule: "ingress-removed", in: hub, given: []edit{put(extra, ingress())}, edits: []edit{drop(extra)}},
	{rule: "ingress-host", in: hub, given: []edit{put(extra, ingress())}, edits: []edit{sub(extra, "hub.example.com", "registry.example.com")}},
	{rule: "ingress-added", in: hub, given: []edit{put(extra, ingress())}, edits: []edit{sub(extra, "  - host: hub.example.com\n", "  - host: old.example.com\n  - host: hub.example.com\n")}},
	{rule: "ingress-other", in: hub, given: []edit{put(extra, ingress())}, edits: []edit{sub(extra, "number: 80", "number: 443")}},
	{rule: "role-ref", in: hub, given: []edit{put(extra, object("rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: a\n"))}, edits: []edit{sub(extra, "name: a", "name: b")}},
	{rule: "storage-class", in: hub, given: []edit{put(extra, object("storage.k8s.io/v1", "StorageClass", "provisioner: a.example.com\n"))}, edits: []edit{sub(extra, "a.example.com", "b.example.com")}},
	{rule: "class-fixed", in: hub, given: []edit{put(extra, object("scheduling.k8s.io/v1", "PriorityClass", "value: 10\n"))}, edits: []edit{sub(extra, "10", "20")}},
	{rule: "autoscaler", in: hub, given: []edit{put(extra, object("autoscaling/v2", "HorizontalPodAutoscaler", "spec:\n  maxReplicas: 4\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: core\n"))}, edits: []edit{sub(extra, "maxReplicas: 4", "maxReplicas: 6")}},
	{rule: "policy", in: hub, edits: []edit{sub("kubernetes/poddisruptionbudget-core.yaml", "maxUnavailable: 1", "maxUnavailable: 2")}},
	{rule: "quota-scopes", in: hub, given: []edit{put(extra, object("v1", "ResourceQuota", "spec:\n  scopes:\n  - Terminating\n"))}, edits: []edit{sub(extra, "Terminating", "NotTerminating")}},
	{rule: "pod-security", in: hub, edits: []edit{sub("kubernetes/namespace-harbor.yaml", "enforce: restricted", "enforce: baseline")}},
	{rule: "kustomization", in: hub, edits: []edit{sub("kubernetes/kustomization.yaml", "kind: Kustomization\n", "kind: Kustomization\nnamePrefix: a-\n")}},
	{rule: "server-refuses", in: hub, edits: []edit{sub(core, "memory: 512Mi", "memory: 1Gi"), sub(core, "  progressDeadlineSeconds: 3910\n", "")}, refused: core},
	{rule: "api-version", in: hub, given: []edit{put(extra, object("example.com/v1beta1", "Widget", "spec:\n  a: 1\n"))}, edits: []edit{sub(extra, "v1beta1", "v1")}},
	{rule: "metadata", in: hub, edits: []edit{sub(core, "app.kubernetes.io/version: 2.15.2", "app.kubernetes.io/version: 2.15.3")}},
	{rule: "object-added", in: hub, edits: []edit{put(extra, ingress())}},
	{rule: "object-removed", in: hub, given: []edit{put(extra, object("example.com/v1", "Widget", "spec:\n  a: 1\n"))}, edits: []edit{drop(extra)}},
	{rule: "object-other", in: hub, given: []edit{put(extra, object("example.com/v1", "Widget", "spec:\n  a: 1\n"))}, edits: []edit{sub(extra, "a: 1", "a: 2")}},
	{rule: "moved", in: hub, edits: []edit{move(coreEnv, "config/configmap-core-env.yaml")}},
	{rule: "reformatted", in: hub, edits: []edit{sub(coreEnv, "LOG_LEVEL: info", "LOG_LEVEL: \"info\"")}},
}
