package sinks

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"hagen/internal/compile"
	"hagen/internal/spec"
)

// specText is a registry on both targets; the texts under test come after it.
const specText = `
name = "sinks"
extend = ["texts.libsonnet"]

[registry]
version = "2.15.2"
url = "http://hub.example.com:30080"

[storage.cephfs]
monitors = ["10.1.0.1:6789"]
path = "/apps/sinks"
user = "registry"

[database]
host = "db.example.com"

[secrets]
provider = "existing"

[redis]
addresses = ["redis.example.com:6379"]

[[waive]]
rule = "HG051"
reason = "one of the texts is an address with a password"

[[vm.nodes]]
name = "a"
address = "10.1.0.11"

[kubernetes]
version = "1.29"

[kubernetes.expose]
type = "NodePort"

`

// sidecarText is the user's Jsonnet: a container whose arguments, files and
// health check are the texts, which stand in texts.json.
const sidecarText = `
local component = import 'lib/component.libsonnet';
local texts = import 'texts.json';
{
  components+:: {
    proxy+: {
      sidecars+: {
        odd: component.new('odd') + {
          image: { repository: 'example/odd', tag: 'v1', digest: null },
          command: texts,
          args: texts,
          files: std.mapWithIndex(
            function(index, text) { path: '/etc/odd/' + index, key: 'k' + index, content: text },
            texts
          ),
          compose: { labels: { ['l' + index]: texts[index] for index in std.range(0, std.length(texts) - 1) } },
          user: 10000,
        },
      },
    },
  },
}
`

// site is what hagen build writes for a spec that holds all texts everywhere
// where a user may write any text.
type site map[string]string

func build(t *testing.T, all []string) site {
	t.Helper()
	dir := t.TempDir()
	encoded, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "texts.json", string(encoded))
	write(t, dir, "texts.libsonnet", sidecarText)
	return compiled(t, specText+variables(t, all), dir)
}

// buildText builds a spec without the user's Jsonnet.
func buildText(t *testing.T, text string) site {
	t.Helper()
	return compiled(t, strings.Replace(text, `extend = ["texts.libsonnet"]`, "", 1), t.TempDir())
}

// compiled returns the files of a spec that stands in a folder.
func compiled(t *testing.T, text, dir string) site {
	t.Helper()
	document, err := spec.Decode("hagen.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := compile.New("test", filesys.MakeFsOnDisk())
	if err != nil {
		t.Fatal(err)
	}
	made, err := compiler.Worker(dir).Compile(document, "")
	if err != nil {
		t.Fatal(err)
	}
	files := site{}
	for _, file := range made.Files {
		files[file.Path] = string(file.Data)
	}
	return files
}

// variables writes those of core in TOML: V0 = …, V1 = …
func variables(t *testing.T, all []string) string {
	t.Helper()
	env := map[string]string{}
	for i, text := range all {
		env[variable(i)] = text
	}
	data, err := toml.Marshal(map[string]any{"components": map[string]any{"core": map[string]any{"env": env}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func variable(i int) string { return fmt.Sprintf("V%d", i) }

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// unmarshal reads a file as the API server reads it.
func (s site) unmarshal(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(s[name]), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

type configMap struct{ Data map[string]string }

// TestConfigMaps: variables and files arrive in the cluster.
func TestConfigMaps(t *testing.T) {
	all := texts()
	files := build(t, all)
	var core, odd configMap
	files.unmarshal(t, "kubernetes/configmap-core-env.yaml", &core)
	files.unmarshal(t, "kubernetes/configmap-proxy-odd-config.yaml", &odd)
	for i, text := range all {
		want(t, "variable", text, core.Data[variable(i)])
		want(t, "file", text, odd.Data[fmt.Sprintf("k%d", i)])
	}
}

// TestArguments: commands and arguments arrive in the container of a pod.
func TestArguments(t *testing.T) {
	all := texts()
	var deployment struct {
		Spec struct {
			Template struct {
				Spec struct {
					Containers []struct {
						Name          string
						Command, Args []string
					}
				}
			}
		}
	}
	build(t, all).unmarshal(t, "kubernetes/deployment-proxy.yaml", &deployment)
	for _, container := range deployment.Spec.Template.Spec.Containers {
		if container.Name != "odd" {
			continue
		}
		for i, text := range all {
			want(t, "command", text, kubelet(container.Command[i]))
			want(t, "argument", text, kubelet(container.Args[i]))
		}
		return
	}
	t.Error("there is no container odd")
}

// kubelet reads a word of a command as the documentation of Container says: $$
// is a dollar sign, $(NAME) a variable, any other dollar sign itself.
func kubelet(word string) string {
	var out strings.Builder
	for i := 0; i < len(word); i++ {
		if word[i] == '$' && i+1 < len(word) && word[i+1] == '$' {
			i++
		} else if strings.HasPrefix(word[i:], "$(") && strings.Contains(word[i:], ")") {
			out.WriteString("(a variable)")
		}
		out.WriteByte(word[i])
	}
	return out.String()
}

// TestBundleFiles: a file lies in the bundle byte by byte.
func TestBundleFiles(t *testing.T) {
	all := texts()
	files := build(t, all)
	for i, text := range all {
		want(t, "file", text, files[fmt.Sprintf("compose/a/config/proxy-odd/%d", i)])
	}
}

func want(t *testing.T, what, text, got string) {
	t.Helper()
	if got != text {
		t.Errorf("%s: %.300q arrives as %.300q", what, text, got)
	}
}
