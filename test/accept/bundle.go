package accept

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// bundle is a docker-compose.yml as it is written, before any program resolves it.
type bundle struct {
	file     File
	Services map[string]service `json:"services"`
}

type service struct {
	ContainerName string             `json:"container_name"`
	Environment   map[string]*string `json:"environment"`
	Volumes       []bind             `json:"volumes"`
}

type bind struct {
	Type   string `json:"type"`
	Source string `json:"source"`
	Target string `json:"target"`
}

// readBundles parses the compose files among the files.
func readBundles(files []File) ([]bundle, error) {
	var bundles []bundle
	for _, file := range files {
		if kind, _ := KindOf(file); kind.Name != "compose" {
			continue
		}
		found := bundle{file: file}
		if err := yaml.Unmarshal(file.Data, &found); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Path, err)
		}
		bundles = append(bundles, found)
	}
	return bundles, nil
}

// hosts are the names that Docker's DNS resolves for the containers of a bundle.
func (b bundle) hosts() []string {
	var names []string
	for name, service := range b.Services {
		names = append(names, name)
		if service.ContainerName != "" {
			names = append(names, service.ContainerName)
		}
	}
	slices.Sort(names)
	return names
}

// environmentOf returns the variables of the services that mount the file; path is
// relative to the bundle.
func (b bundle) environmentOf(below string) map[string]string {
	env := map[string]string{}
	for _, service := range b.Services {
		mounts := slices.ContainsFunc(service.Volumes, func(volume bind) bool {
			source := path.Clean(volume.Source)
			return source == below || strings.HasPrefix(below, source+"/")
		})
		for name, value := range service.Environment {
			if mounts && value != nil {
				env[name] = strings.ReplaceAll(*value, "$$", "$")
			}
		}
	}
	return env
}

// variable is ${NAME:-default} in a path; the default is what an operator gets who
// sets nothing.
var variable = regexp.MustCompile(`\$\{[A-Z_]+:-([^}]*)\}`)

// Unprovided lists the paths that the bundles of a rendering mount and nothing makes.
func Unprovided(files []File) ([]string, error) {
	bundles, err := readBundles(files)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, bundle := range bundles {
		documents := bundle.documents(files)
		for _, source := range bundle.unprovided(documents) {
			missing = append(missing, bundle.file.Path+": "+source)
		}
	}
	return missing, nil
}

// documents is the text that tells an operator what to provide: Markdown beside the
// bundle or in a folder above it.
func (b bundle) documents(files []File) string {
	var text strings.Builder
	for _, file := range files {
		dir := path.Dir(file.Path)
		if kind, _ := KindOf(file); kind.Name == "markdown" && (dir == "." || strings.HasPrefix(b.file.Path, dir+"/")) {
			text.Write(file.Data)
		}
	}
	return text.String()
}

// unprovided lists the paths of the bundle that nothing makes: sources of bind mounts
// that are neither files of the bundle nor paths that its documents name.
func (b bundle) unprovided(documents string) []string {
	var missing []string
	for _, name := range sortedKeys(b.Services) {
		service := b.Services[name]
		var sources []string
		for _, volume := range service.Volumes {
			if volume.Type == "bind" {
				sources = append(sources, volume.Source)
			}
		}
		for _, source := range sources {
			source = variable.ReplaceAllString(source, "$1")
			if !b.provides(source, documents) {
				missing = append(missing, fmt.Sprintf("service %s: %s", name, source))
			}
		}
	}
	return missing
}

func (b bundle) provides(source, documents string) bool {
	if !strings.HasPrefix(source, "/") {
		return exists(filepath.Join(b.file.Dir(), filepath.FromSlash(source)))
	}
	return names(documents, source)
}

// names tells whether a text names a path, and not only a longer one.
func names(text, source string) bool {
	pattern := `(^|[^\w/.-])` + regexp.QuoteMeta(source) + `/?($|[^\w/-])`
	return regexp.MustCompile(pattern).MatchString(text)
}
