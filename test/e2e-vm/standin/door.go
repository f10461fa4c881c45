package main

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
)

// newDoor leads to the registry of the same node, by the credential that its
// htpasswd must know. The Host stays: the registry makes addresses of it.
func newDoor() (*httputil.ReverseProxy, error) {
	target, err := url.Parse(os.Getenv("REGISTRY_URL"))
	if err != nil {
		return nil, err
	}
	return &httputil.ReverseProxy{
		FlushInterval: -1,
		Director: func(r *http.Request) {
			r.URL.Scheme, r.URL.Host = target.Scheme, target.Host
			r.SetBasicAuth(os.Getenv("REGISTRY_CREDENTIAL_USERNAME"), os.Getenv("REGISTRY_CREDENTIAL_PASSWORD"))
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			refuse(w, http.StatusBadGateway, "UNKNOWN", err.Error())
		},
	}, nil
}

// repositoryPath parts the address of the registry's API from the repository.
var repositoryPath = regexp.MustCompile(`^/v2/(.+)/(manifests|blobs|tags)/`)

func action(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return "pull"
	}
	return "push"
}

// images lets through whom the token, the password or the project allows.
func (c *core) images(w http.ResponseWriter, r *http.Request) {
	match := repositoryPath.FindStringSubmatch(r.URL.Path)
	if match == nil {
		if r.Header.Get("Authorization") == "" || (c.who(r) == "" && bearerless(r)) {
			c.challenge(w, r, "", "authentication required")
			return
		}
		c.registry.ServeHTTP(w, r)
		return
	}
	repository, wish := match[1], action(r)
	if !c.allowed(r, repository, wish) {
		c.challenge(w, r, "repository:"+repository+":pull,push", "unauthorized to access repository: "+repository+", action: "+wish)
		return
	}
	if wish == "push" && os.Getenv("_REDIS_URL_REG") == "" {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", "the registry's Redis is not known")
		return
	}
	recorder := &recorder{ResponseWriter: w}
	c.registry.ServeHTTP(recorder, r)
	if r.Method == http.MethodPut && match[2] == "manifests" && recorder.status == http.StatusCreated {
		_, _ = c.db.Exec(`INSERT INTO repository VALUES ($1, $2) ON CONFLICT DO NOTHING`, repository, project(repository))
	}
}

func bearerless(r *http.Request) bool {
	return !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") || bearer(r) == nil
}

func (c *core) allowed(r *http.Request, repository, wish string) bool {
	for _, granted := range bearer(r) {
		if granted.Name == repository && slices.Contains(granted.Actions, wish) {
			return true
		}
	}
	return c.who(r) != "" || len(c.open(repository, []string{wish})) > 0
}

// open keeps of some actions those that everybody may do: pulling what is public.
func (c *core) open(repository string, actions []string) []string {
	var public bool
	_ = c.db.QueryRow(`SELECT public FROM project WHERE name = $1`, project(repository)).Scan(&public)
	if !public || !slices.Contains(actions, "pull") {
		return []string{}
	}
	return []string{"pull"}
}

func project(repository string) string {
	name, _, _ := strings.Cut(repository, "/")
	return name
}

// challenge tells the client where tokens are: the scheme of EXT_ENDPOINT, and
// the Host as the client wrote it.
func (c *core) challenge(w http.ResponseWriter, r *http.Request, scope, message string) {
	words := `Bearer realm="` + c.external.Scheme + "://" + r.Host + `/service/token",service="harbor-registry"`
	if scope != "" {
		words += `,scope="` + scope + `"`
	}
	w.Header().Set("WWW-Authenticate", words)
	refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", message)
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets what passes through be flushed.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
