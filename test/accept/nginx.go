package accept

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	nginxUpstream = regexp.MustCompile(`(?m)^\s*upstream\s+([\w.-]+)\s*\{`)
	nginxServer   = regexp.MustCompile(`(?m)^(\s*server\s+)([\w.-]+)(:\d+)?([^{};]*;)`)
	nginxPass     = regexp.MustCompile(`((?:proxy|grpc|uwsgi)_pass\s+https?://)([\w.-]+)`)
	nginxPair     = regexp.MustCompile(`(?m)^(\s*\w*ssl_(?:trusted_|client_)?certificate\s+)[^\s;]+;`)
	nginxKey      = regexp.MustCompile(`(?m)^(\s*\w*ssl_certificate_key\s+)[^\s;]+;`)
	nginxInclude  = regexp.MustCompile(`(?m)^(\s*include\s+)/etc/nginx/([^;]+);`)
	nginxUser     = regexp.MustCompile(`(?m)^(\s*user\s+)[^;]+;`)
	nginxTemp     = regexp.MustCompile(`(\s)/tmp/`)
)

// checkNginx runs nginx -t. What the machine of the test lacks is put in its place:
// a certificate, an account, addresses for the names that the bundle or the cluster
// resolves. Any other name stays, and nginx refuses it.
func checkNginx(file File) error {
	path, remove, err := stage("nginx.conf", nil)
	if err != nil {
		return err
	}
	defer remove()
	dir := filepath.Dir(path)
	if err := certify(dir); err != nil {
		return err
	}
	if err := os.WriteFile(path, localNginx(file, dir), 0o644); err != nil {
		return err
	}
	_, _, err = command(dir, nil, "nginx", "-t", "-q", "-e", "stderr", "-p", dir, "-c", path)
	return err
}

// localNginx is the configuration with the paths and names of this machine.
func localNginx(file File, dir string) []byte {
	text := string(file.Data)
	upstreams := map[string]bool{}
	for _, match := range nginxUpstream.FindAllStringSubmatch(text, -1) {
		upstreams[match[1]] = true
	}
	text = replaceHosts(nginxServer, text, func(host string) bool { return slices.Contains(file.Hosts, host) })
	text = replaceHosts(nginxPass, text, func(host string) bool {
		return slices.Contains(file.Hosts, host) && !upstreams[host]
	})
	text = nginxTemp.ReplaceAllString(text, "${1}"+dir+"/")
	text = nginxPair.ReplaceAllString(text, "${1}"+dir+"/server.crt;")
	text = nginxKey.ReplaceAllString(text, "${1}"+dir+"/server.key;")
	text = nginxInclude.ReplaceAllStringFunc(text, func(match string) string {
		parts := nginxInclude.FindStringSubmatch(match)
		if parts[2] == "mime.types" { // Debian's nginx brings the same file
			return match
		}
		return parts[1] + filepath.Join(file.Dir(), parts[2]) + ";"
	})
	text = nginxUser.ReplaceAllString(text, "${1}nobody nogroup;")
	return []byte(text)
}

// replaceHosts gives the loopback address to the hosts (group 2 of the pattern) that
// resolve in production.
func replaceHosts(pattern *regexp.Regexp, text string, resolves func(string) bool) string {
	return pattern.ReplaceAllStringFunc(text, func(match string) string {
		parts := pattern.FindStringSubmatch(match)
		if !resolves(parts[2]) {
			return match
		}
		return parts[1] + "127.0.0.1" + strings.Join(parts[3:], "")
	})
}

// certify makes the pair server.crt and server.key.
func certify(dir string) error {
	_, _, err := command(dir, nil, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
		"-subj", "/CN=registry", "-days", "2", "-keyout", "server.key", "-out", "server.crt")
	return err
}
