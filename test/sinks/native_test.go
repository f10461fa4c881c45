package sinks

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beego/beego/v2/core/config"
	crossplane "github.com/nginxinc/nginx-go-crossplane"
	"sigs.k8s.io/yaml"

	"hagen/internal/render"
)

// library hands a value to one native function and returns what it made.
var library = fstest.MapFS{"main.libsonnet": {Data: []byte(`{
  render(input, extensions):: {
    objects: [{ made: std.native(input.spec['function'])(input.spec.value) }],
  },
}`)}}

func newVM() *render.VM {
	return render.New(render.NewImporter(library, "/", os.ReadFile))
}

func call(vm *render.VM, function string, value any) (string, error) {
	out, err := vm.Render(render.Input{Spec: map[string]any{"function": function, "value": value}})
	if err != nil {
		return "", err
	}
	made, ok := out.Objects[0]["made"].(string)
	if !ok {
		return "", fmt.Errorf("%s made %v", function, out.Objects[0]["made"])
	}
	return made, nil
}

// sink is a format: the native function that writes it, the value that holds a
// text, and the parser that reads the text back.
type sink struct {
	name, function string
	value          func(text string) any
	read           func(t *testing.T, written string) (string, error)
	// lacks tells which texts the format cannot hold: those must be refused.
	lacks func(text string) bool
}

var sinks = []sink{
	{
		name: "YAML value", function: "yaml",
		value: func(text string) any { return map[string]any{"a": map[string]any{"b": []any{"x", text}}, "c": 1} },
		read: func(_ *testing.T, written string) (string, error) {
			var value struct{ A struct{ B []string } }
			err := yaml.Unmarshal([]byte(written), &value)
			return value.A.B[1], err
		},
	},
	{
		name: "YAML key", function: "yaml",
		value: func(text string) any { return map[string]any{text: "b"} },
		read: func(_ *testing.T, written string) (string, error) {
			value := map[string]string{}
			err := yaml.Unmarshal([]byte(written), &value)
			return onlyKey(value), err
		},
		// YAML itself knows keys of up to 1,024 characters
		lacks: func(text string) bool { return len(text) > 1000 },
	},
	{name: "INI value", function: "ini", value: iniValue, read: readINI("text"), lacks: notINI},
	{name: "INI value in a section", function: "ini", value: iniSection, read: readINI("part::text"), lacks: notINI},
	{
		name: "nginx word", function: "nginx",
		value: func(text string) any { return []any{[]any{"map", text, "x", []any{[]any{"key", text}}}} },
		read:  readNginx,
		lacks: func(text string) bool { return strings.Contains(text, "$") },
	},
	{
		name: "nginx word with variables", function: "nginx",
		value: func(text string) any {
			return []any{[]any{"map", map[string]any{"raw": text}, "x", []any{[]any{"key", map[string]any{"raw": text}}}}}
		},
		read: readNginx,
	},
	{
		name: "URL password and path", function: "urlUserinfo", value: itself,
		read: func(_ *testing.T, written string) (string, error) {
			address, err := url.Parse("rediss+sentinel://" + written + ":" + written + "@a.example:26379,b.example:26379/" + written + "/0?x=1")
			if err != nil {
				return "", err
			}
			password, _ := address.User.Password()
			_, path, _ := strings.Cut(address.EscapedPath(), "/")
			path, err = url.PathUnescape(strings.TrimSuffix(path, "/0"))
			return same(err, address.User.Username(), password, path)
		},
	},
	{
		name: "URL query", function: "urlQuery", value: itself,
		read: func(_ *testing.T, written string) (string, error) {
			address, err := url.Parse("redis://a.example:6379/0?before=1&text=" + written + "&after=2")
			if err != nil {
				return "", err
			}
			return address.Query().Get("text"), nil
		},
	},
	{
		name: "shell word", function: "shellQuote", value: itself,
		read: func(t *testing.T, written string) (string, error) {
			return run(t, "sh", "-c", "printf '%s.' "+written)
		},
	},
}

// TestSinks: what each format's own parser reads is what was written, and what
// a format cannot hold is refused instead of written as something else.
func TestSinks(t *testing.T) {
	for _, s := range sinks {
		t.Run(s.name, func(t *testing.T) {
			vm := newVM()
			for _, text := range texts() {
				s.check(t, vm, text)
			}
		})
	}
}

func (s sink) check(t *testing.T, vm *render.VM, text string) {
	t.Helper()
	written, err := call(vm, s.function, s.value(text))
	lacking := s.lacks != nil && s.lacks(text)
	switch {
	case err != nil && !lacking:
		t.Errorf("%.300q is refused: %v", text, err)
	case err == nil && lacking:
		t.Errorf("%.300q is not refused but written as %.300q", text, written)
	case err == nil:
		got, err := s.read(t, written)
		if err != nil {
			t.Errorf("%.300q is written as %.300q, which is not read: %v", text, written, err)
		} else if got = strings.TrimSuffix(got, s.ending()); got != text {
			t.Errorf("%.300q is written as %.300q and read as %.300q", text, written, got)
		}
	}
}

// ending is what the reader of shell words adds so that blanks at the end stay.
func (s sink) ending() string {
	if s.function == "shellQuote" {
		return "."
	}
	return ""
}

func itself(text string) any { return text }

// same returns the text that several readers found.
func same(err error, found ...string) (string, error) {
	for _, text := range found {
		if text != found[0] {
			return "", fmt.Errorf("read as %q", found)
		}
	}
	return found[0], err
}

func onlyKey(m map[string]string) string {
	for key := range m {
		return key
	}
	return ""
}

func iniValue(text string) any {
	return map[string]any{"main": map[string]any{"before": "a", "text": text, "yet": "b"}, "sections": map[string]any{}}
}

func iniSection(text string) any {
	return map[string]any{
		"main":     map[string]any{},
		"sections": map[string]any{"part": map[string]any{"text": text}, "zlast": map[string]any{"yet": "b"}},
	}
}

// readINI reads by the parser that Harbor's web framework has.
func readINI(key string) func(t *testing.T, written string) (string, error) {
	return func(t *testing.T, written string) (string, error) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "app.conf")
		if err := os.WriteFile(file, []byte(written), 0o644); err != nil {
			return "", err
		}
		parsed, err := config.NewConfig("ini", file)
		if err != nil {
			return "", err
		}
		if yet := parsed.DefaultString("yet", parsed.DefaultString("zlast::yet", "")); yet != "b" {
			return "", errors.New("the lines after it are lost")
		}
		return parsed.String(key)
	}
}

// notINI tells what beego's dialect cannot spell: a line ends a value, nothing
// escapes a quote, and ${…} as a whole is a variable.
func notINI(text string) bool {
	return holdsAny(text, "\n", "\r", `"`) || strings.HasPrefix(text, "${") && strings.HasSuffix(text, "}")
}

func readNginx(t *testing.T, written string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "nginx.conf")
	if err := os.WriteFile(file, []byte(written), 0o644); err != nil {
		return "", err
	}
	payload, err := crossplane.Parse(file, &crossplane.ParseOptions{
		SkipDirectiveArgsCheck: true, SkipDirectiveContextCheck: true, StopParsingOnError: true,
	})
	if err != nil {
		return "", err
	}
	directives := payload.Config[0].Parsed
	if len(directives) != 1 || len(directives[0].Args) != 2 || len(directives[0].Block) != 1 {
		return "", errors.New("other directives than were written")
	}
	inside := directives[0].Block[0]
	if directives[0].Args[1] != "x" || len(inside.Args) != 1 {
		return "", errors.New("other words than were written")
	}
	return same(nil, nginxUnescaped(directives[0].Args[0]), nginxUnescaped(inside.Args[0]))
}

// nginxUnescaped does what nginx does to every word and crossplane leaves undone.
func nginxUnescaped(word string) string {
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`, `\t`, "\t", `\r`, "\r", `\n`, "\n").Replace(word)
}

// TestSystemdPaths compares names of mount units with systemd's own.
func TestSystemdPaths(t *testing.T) {
	need(t, "systemd-escape")
	vm := newVM()
	for _, text := range without(texts(), "/", "\x00") {
		if len(text) > 60 {
			continue // systemd takes no name of more than 255 bytes
		}
		directory := path.Join("/mnt/"+text+"x", text)
		made, err := call(vm, "systemdEscapePath", directory)
		if err != nil {
			t.Errorf("%q is refused: %v", directory, err)
			continue
		}
		want, err := run(t, "systemd-escape", "--path", "--", directory)
		if err != nil || strings.TrimSuffix(want, "\n") != made {
			t.Errorf("%q becomes %q, systemd says %q, %v", directory, made, want, err)
		}
	}
}

// need skips a test where a program is not installed.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is not installed: test/install.sh installs it", program)
	}
}

func run(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).Output()
	return string(out), err
}
