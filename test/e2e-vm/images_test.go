package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"

	"hagen/test/e2e-vm/lab"
)

// roles are what stands in for a service, by its name in the bundles.
var roles = map[string]lab.Image{
	"core":          {Command: []string{"/standin", "core"}, User: "10000"},
	"jobservice":    {Command: []string{"/standin", "jobservice"}, User: "10000"},
	"registryctl":   {Command: []string{"/standin", "registryctl"}, User: "10000"},
	"trivy-adapter": {Command: []string{"/standin", "answering"}, User: "10000"},
	"exporter":      {Command: []string{"/standin", "answering"}, User: "10000"},
	"registry":      {Command: []string{"registry", "serve", "/etc/registry/config.yml"}, User: "10000"},
	"portal":        {Command: []string{"nginx", "-g", "daemon off;"}, User: "10000"},
	"proxy":         {Command: []string{"nginx", "-g", "daemon off;"}, User: "10000"},
	"log":           {Command: []string{"rsyslogd", "-n", "-i", "NONE", "-f", "/etc/rsyslog-2.conf"}},
}

var oldRoles = map[string]lab.Image{
	"ui":          {Command: []string{"/standin", "ui"}},
	"adminserver": {Command: []string{"/standin", "adminserver"}},
	"jobservice":  {Command: []string{"/standin", "jobservice1"}},
	"registry":    {Command: []string{"registry", "serve", "/etc/registry/config.yml"}},
	"proxy":       {Command: []string{"nginx", "-g", "daemon off;"}},
	"log":         {Command: []string{"rsyslogd", "-n", "-i", "NONE", "-f", "/etc/rsyslog-1.conf"}},
}

// project is what the tests read of a docker-compose.yml.
type project struct {
	Services map[string]struct {
		Image string `json:"image"`
		// Profiles are those of what is started by name only: here the tables are
		// made with the database.
		Profiles []string `json:"profiles"`
	} `json:"services"`
}

// images writes the archive of those that the bundles name.
func (c *cluster) images() string {
	c.T.Helper()
	found := map[string]lab.Image{}
	files, _ := filepath.Glob(c.Bundle("*") + "/docker-compose.yml")
	for _, name := range files {
		var p project
		data, err := os.ReadFile(name)
		if err == nil {
			err = yaml.Unmarshal(data, &p)
		}
		if err != nil {
			c.T.Fatal(err)
		}
		_, old := p.Services["adminserver"]
		for service, entry := range p.Services {
			if len(entry.Profiles) > 0 {
				continue
			}
			image, known := roles[service]
			if old {
				image, known = oldRoles[service]
			}
			if !known {
				c.T.Fatalf("nothing stands in for %s", service)
			}
			image.Name = entry.Image
			image.Env = []string{"STANDIN_VERSION=" + entry.Image[strings.LastIndex(entry.Image, ":")+1:]}
			found[entry.Image] = image
		}
	}
	var list []lab.Image
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[name])
	}
	archive := filepath.Join(c.Dir, "images.tar")
	if err := lab.WriteImages(archive, standin(c.T), list); err != nil {
		c.T.Fatal(err)
	}
	return archive
}

var builtStandin = sync.OnceValues(func() (string, error) {
	path := filepath.Join(lab.Dir(), "standin")
	cmd := exec.Command("go", "build", "-o", path, "./standin")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build ./standin: %w\n%s", err, out)
	}
	return path, err
})

// standin builds the program of the stand-ins, once.
func standin(t testing.TB) string {
	t.Helper()
	path, err := builtStandin()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
