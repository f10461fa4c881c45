package accept

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/core/remotes/docker/config"
	"github.com/containers/image/v5/pkg/sysregistriesv2"
	"github.com/containers/image/v5/types"
	"sigs.k8s.io/yaml"
)

// checkHosts lays hosts.toml where containerd looks it up and has containerd's own
// code read it: one host, asked for everything by the scheme of the address. The
// authority that it names must stand beside it.
func checkHosts(file File) error {
	dir, err := os.MkdirTemp("", "hosts")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "hosts.toml"), file.Data, 0o644); err != nil {
		return err
	}
	if authority, err := os.ReadFile(filepath.Join(file.Dir(), "ca.crt")); err == nil {
		if err := os.WriteFile(filepath.Join(dir, "ca.crt"), authority, 0o644); err != nil {
			return err
		}
	}
	_, line, _ := strings.Cut(string(file.Data), "\nserver = \"")
	server, err := url.Parse(strings.SplitN(line, "\"", 2)[0])
	if err != nil {
		return err
	}
	lookUp := config.ConfigureHosts(context.Background(), config.HostOptions{HostDir: func(string) (string, error) { return dir, nil }})
	hosts, err := lookUp(server.Host)
	if err != nil {
		return err
	}
	if len(hosts) == 0 {
		return errors.New("containerd finds no host in it")
	}
	for _, host := range hosts {
		if host.Scheme != server.Scheme || host.Host != server.Host || !host.Capabilities.Has(docker.HostCapabilityPull|docker.HostCapabilityResolve|docker.HostCapabilityPush) {
			return fmt.Errorf("containerd asks %s://%s with capabilities %b", host.Scheme, host.Host, host.Capabilities)
		}
	}
	return nil
}

// checkRegistries has the code of podman and CRI-O read a file of registries.conf.d.
func checkRegistries(file File) error {
	path, remove, err := stage("registries.conf", file.Data)
	if err != nil {
		return err
	}
	defer remove()
	_, line, _ := strings.Cut(string(file.Data), "location = \"")
	location := strings.SplitN(line, "\"", 2)[0]
	registry, err := sysregistriesv2.FindRegistry(&types.SystemContext{SystemRegistriesConfPath: path, SystemRegistriesConfDirPath: os.DevNull + ".d"}, location+"/library/busybox")
	if err != nil {
		return err
	}
	if registry == nil || !registry.Insecure {
		return fmt.Errorf("podman takes %q for a registry with TLS", location)
	}
	return nil
}

// checkProxy lays the drop-in beside a unit and wants systemd to take both.
func checkProxy(file File) error { return verifyDropIn("docker", filepath.Base(file.Path), file.Data) }

// checkBirth wants user data that cloud-init takes: files with absolute paths and the
// texts of the folder, and a command that runs one of them.
func checkBirth(file File) error {
	if !bytes.HasPrefix(file.Data, []byte("#cloud-config\n")) {
		return errors.New("without #cloud-config in the first line cloud-init passes it by")
	}
	var config struct {
		Files []struct {
			Path        string `json:"path"`
			Content     string `json:"content"`
			Permissions string `json:"permissions"`
		} `json:"write_files"`
		Commands [][]string `json:"runcmd"`
	}
	if err := yaml.UnmarshalStrict(file.Data, &config); err != nil {
		return err
	}
	runs := 0
	for _, written := range config.Files {
		if !filepath.IsAbs(written.Path) || (written.Permissions != "0644" && written.Permissions != "0755") {
			return fmt.Errorf("%s with permissions %q", written.Path, written.Permissions)
		}
		text, err := os.ReadFile(filepath.Join(file.Dir(), filepath.Base(written.Path)))
		if err != nil || strings.ReplaceAll(string(text), "\t", "  ") != written.Content {
			return fmt.Errorf("%s is not the file of this folder", written.Path)
		}
		for _, command := range config.Commands {
			if len(command) == 2 && command[0] == "sh" && command[1] == written.Path {
				runs++
			}
		}
	}
	if runs != 1 || len(config.Commands) != 1 {
		return fmt.Errorf("the commands %v run none of the files", config.Commands)
	}
	return nil
}
