package rule

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"hagen/internal/artifact"
)

// safe is what the level restricted wants of a container.
const safe = "allowPrivilegeEscalation: false, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}"

// Every pod has one thing that a level refuses, or none; want is where and why.
func TestInsecure(t *testing.T) {
	one := func(context, more string) string {
		return "spec: {containers: [{name: a, securityContext: {" + context + "}" + more + "}]}"
	}
	drop := safe + ", capabilities: {drop: [ALL]}"
	for name, test := range map[string]struct {
		level      string
		minor      int
		text, want string
	}{
		"safe":                   {"restricted", 34, one(drop, ""), ""},
		"nothing said":           {"restricted", 34, one("", ""), "[spec containers 0] the container a: does not say runAsNonRoot, may escalate its privileges, does not drop ALL capabilities, names no seccomp profile"},
		"nothing said, baseline": {"baseline", 34, one("", ""), ""},
		"no level":               {"", 34, one("privileged: true", ""), ""},
		"privileged level":       {"privileged", 34, one("privileged: true", ""), ""},
		"said by the pod": {"restricted", 34, "spec: {securityContext: {runAsNonRoot: true, seccompProfile: {type: Localhost}}, " +
			"containers: [{name: a, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]}", ""},
		"pod says root": {"restricted", 34, "spec: {securityContext: {runAsNonRoot: false}, containers: [{name: a, securityContext: {" + drop + "}}]}", "[spec] the pod: may run as root"},
		"user 0":        {"restricted", 34, one(drop+", runAsUser: 0", ""), "[spec containers 0] the container a: runs as root"},
		"init":          {"baseline", 34, "spec: {initContainers: [{name: a, securityContext: {privileged: true}}]}", "[spec initContainers 0] the container a: is privileged"},
		"ephemeral":     {"baseline", 34, "spec: {ephemeralContainers: [{name: a, securityContext: {privileged: true}}]}", "[spec ephemeralContainers 0] the container a: is privileged"},
		"host":          {"baseline", 34, "spec: {hostNetwork: true, hostPID: true, hostIPC: true}", "[spec] the pod: sets hostNetwork, sets hostPID, sets hostIPC"},
		"host port":     {"baseline", 34, one("", ", ports: [{containerPort: 1}, {hostPort: 80}]"), "[spec containers 0] the container a: takes port 80 of the node"},
		"capability":    {"baseline", 34, one("capabilities: {add: [CHOWN, NET_RAW]}", ""), "[spec containers 0] the container a: adds the capability NET_RAW"},
		"harmless":      {"restricted", 34, one(safe+", capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}", ""), ""},
		"not harmless":  {"restricted", 34, one(safe+", capabilities: {drop: [ALL], add: [CHOWN]}", ""), "[spec containers 0] the container a: adds the capability CHOWN"},
		"host path":     {"baseline", 34, "spec: {volumes: [{name: v, hostPath: {path: /}}]}", "[spec volumes 0] the volume v: is of the type hostPath"},
		"nfs":           {"restricted", 34, "spec: {volumes: [{name: v, nfs: {path: /}}, {name: w, secret: {}}]}", "[spec volumes 0] the volume v: is of the type nfs"},
		"nfs, baseline": {"baseline", 34, "spec: {volumes: [{name: v, nfs: {path: /}}]}", ""},
		"sysctl":        {"baseline", 28, "spec: {securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies}, {name: net.ipv4.tcp_fin_timeout}]}}", "[spec] the pod: sets net.ipv4.tcp_fin_timeout"},
		"later sysctl":  {"baseline", 29, "spec: {securityContext: {sysctls: [{name: net.ipv4.tcp_fin_timeout}]}}", ""},
		"proc":          {"baseline", 34, one("procMount: Unmasked", ""), "[spec containers 0] the container a: sets procMount Unmasked"},
		"unconfined":    {"baseline", 34, one("seccompProfile: {type: Unconfined}", ""), "[spec containers 0] the container a: names the seccomp profile Unconfined"},
		"app armor":     {"baseline", 34, "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined}}", "[spec] the pod: names the AppArmor profile unconfined"},
		"selinux":       {"baseline", 34, one("seLinuxOptions: {type: container_engine_t}", ""), ""},
		"selinux of 30": {"baseline", 30, one("seLinuxOptions: {type: container_engine_t}", ""), "[spec containers 0] the container a: sets seLinuxOptions"},
		"selinux role":  {"baseline", 34, one("seLinuxOptions: {role: r}", ""), "[spec containers 0] the container a: sets seLinuxOptions"},
		"windows":       {"baseline", 34, one("windowsOptions: {hostProcess: true}", ""), "[spec containers 0] the container a: sets hostProcess"},
		"probe":         {"baseline", 34, one("", ", livenessProbe: {httpGet: {host: other}}"), "[spec containers 0] the container a: probes another host"},
		"probe of 33":   {"baseline", 33, one("", ", livenessProbe: {httpGet: {host: other}}"), ""},
	} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(test.text), &node); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		template, err := artifact.Value(&node)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		found, err := insecure(nil, []any{template, test.level, int64(test.minor)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, item := range found.([]any) {
			entry := item.(map[string]any)
			got = append(got, fmt.Sprintf("%v %s: %s", entry["at"], entry["who"], entry["why"]))
		}
		if strings.Join(got, "\n") != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
