package rule

import (
	"fmt"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// standard is a level of the Pod Security Standards as a release of Kubernetes
// enforces it; k8s.io/pod-security-admission is where it is written.
type standard struct {
	restricted bool
	minor      int
	found      []any
}

// insecure lists what of a pod, with its metadata, a namespace of a level
// refuses: where it stands, who it is and why. Every container is one entry.
func insecure(_ *Evaluator, args []any) (any, error) {
	level, _ := args[1].(string)
	if level != "baseline" && level != "restricted" {
		return []any{}, nil
	}
	minor, _ := artifact.Number(args[2])
	s := &standard{restricted: level == "restricted", minor: int(minor), found: []any{}}
	template := artifact.Map(args[0])
	s.pod(artifact.Map(template["spec"]), artifact.Map(artifact.Map(template["metadata"])["annotations"]))
	return s.found, nil
}

func (s *standard) add(who string, why []string, at ...any) {
	if len(why) > 0 {
		s.found = append(s.found, map[string]any{"at": at, "who": who, "why": strings.Join(why, ", ")})
	}
}

func (s *standard) pod(pod, annotations map[string]any) {
	context := artifact.Map(pod["securityContext"])
	var why []string
	for _, name := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if pod[name] == true {
			why = append(why, "sets "+name)
		}
	}
	for _, item := range artifact.List(context["sysctls"]) {
		if name := artifact.Text(artifact.Map(item)["name"]); !s.safe(name) {
			why = append(why, "sets "+name)
		}
	}
	for _, key := range sortedKeys(annotations) {
		value := artifact.Text(annotations[key])
		if strings.HasPrefix(key, "container.apparmor.security.beta.kubernetes.io/") &&
			value != "" && value != "runtime/default" && !strings.HasPrefix(value, "localhost/") {
			why = append(why, "names the AppArmor profile "+value)
		}
	}
	s.add("the pod", append(why, s.context(context)...), "spec")
	for i, item := range artifact.List(pod["volumes"]) {
		volume := artifact.Map(item)
		s.add("the volume "+artifact.Text(volume["name"]), s.volume(volume), "spec", "volumes", int64(i))
	}
	for _, list := range []string{"initContainers", "containers", "ephemeralContainers"} {
		for i, item := range artifact.List(pod[list]) {
			container := artifact.Map(item)
			s.add("the container "+artifact.Text(container["name"]), s.container(container, pod), "spec", list, int64(i))
		}
	}
}

// sysctls are those that count for one pod alone, by the release since which
// they are taken for safe.
func sysctls() map[string]int {
	return map[string]int{
		"kernel.shm_rmid_forced": 0, "net.ipv4.ip_local_port_range": 0, "net.ipv4.tcp_syncookies": 0,
		"net.ipv4.ping_group_range": 0, "net.ipv4.ip_unprivileged_port_start": 0,
		"net.ipv4.ip_local_reserved_ports": 27,
		"net.ipv4.tcp_keepalive_time":      29, "net.ipv4.tcp_fin_timeout": 29,
		"net.ipv4.tcp_keepalive_intvl": 29, "net.ipv4.tcp_keepalive_probes": 29,
		"net.ipv4.tcp_rmem": 32, "net.ipv4.tcp_wmem": 32,
	}
}

func (s *standard) safe(sysctl string) bool {
	since, ok := sysctls()[sysctl]
	return ok && s.minor >= since
}

// context is what a pod and a container may say alike.
func (s *standard) context(context map[string]any) []string {
	var why []string
	for _, profile := range [][2]string{{"seccompProfile", "seccomp"}, {"appArmorProfile", "AppArmor"}} {
		if table := artifact.Map(context[profile[0]]); table != nil && !isProfile(table) {
			why = append(why, fmt.Sprintf("names the %s profile %v", profile[1], table["type"]))
		}
	}
	options := artifact.Map(context["seLinuxOptions"])
	types := []string{"", "container_t", "container_init_t", "container_kvm_t"}
	if s.minor >= 31 {
		types = append(types, "container_engine_t")
	}
	if !slices.Contains(types, artifact.Text(options["type"])) || artifact.Text(options["user"])+artifact.Text(options["role"]) != "" {
		why = append(why, "sets seLinuxOptions")
	}
	if artifact.Map(context["windowsOptions"])["hostProcess"] == true {
		why = append(why, "sets hostProcess")
	}
	if !s.restricted {
		return why
	}
	if context["runAsNonRoot"] == false {
		why = append(why, "may run as root")
	}
	if user, ok := artifact.Number(context["runAsUser"]); ok && user == 0 {
		why = append(why, "runs as root")
	}
	return why
}

// isProfile tells whether a profile confines.
func isProfile(profile map[string]any) bool {
	return profile["type"] == "RuntimeDefault" || profile["type"] == "Localhost"
}

func (s *standard) volume(volume map[string]any) []string {
	allowed := []string{"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"}
	for _, kind := range sortedKeys(volume) {
		if kind != "name" && volume[kind] != nil && (kind == "hostPath" || s.restricted && !slices.Contains(allowed, kind)) {
			return []string{"is of the type " + kind}
		}
	}
	return nil
}

func (s *standard) container(container, pod map[string]any) []string {
	context := artifact.Map(container["securityContext"])
	var why []string
	if context["privileged"] == true {
		why = append(why, "is privileged")
	}
	if mount := artifact.Text(context["procMount"]); mount != "" && mount != "Default" {
		why = append(why, "sets procMount "+mount)
	}
	for _, item := range artifact.List(container["ports"]) {
		if port, _ := artifact.Number(artifact.Map(item)["hostPort"]); port != 0 {
			why = append(why, fmt.Sprintf("takes port %v of the node", port))
		}
	}
	if s.minor >= 34 && asksOthers(container) {
		why = append(why, "probes another host")
	}
	why = append(append(why, s.capabilities(artifact.Map(context["capabilities"]))...), s.context(context)...)
	if s.restricted {
		why = append(why, unsaid(context, pod)...)
	}
	return why
}

// capabilities wants none added but those that the level takes for harmless.
func (s *standard) capabilities(capabilities map[string]any) []string {
	allowed := []any{"NET_BIND_SERVICE"}
	if !s.restricted {
		allowed = []any{
			"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
			"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
		}
	}
	var why []string
	for _, name := range artifact.List(capabilities["add"]) {
		if !slices.Contains(allowed, name) {
			why = append(why, fmt.Sprintf("adds the capability %v", name))
		}
	}
	return why
}

// unsaid is what the level restricted wants a container, or its pod, to say.
func unsaid(context, pod map[string]any) []string {
	var why []string
	whole := artifact.Map(pod["securityContext"])
	if context["runAsNonRoot"] == nil && whole["runAsNonRoot"] != true {
		why = append(why, "does not say runAsNonRoot")
	}
	if artifact.Map(pod["os"])["name"] == "windows" {
		return why
	}
	if context["allowPrivilegeEscalation"] != false {
		why = append(why, "may escalate its privileges")
	}
	if !slices.Contains(artifact.List(artifact.Map(context["capabilities"])["drop"]), any("ALL")) {
		why = append(why, "does not drop ALL capabilities")
	}
	if context["seccompProfile"] == nil && !isProfile(artifact.Map(whole["seccompProfile"])) {
		why = append(why, "names no seccomp profile")
	}
	return why
}

// asksOthers tells whether a probe or a hook names a host.
func asksOthers(container map[string]any) bool {
	lifecycle := artifact.Map(container["lifecycle"])
	for _, asks := range []any{
		container["livenessProbe"], container["readinessProbe"], container["startupProbe"], lifecycle["postStart"], lifecycle["preStop"],
	} {
		for _, how := range []string{"httpGet", "tcpSocket"} {
			if artifact.Text(artifact.Map(artifact.Map(asks)[how])["host"]) != "" {
				return true
			}
		}
	}
	return false
}
