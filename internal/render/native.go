package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/url"
	"path"
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
		onValue("groups", groups),
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
		onText("parts", func(s string) (any, error) { return parts(s), nil }),
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

func sha256Hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func seconds(text string) (any, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no duration", text)
	}
	return d.Seconds(), nil
}

// bytesOf reads a size; a thousandth of a byte is none.
func bytesOf(text string) (any, error) {
	if n, ok := artifact.Quantity(text); ok && !strings.HasSuffix(text, "m") {
		return math.Round(n), nil
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
