package lab

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Image is one that a bundle names, and what runs in it here.
type Image struct {
	Name    string
	Command []string
	User    string
	Env     []string
}

// links are names by which busybox is called in the images.
var links = strings.Fields("sh grep netstat cat ls sleep id")

// binaries of the machine that the images hold, by their path there.
var binaries = map[string]string{
	"/bin/busybox": "/bin/busybox", "/usr/bin/curl": "/usr/bin/curl", "/usr/sbin/nginx": "/usr/sbin/nginx",
	"/usr/sbin/rsyslogd": "/usr/sbin/rsyslogd", "/usr/bin/docker-registry": "/usr/bin/registry",
}

// folders that a program of the images wants to write to.
var folders = strings.Fields("tmp var/log/nginx var/lib/nginx run var/log/docker var/log/jobs etc/nginx")

const syslog = `module(load="imtcp")
input(type="imtcp" port="PORT")
global(workDirectory="/tmp" umask="0022")
`

// oldSyslog files by date and service, as the image of 1.x does by itself.
const oldSyslog = `template(name="ByDate" type="string" string="/var/log/docker/%$year%-%$month%-%$day%/%programname%.log")
if $programname != "rsyslogd" then action(type="omfile" dynaFile="ByDate")
`

// texts are files of the images.
var texts = map[string]string{
	"etc/passwd":                      "root:x:0:0::/:/bin/sh\nharbor:x:10000:10000::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n",
	"etc/group":                       "root:x:0:\nharbor:x:10000:\nnogroup:x:65534:\nwww-data:x:33:\n",
	"etc/nginx/mime.types":            "types { text/html html; }\n",
	"usr/share/nginx/html/index.html": "stand-in of the portal\n",
	"etc/rsyslog-2.conf":              strings.Replace(syslog, "PORT", "10514", 1) + "$PrivDropToGroupID 10000\n$PrivDropToUserID 10000\ninclude(file=\"/etc/rsyslog.d/*.conf\")\n",
	"etc/rsyslog-1.conf":              strings.Replace(syslog, "PORT", "514", 1) + oldSyslog,
}

// layer is the one file system of all images: programs of this machine and the
// stand-in, with the libraries that they load.
func layer(standin string) ([]byte, error) {
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	for _, dir := range folders {
		if err := w.WriteHeader(&tar.Header{Name: dir + "/", Typeflag: tar.TypeDir, Mode: 0o777}); err != nil {
			return nil, err
		}
	}
	for name, text := range texts {
		if err := add(w, name, 0o644, []byte(text)); err != nil {
			return nil, err
		}
	}
	for _, link := range links {
		if err := w.WriteHeader(&tar.Header{Name: "bin/" + link, Typeflag: tar.TypeSymlink, Linkname: "/bin/busybox"}); err != nil {
			return nil, err
		}
	}
	files := map[string]string{standin: "/standin"}
	for from, to := range binaries {
		files[from] = to
	}
	modules, err := filepath.Glob("/usr/lib/*/rsyslog/*.so")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"lmnet", "lmnetstrms", "lmnsd_ptcp", "lmtcpsrv", "imtcp", "lmregexp", "lmzlibw"} {
		for _, module := range modules {
			if filepath.Base(module) == name+".so" {
				files[module] = module
			}
		}
	}
	if err := addAll(w, files); err != nil {
		return nil, err
	}
	return buffer.Bytes(), w.Close()
}

// addAll adds programs, and each library once.
func addAll(w *tar.Writer, files map[string]string) error {
	loaded := map[string]string{}
	for from, to := range files {
		loaded[from] = to
		out, _ := exec.Command("ldd", from).Output()
		for _, word := range strings.Fields(string(out)) {
			if strings.HasPrefix(word, "/") {
				loaded[word] = word
			}
		}
	}
	for from, to := range loaded {
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := add(w, strings.TrimPrefix(to, "/"), 0o755, data); err != nil {
			return err
		}
	}
	return nil
}

func add(w *tar.Writer, name string, mode fs.FileMode, data []byte) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: int64(mode), Size: int64(len(data))}); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

// WriteImages writes an archive that docker load takes: one layer, and a
// configuration for each image.
func WriteImages(path, standin string, images []Image) error {
	base, err := layer(standin)
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := tar.NewWriter(file)
	if err := add(w, "layer.tar", 0o644, base); err != nil {
		return err
	}
	var manifest []map[string]any
	for _, image := range images {
		config, err := json.Marshal(map[string]any{
			"architecture": "amd64", "os": "linux",
			"config": map[string]any{"User": image.User, "Cmd": image.Command, "Env": append(image.Env, "PATH=/usr/sbin:/usr/bin:/bin")},
			"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + digest(base)}},
		})
		if err != nil {
			return err
		}
		name := digest(config) + ".json"
		if err := add(w, name, 0o644, config); err != nil {
			return err
		}
		manifest = append(manifest, map[string]any{"Config": name, "RepoTags": []string{image.Name}, "Layers": []string{"layer.tar"}})
	}
	data, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	if err := add(w, "manifest.json", 0o644, data); err != nil {
		return err
	}
	return w.Close()
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Load gives the node the images of an archive.
func (n *Node) Load(archive string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	cmd := n.Command("docker load --quiet")
	cmd.Stdin = io.Reader(file)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return &loadError{n.Name, string(out), err}
	}
	return nil
}

type loadError struct {
	node, said string
	err        error
}

func (e *loadError) Error() string { return e.node + ": docker load: " + e.err.Error() + ": " + e.said }
func (e *loadError) Unwrap() error { return e.err }
