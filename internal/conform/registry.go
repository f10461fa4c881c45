package conform

import (
	"errors"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/docker/distribution/configuration"
	"gopkg.in/yaml.v2"

	"hagen/internal/diag"
)

// current is the registry's configuration in the version that it calls 0.1.
type current configuration.Configuration

// registry reads a text with the registry's own parser, then once more with
// its types and without mercy for keys that they do not have: the registry
// itself drops those without a word, and its storage driver does the same.
func registry(text string, p parsers) []diag.Diagnostic {
	var found []diag.Diagnostic
	if err := parseRegistry([]byte(text)); err != nil {
		found = append(found, registryFinding(err.Error()))
	}
	var config configuration.Configuration
	var unknown *yaml.TypeError
	if err := yaml.UnmarshalStrict([]byte(text), &config); errors.As(err, &unknown) {
		for _, line := range unknown.Errors {
			if d, ok := unknownKey(line, p.allow); ok {
				found = append(found, d)
			}
		}
	}
	return append(found, unknownParameters(config.Storage, p.drivers)...)
}

// unknownParameters tells those that a storage driver would drop, if it is known
// which ones it reads.
func unknownParameters(storage configuration.Storage, drivers map[string][]string) []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, driver := range slices.Sorted(maps.Keys(storage)) {
		known := drivers[driver]
		if known == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(storage[driver])) {
			if slices.Contains(known, name) {
				continue
			}
			fix := "remove it"
			if near := diag.Nearest(name, known); near != "" {
				fix = "write " + near
			}
			found = append(found, diag.Diagnostic{
				Message: "the driver " + driver + " of the registry knows no parameter " + name,
				Reason:  "it drops the parameter without a word, and what it should do does not happen", Fix: fix,
			})
		}
	}
	return found
}

// parseRegistry uses a prefix of variables that nobody sets: the registry's own
// would let the environment of a build decide.
func parseRegistry(text []byte) error {
	convert := func(v any) (any, error) {
		c := (*configuration.Configuration)(v.(*current))
		if c.Storage.Type() == "" {
			return nil, errors.New("no storage configuration provided")
		}
		return c, nil
	}
	parser := configuration.NewParser("hagen\x00", []configuration.VersionedParseInfo{{
		Version: configuration.MajorMinorVersion(0, 1), ParseAs: reflect.TypeFor[current](), ConversionFunc: convert,
	}})
	return parser.Parse(text, new(configuration.Configuration))
}

// misfit is how the YAML library speaks of a value that has the wrong type. It
// repeats the value, which may be secret.
var misfit = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("cannot unmarshal !!(\\w+)(?: `[^`]*`)? into (\\S+)")
})

func registryFinding(message string) diag.Diagnostic {
	message = strings.TrimPrefix(message, "yaml: ")
	message = strings.TrimPrefix(message, "unmarshal errors:\n  ")
	message, _, _ = strings.Cut(message, "\n")
	message = misfit().ReplaceAllString(message, "a value of type $1 stands where $2 is wanted")
	// The parser walks a map: the order of what it lists is another each time.
	if head, list, ok := strings.Cut(message, "["); ok && strings.HasSuffix(list, "]") {
		words := strings.Fields(strings.TrimSuffix(list, "]"))
		slices.Sort(words)
		message = head + "[" + strings.Join(words, " ") + "]"
	}
	return diag.Diagnostic{
		Message: "the registry cannot read it: " + message,
		Reason:  "it does not start, and every push and pull fails",
	}
}

// missing is how the YAML library speaks of a key that a type does not have.
var missing = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^line (\d+): field (\S+) not found in type (.*)`)
})

func unknownKey(line string, allow map[string]bool) (diag.Diagnostic, bool) {
	match := missing().FindStringSubmatch(line)
	if match == nil {
		return diag.Diagnostic{}, false // the parser has reported it
	}
	for path := range allow {
		if strings.HasPrefix(path, "registry ") && strings.HasSuffix(path, "."+match[2]) {
			return diag.Diagnostic{}, false
		}
	}
	fix := "remove it, or move it below the section that it belongs to"
	if near := diag.Nearest(match[2], registryKeys()); near != "" && near != match[2] {
		fix = "write " + near
	}
	return diag.Diagnostic{
		Message: "line " + match[1] + ": the registry knows no key " + match[2] + " there",
		Reason:  "it drops the key without a word, and what it should do does not happen", Fix: fix,
	}, true
}

// registryKeys are all keys of the configuration, for suggestions.
var registryKeys = sync.OnceValue(func() []string {
	var keys []string
	collectKeys(reflect.TypeFor[configuration.Configuration](), &keys)
	return keys
})

func collectKeys(t reflect.Type, keys *[]string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			*keys = append(*keys, name)
		}
		collectKeys(t.Field(i).Type, keys)
	}
}
