package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"

	"hagen/internal/artifact"
)

// natives are the functions that the library calls for what Jsonnet cannot do
// quickly or safely: the text formats, addresses and units.
func natives() []*jsonnet.NativeFunction {
	return []*jsonnet.NativeFunction{
		onValue("yaml", yamlText),
		onValue("ini", iniText),
		onValue("nginx", nginxText),
		onValue("set", setOf),
		onValue("repeated", repeated),
		onValue("markdownTable", markdownTable),
		onText("parseURL", parseURL),
		onText("seconds", seconds),
		onText("bytes", bytesOf),
		onText("urlQuery", func(s string) (any, error) { return url.QueryEscape(s), nil }),
		onText("urlUserinfo", func(s string) (any, error) { return escapeUserinfo(s), nil }),
		onText("shellQuote", func(s string) (any, error) { return shellQuote(s), nil }),
		onText("systemdEscapePath", func(s string) (any, error) { return systemdEscapePath(s), nil }),
		onText("basename", func(s string) (any, error) { return path.Base(s), nil }),
		onText("placeholders", func(s string) (any, error) { return placeholders(s), nil }),
		onText("ipv4", func(s string) (any, error) { return ipv4(s), nil }),
		onText("sha256", func(s string) (any, error) { return sha256Hex(s), nil }),
		{Name: "split", Params: ast.Identifiers{"text", "separator"}, Func: split},
		{Name: "hostPort", Params: ast.Identifiers{"text", "default"}, Func: hostPort},
		{Name: "semver", Params: ast.Identifiers{"a", "b"}, Func: compareVersions},
	}
}

func onValue(name string, f func(any) (any, error)) *jsonnet.NativeFunction {
	return &jsonnet.NativeFunction{
		Name: name, Params: ast.Identifiers{"value"},
		Func: func(args []any) (any, error) { return f(args[0]) },
	}
}

func onText(name string, f func(string) (any, error)) *jsonnet.NativeFunction {
	return &jsonnet.NativeFunction{
		Name: name, Params: ast.Identifiers{"text"},
		Func: func(args []any) (any, error) {
			text, ok := args[0].(string)
			if !ok {
				return nil, fmt.Errorf("%s wants a text, not %v", name, args[0])
			}
			return f(text)
		},
	}
}

func yamlText(value any) (any, error) {
	data, err := artifact.EncodeYAML(value)
	return string(data), err
}

// setOf sorts texts and drops repeated ones.
func setOf(value any) (any, error) {
	texts, err := textList(value)
	slices.Sort(texts)
	return anyList(slices.Compact(texts)), err
}

// repeated returns the indexes of texts that stand in the list before.
func repeated(value any) (any, error) {
	texts, err := textList(value)
	indexes := []any{}
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			indexes = append(indexes, float64(i))
		}
	}
	return indexes, err
}

func textList(value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("%v is no list of texts", value)
	}
	texts := make([]string, len(list))
	for i, item := range list {
		if texts[i], ok = item.(string); !ok {
			return nil, fmt.Errorf("%v is no text", item)
		}
	}
	return texts, nil
}

// placeholders finds <name> and <name, how> in the form of a composed secret.
func placeholders(form string) any {
	found := []any{}
	for _, part := range strings.Split(form, "<")[1:] {
		inner, _, closed := strings.Cut(part, ">")
		if !closed {
			continue
		}
		name, _, how := strings.Cut(inner, ",")
		found = append(found, map[string]any{"text": "<" + inner + ">", "material": name, "escaped": how})
	}
	return found
}

func anyList(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}

func split(args []any) (any, error) {
	text, _ := args[0].(string)
	separator, _ := args[1].(string)
	if separator == "" {
		return nil, errors.New("split wants a separator")
	}
	return anyList(strings.Split(text, separator)), nil
}

// ipv4 returns the number of an IPv4 address, or null for any other text.
func ipv4(text string) any {
	address, err := netip.ParseAddr(text)
	if err != nil || !address.Is4() {
		return nil
	}
	b := address.As4()
	return float64(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]))
}

func sha256Hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// parseURL splits an external URL. Its "authority" is what a client writes:
// the port only when it is not the scheme's own.
func parseURL(text string) (any, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is no URL with a host", text)
	}
	usual := 80
	if u.Scheme == "https" {
		usual = 443
	}
	port := usual
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fmt.Errorf("%q has no valid port", text)
		}
	}
	authority := bracketed(u.Hostname())
	if port != usual {
		authority += ":" + strconv.Itoa(port)
	}
	return map[string]any{
		"scheme": u.Scheme, "host": u.Hostname(), "port": float64(port),
		"explicit_port": u.Port() != "", "authority": authority,
	}, nil
}

func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

func hostPort(args []any) (any, error) {
	text, _ := args[0].(string)
	fallback, _ := args[1].(float64)
	host, port := text, strconv.Itoa(int(fallback))
	if i := strings.LastIndexByte(text, ':'); i >= 0 && !strings.HasSuffix(text, "]") {
		host, port = text[:i], text[i+1:]
	}
	number, err := strconv.Atoi(port)
	if err != nil || host == "" {
		return nil, fmt.Errorf("%q is no host:port", text)
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return map[string]any{"host": host, "port": float64(number)}, nil
}

func seconds(text string) (any, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no duration", text)
	}
	return d.Seconds(), nil
}

// units are the suffixes of Kubernetes quantities.
var units = []struct {
	suffix string
	factor float64
}{
	{"Ki", 1 << 10},
	{"Mi", 1 << 20},
	{"Gi", 1 << 30},
	{"Ti", 1 << 40},
	{"Pi", 1 << 50},
	{"k", 1e3},
	{"M", 1e6},
	{"G", 1e9},
	{"T", 1e12},
	{"P", 1e15},
	{"", 1},
}

func bytesOf(text string) (any, error) {
	for _, unit := range units {
		number, ok := strings.CutSuffix(text, unit.suffix)
		if !ok {
			continue
		}
		if f, err := strconv.ParseFloat(number, 64); err == nil {
			return math.Round(f * unit.factor), nil
		}
	}
	return nil, fmt.Errorf("%q is no size", text)
}

// escapeUserinfo escapes a user name or password for its place in a URL.
func escapeUserinfo(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

func shellQuote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// systemdEscapePath names the unit of a path, as systemd-escape --path does.
func systemdEscapePath(text string) string {
	text = strings.Trim(text, "/")
	if text == "" {
		return "-"
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '/':
			if text[i-1] != '/' {
				b.WriteByte('-')
			}
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == ':', c == '_', c == '.' && i > 0:
			b.WriteByte(c)
		default:
			b.WriteString(`\x` + hex.EncodeToString([]byte{c}))
		}
	}
	return b.String()
}

// compareVersions compares dotted numbers, a missing part being 0.
func compareVersions(args []any) (any, error) {
	a, err := versionParts(args[0])
	if err != nil {
		return nil, err
	}
	b, err := versionParts(args[1])
	if err != nil {
		return nil, err
	}
	for len(a) < len(b) {
		a = append(a, 0)
	}
	for len(b) < len(a) {
		b = append(b, 0)
	}
	for i := range a {
		if c := cmp.Compare(a[i], b[i]); c != 0 {
			return float64(c), nil
		}
	}
	return 0.0, nil
}

func versionParts(v any) ([]int, error) {
	text, _ := v.(string)
	var parts []int
	for _, part := range strings.Split(strings.TrimPrefix(text, "v"), ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, fmt.Errorf("%q is no version", text)
		}
		parts = append(parts, n)
	}
	return parts, nil
}
