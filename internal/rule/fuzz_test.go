package rule

import (
	"testing"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// Texts come from overlays and from files of users: whatever they hold, the
// functions that take them apart answer.
func FuzzFunctions(f *testing.F) {
	for _, seed := range []string{
		"", "events {}\nhttp { server { listen 80; } }", "a \"b\\", "location ~ ^/v2/ { proxy_pass 'x", "a: [b", "&a [*a]",
		"A=1\nB='2'", "https://u:p@[::1]:80/", "10.0.0.1/24", "5Gi", "1e400", "2.15.2-rc1", "{it.a}{{", "\x00\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		e := &Evaluator{adapter: types.NewEmptyRegistry(), site: site{parsed: map[string]any{}, configured: map[string][]any{}}}
		for _, function := range functions() {
			if len(function.params) == 0 {
				continue
			}
			args := make([]ref.Val, len(function.params))
			for i := range args {
				args[i] = types.String(source)
			}
			_ = function.bind(e)(args...)
		}
		if t, err := newTemplate(source, 1); err == nil {
			_, _ = t.fill(func(code string) (any, error) { return code, nil })
			_, _ = t.path(func(code string) (any, error) { return code, nil })
		}
		_, _ = Parse("rule.yaml", []byte(source))
		_, _ = newDecoder().decode(source)
	})
}
