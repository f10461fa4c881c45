package parse

import (
	"errors"
	"strings"

	"github.com/coreos/go-systemd/v22/unit"
	"gopkg.in/ini.v1"
)

var errForm = errors.New("not of this form")

// add puts a value under a key; what stands there more than once becomes a
// list, in its order.
func add(m map[string]any, key string, value any) {
	switch before := m[key].(type) {
	case nil:
		m[key] = value
	case []any:
		m[key] = append(before, value)
	default:
		m[key] = []any{before, value}
	}
}

// below returns the map under a key.
func below(m map[string]any, key string) map[string]any {
	if found, ok := m[key].(map[string]any); ok {
		return found
	}
	found := map[string]any{}
	m[key] = found
	return found
}

func envText(text string) (any, error) {
	value := map[string]any{}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, rest, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		if !ok || key == "" || strings.ContainsAny(key, " \t\"':{") {
			return nil, errForm
		}
		if _, twice := value[key]; twice {
			return nil, errForm
		}
		value[key] = rest
	}
	return value, nil
}

func iniText(text string) (any, error) {
	file, err := ini.LoadSources(ini.LoadOptions{
		AllowShadows: true, AllowDuplicateShadowValues: true, IgnoreInlineComment: true, IgnoreContinuation: true,
		PreserveSurroundedQuote: true, AllowBooleanKeys: true, AllowNonUniqueSections: false,
	}, []byte(text))
	if err != nil {
		return nil, err
	}
	value := map[string]any{}
	for _, section := range file.Sections() {
		at := value
		if section.Name() != ini.DefaultSection {
			at = below(value, "["+section.Name()+"]")
		}
		for _, key := range section.Keys() {
			for _, text := range key.ValueWithShadows() {
				add(at, key.Name(), text)
			}
		}
	}
	return value, nil
}

func unitText(text string) (any, error) {
	options, err := unit.Deserialize(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	value := map[string]any{}
	for _, option := range options {
		add(below(value, "["+option.Section+"]"), option.Name, option.Value)
	}
	return value, nil
}

// fstabText reads the mounts by the folders where they appear.
func fstabText(text string) (any, error) {
	value := map[string]any{}
	for line := range strings.SplitSeq(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) < 4 || len(fields) > 6 || value[fields[1]] != nil {
			return nil, errForm
		}
		value[fields[1]] = map[string]any{
			"device": fields[0], "type": fields[2], "options": texts(strings.Split(fields[3], ",")), "rest": strings.Join(fields[4:], " "),
		}
	}
	return value, nil
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, text := range list {
		out[i] = text
	}
	return out
}

// SecretsList is the file by which a bundle says what secrets its node needs.
const SecretsList = "secrets.list"

// secretsList reads lines of a verb, a name and more words. Fingerprints stand
// below "fingerprint"; everything else is a set of lines by verb and name.
func secretsList(text string) (any, error) {
	value := map[string]any{}
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case len(words) < 3:
			return nil, errForm
		case words[0] == "variable" && len(words) == 4:
			add(below(below(value, "variable"), words[1]), words[2], words[3])
		default:
			add(below(value, words[0]), words[1], strings.Join(words[2:], " "))
		}
	}
	return value, nil
}
