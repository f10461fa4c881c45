package render

import (
	"reflect"
	"strings"
	"testing"
)

func TestTextFunctions(t *testing.T) {
	functions := map[string]func([]any) (any, error){}
	for _, f := range natives() {
		functions[f.Name] = f.Func
	}
	url := func(scheme, host string, port float64, explicit bool, authority string) any {
		return map[string]any{"scheme": scheme, "host": host, "port": port, "explicit_port": explicit, "authority": authority}
	}
	for _, test := range []struct {
		name string
		args []any
		want any // nil: must be refused
	}{
		{"parseURL", []any{"https://hub.example.com"}, url("https", "hub.example.com", 443, false, "hub.example.com")},
		{"parseURL", []any{"http://hub.example.com:8070"}, url("http", "hub.example.com", 8070, true, "hub.example.com:8070")},
		{"parseURL", []any{"https://hub.example.com:443"}, url("https", "hub.example.com", 443, true, "hub.example.com")},
		{"parseURL", []any{"http://[fd00::1]:8070"}, url("http", "fd00::1", 8070, true, "[fd00::1]:8070")},
		{"parseURL", []any{"hub"}, nil},
		{"hostPort", []any{"redis:6380", 6379.0}, map[string]any{"host": "redis", "port": 6380.0}},
		{"hostPort", []any{"redis", 6379.0}, map[string]any{"host": "redis", "port": 6379.0}},
		{"hostPort", []any{"[fd00::1]", 6379.0}, map[string]any{"host": "fd00::1", "port": 6379.0}},
		{"hostPort", []any{"redis:x", 6379.0}, nil},
		{"seconds", []any{"1h30m"}, 5400.0},
		{"seconds", []any{"5"}, nil},
		{"bytes", []any{"5Gi"}, 5.0 * (1 << 30)},
		{"bytes", []any{"200M"}, 200e6},
		{"bytes", []any{"5GB"}, nil},
		{"urlUserinfo", []any{"a b@c:/%#?&$\"'\\"}, "a%20b%40c%3A%2F%25%23%3F%26%24%22%27%5C"},
		{"shellQuote", []any{"a'b $c"}, `'a'\''b $c'`},
		{"shellQuote", []any{"/plain-1.txt"}, "/plain-1.txt"},
		{"systemdEscapePath", []any{"/mnt/ceph-fs//a.b"}, `mnt-ceph\x2dfs-a.b`},
		{"systemdEscapePath", []any{"/"}, "-"},
		{"semver", []any{"2.9", "2.13.1"}, -1.0},
		{"semver", []any{"v1.2", "1.2.0"}, 0.0},
		{"semver", []any{"new", "1"}, nil},
		{"set", []any{[]any{"b", "a", "b"}}, []any{"a", "b"}},
		{"set", []any{[]any{1.0}}, nil},
		{"repeated", []any{[]any{"a", "b", "a"}}, []any{2.0}},
		{"groups", []any{[]any{"b", "a", "b"}}, []any{
			map[string]any{"group": "a", "members": []any{1.0}},
			map[string]any{"group": "b", "members": []any{0.0, 2.0}},
		}},
		{"groups", []any{[]any{}}, []any{}},
		{"groups", []any{[]any{1.0}}, nil},
		{"parts", []any{"r:1,<a>,<b, URL-escaped>"}, []any{
			map[string]any{"text": "r:1,"},
			map[string]any{"material": "a", "escape": false},
			map[string]any{"text": ","},
			map[string]any{"material": "b", "escape": true},
		}},
		{"split", []any{"a/b", "/"}, []any{"a", "b"}},
		{"split", []any{"a", ""}, nil},
		{"ipv4", []any{"10.0.0.1"}, 167772161.0},
		{"basename", []any{"/a/b.conf"}, "b.conf"},
		{"parseURL", []any{1.0}, nil},
	} {
		got, err := functions[test.name](test.args)
		if test.want == nil {
			if err == nil {
				t.Errorf("%s%v was taken: %v", test.name, test.args, got)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s%v: got %#v, %v, want %#v", test.name, test.args, got, err, test.want)
		}
	}
}

func TestNginx(t *testing.T) {
	got, err := nginxText([]any{
		[]any{"worker_processes", "auto"},
		[]any{"server", []any{
			[]any{"listen", 8080.0},
			[]any{"proxy_set_header", "Host", map[string]any{"raw": "$http_host"}},
			[]any{"add_header", "X", `a "b"; c`},
			[]any{"location", "/", []any{}},
		}},
	})
	const want = "worker_processes auto;\nserver {\n    listen 8080;\n    proxy_set_header Host $http_host;\n" +
		"    add_header X \"a \\\"b\\\"; c\";\n    location / {\n    }\n}\n"
	if err != nil || got != want {
		t.Errorf("got\n%v\n%v", got, err)
	}
	for _, bad := range []any{
		"text", []any{[]any{}}, []any{[]any{"a", "$b"}}, []any{[]any{"a", true}}, []any{[]any{"a", map[string]any{"rav": "x"}}},
	} {
		if text, err := nginxText(bad); err == nil {
			t.Errorf("%v was written as %s", bad, text)
		}
	}
}

func TestINI(t *testing.T) {
	got, err := iniText(map[string]any{
		"main":     map[string]any{"b": "x", "a": 1.0, "c": " #x"},
		"sections": map[string]any{"dev": map[string]any{"httpport": 80.0, "on": true}},
	})
	const want = "a = 1\nb = x\nc = \" #x\"\n\n[dev]\nhttpport = 80\non = true\n"
	if err != nil || got != want {
		t.Errorf("got\n%v\n%v", got, err)
	}
	for _, bad := range []string{"a\nb", `say "x"`} {
		if text, err := iniText(map[string]any{"main": map[string]any{"k": bad}}); err == nil || !strings.Contains(err.Error(), "ini: k") {
			t.Errorf("%q was written as %s (%v)", bad, text, err)
		}
	}
}
