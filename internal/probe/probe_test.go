package probe_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"hagen/internal/probe"
	"hagen/schema"
)

// registry answers as a node of Harbor 2.x does, as far as reading goes; what
// differs between nodes are its fields.
type registry struct {
	realm, key, info, csrf string
	sessions               map[string]bool
}

func (r *registry) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2.0/ping", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "Pong") })
	mux.HandleFunc("GET /api/v2.0/health", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"components":[{"name":"core","status":"healthy"}]}`)
	})
	mux.HandleFunc("GET /api/v2.0/systeminfo", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Harbor-CSRF-Token", r.csrf)
		fmt.Fprint(w, r.info)
	})
	mux.HandleFunc("POST /c/login", func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("X-Harbor-CSRF-Token") != r.csrf {
			http.Error(w, "CSRF token invalid", http.StatusForbidden)
			return
		}
		r.sessions["one"] = true
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "one"})
	})
	mux.HandleFunc("GET /api/v2.0/users/current", func(w http.ResponseWriter, q *http.Request) {
		if cookie, err := q.Cookie("sid"); err != nil || !r.sessions[cookie.Value] {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("GET /service/token", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"token":%q}`, r.key) })
	mux.HandleFunc("GET /v2/", func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Authorization") != "Bearer "+r.key {
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+r.realm+`",service="harbor-registry"`)
			http.Error(w, "unauthorized", http.StatusUnauthorized)
		}
	})
	return mux
}

// pair serves two nodes that share sessions; the first is the public address too.
func pair(t *testing.T, change func(two *registry)) probe.Options {
	t.Helper()
	shared := map[string]bool{}
	one := &registry{key: "key", csrf: "form", sessions: shared}
	two := &registry{key: "key", csrf: "form", sessions: shared}
	first, second := httptest.NewServer(one.handler()), httptest.NewServer(two.handler())
	t.Cleanup(first.Close)
	t.Cleanup(second.Close)
	one.realm = first.URL + "/service/token"
	one.info = fmt.Sprintf(`{"harbor_version":"v2.15.2","registry_url":%q}`, strings.TrimPrefix(first.URL, "http://"))
	two.realm, two.info = one.realm, one.info
	change(two)
	return probe.Options{
		URL: first.URL, Nodes: []string{first.URL, second.URL}, User: "admin", Password: "secret", ReadOnly: true, Symptoms: schema.Symptoms,
	}
}

// TestReadOnly: each difference of one node has a name, a place and a cause.
func TestReadOnly(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(two *registry)
		want   []string
	}{
		{"nothing", func(*registry) {}, nil},
		{"key", func(two *registry) { two.key = "other" }, []string{"token-key"}},
		{"port", func(two *registry) { two.realm = "http://127.0.0.1/service/token" }, []string{"realm-port"}},
		{"scheme", func(two *registry) { two.realm = strings.Replace(two.realm, "http:", "https:", 1) }, []string{"realm-scheme"}},
		{"version", func(two *registry) { two.info = strings.Replace(two.info, "v2.15.2", "v2.15.1", 1) }, []string{"version"}},
		{"address", func(two *registry) { two.info = `{"harbor_version":"v2.15.2","registry_url":"hub"}` }, []string{"address"}},
		{"settings", func(two *registry) { two.info = strings.Replace(two.info, "{", `{"auth_mode":"ldap_auth",`, 1) }, []string{"settings"}},
		{"form", func(two *registry) { two.csrf = "other" }, []string{"csrf-key"}},
		{"sessions", func(two *registry) { two.sessions = map[string]bool{} }, []string{"session"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			report, err := probe.Run(t.Context(), pair(t, c.change))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range report.Findings {
				got = append(got, f.ID)
				if f.Symptom == "" || f.Cause == "" || f.Fix == "" || f.Where == "" || f.Seen == "" {
					t.Errorf("something is not said: %+v", f)
				}
				if strings.Contains(fmt.Sprint(f), "secret") && f.ID != "csrf-key" && f.ID != "token-key" && f.ID != "address" {
					t.Errorf("a password is told: %+v", f)
				}
			}
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q: %+v", got, c.want, report.Findings)
			}
		})
	}
}

// TestDown: a node that does not answer is told, and the others are looked at.
func TestDown(t *testing.T) {
	options := pair(t, func(*registry) {})
	options.Nodes[1] = "127.0.0.1:1"
	report, err := probe.Run(t.Context(), options)
	if err != nil || len(report.Findings) != 1 || report.Findings[0].ID != "unreachable" || report.Findings[0].Where != "127.0.0.1:1" {
		t.Errorf("%v: %+v", err, report.Findings)
	}
	if len(report.Checks) < 5 {
		t.Errorf("only %q", report.Checks)
	}
}

// TestCancelled: who interrupts gets an error, not a clean bill.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := probe.Run(ctx, pair(t, func(*registry) {})); err == nil {
		t.Error("there is no error")
	}
}

// TestAddresses: what is no address of a registry is refused.
func TestAddresses(t *testing.T) {
	for _, text := range []string{"", "ftp://hub", "https://hub/path", "https://a:b@hub", "https://"} {
		_, err := probe.Run(t.Context(), probe.Options{URL: text, Symptoms: schema.Symptoms})
		if err == nil || strings.Contains(err.Error(), "a:b") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestSymptoms: every symptom has all that is told of it.
func TestSymptoms(t *testing.T) {
	data, err := schema.Symptoms.ReadFile("symptoms.json")
	if err != nil {
		t.Fatal(err)
	}
	var known map[string]map[string]string
	if err := json.Unmarshal(data, &known); err != nil || len(known) < 20 {
		t.Fatalf("%d symptoms, %v", len(known), err)
	}
	for id, said := range known {
		for _, field := range []string{"symptom", "cause", "log", "fix"} {
			if text := said[field]; text == "" && field != "log" || strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is %q", id, field, text)
			}
		}
	}
}

var update = flag.Bool("update", false, "write docs/troubleshooting.md")

// TestPage holds that docs/troubleshooting.md is what the symptoms make.
func TestPage(t *testing.T) {
	got, err := probe.Page(schema.Symptoms)
	if err != nil {
		t.Fatal(err)
	}
	const file = "../../docs/troubleshooting.md"
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != string(got) {
		t.Errorf("docs/troubleshooting.md is stale (%v): go test ./internal/probe -update", err)
	}
}
