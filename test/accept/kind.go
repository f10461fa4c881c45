package accept

import (
	"fmt"
	"regexp"
)

// Kind is a sort of file and the parser that accepts it.
type Kind struct {
	Name  string
	Claim *regexp.Regexp // over File.Path; the first kind of the table that matches has the file
	Check func(File) error
}

// Kinds is the table of all sorts, the special ones before the general ones.
// Paths inside a container (/etc/nginx/nginx.conf) and paths of a bundle
// (config/nginx/nginx.conf) end alike, so one row serves both.
func Kinds() []Kind {
	return []Kind{
		kind("kustomization", `(^|/)kustomization\.ya?ml$`, checkKustomization),
		kind("compose", `(^|/)(docker-)?compose(\.[a-z]+)?\.ya?ml$`, checkCompose),
		kind("dotenv", `(^|/)\.env$`, checkDotenv),
		kind("secrets list", `(^|/)host/secrets\.list$`, checkSecretsList),
		kind("node list", `(^|/)host/node\.list$`, checkNodeList),
		kind("haproxy", `(^|/)balancer/haproxy\.cfg$`, checkHAProxy),
		kind("keepalived", `(^|/)balancer/keepalived\.conf$`, checkKeepalived),
		kind("nodes' secrets", `(^|/)host/secrets\.age$`, checkNodeSecrets),
		kind("encrypted secret", `^([^!]*/)?secrets/[^!]*\.ya?ml$`, checkEncryptedSecret),
		kind("registry", `(^|/)registry/config\.yml$`, checkRegistry),
		kind("registryctl", `(^|/)registryctl/config\.yml$`, checkRegistryctl),
		kind("jobservice", `(^|/)jobservice/config\.yml$`, checkJobservice),
		kind("beego", `(^|/)(core|ui|jobservice)/app\.conf$`, checkBeego),
		kind("nginx", `(^|/)nginx\.conf$`, checkNginx),
		kind("rsyslog", `(^|/)rsyslog[^/]*(/[^/]+)?\.conf$`, checkRsyslog),
		kind("logrotate", `(^|/)logrotate[^/]*(/[^/]+)?\.conf$`, checkLogrotate),
		kind("systemd", `\.(service|mount|automount|target|timer|socket|path|slice)$`, checkUnit),
		kind("fstab", `(^|/)[^/]*fstab[^/]*$`, checkFstab),
		kind("custom resource", `^([^!]*/)?((flux|argocd)/|kubernetes/servicemonitor-)[^/!]*\.ya?ml$`, checkCustom),
		kind("manifest", `^([^!]*/)?kubernetes/[^!]*\.ya?ml$`, checkManifest),
		kind("adapter", `(^|/)autoscaling/prometheus-adapter-values\.yaml$`, checkAdapter),
		kind("blackbox", `/(blackbox|argocd-cm)\.ya?ml$`, checkYAML),
		kind("kubelet", `(^|/)nodes/[^/]+/kubeletconfiguration\.yaml$`, checkKubelet),
		kind("kubelet drop-in", `(^|/)nodes/[^/]+/90-eviction\.conf$`, checkKubeletDropIn),
		kind("containerd", `(^|/)nodes/[^/]+/containerd\.toml$`, checkContainerd),
		kind("page", `^([^!]*/)?(index|site/[a-z0-9-]+)\.html$`, checkPage),
		kind("images", `^images\.txt$`, checkImages),
		kind("hosts of containerd", `(^|/)clients/hosts\.toml$`, checkHosts),
		kind("registries of podman", `(^|/)clients/registries\.conf$`, checkRegistries),
		kind("proxy of an engine", `(^|/)clients/http-proxy\.conf$`, checkProxy),
		kind("cloud-init", `(^|/)clients/cloud-init\.yaml$`, checkBirth),
		kind("account", `(^|/)database/bootstrap\.sql$`, checkAccount),
		kind("json", `\.json$`, checkJSON),
		kind("shell", `\.sh$`, checkScript),
		kind("certificates", `\.(pem|crt)$`, checkCertificates),
		kind("markdown", `\.md$`, checkMarkdown),
	}
}

func kind(name, claim string, check func(File) error) Kind {
	return Kind{Name: name, Claim: regexp.MustCompile(claim), Check: check}
}

// KindOf returns the kind that claims the file.
func KindOf(file File) (Kind, bool) {
	for _, kind := range Kinds() {
		if kind.Claim.MatchString(file.Path) {
			return kind, true
		}
	}
	return Kind{}, false
}

// Check puts the file before its parser.
func Check(file File) error {
	kind, ok := KindOf(file)
	if !ok {
		return fmt.Errorf("no parser claims this file: add its kind to test/accept/kind.go")
	}
	if err := kind.Check(file); err != nil {
		return fmt.Errorf("%s: %w", kind.Name, err)
	}
	return nil
}
