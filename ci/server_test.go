package ci_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const token = "token-of-the-test"

// comment is one of a pull request, as GitHub and GitLab show it.
type comment struct {
	ID     int            `json:"id"`
	Body   string         `json:"body"`
	User   map[string]any `json:"user"`
	Author map[string]any `json:"author"`
}

// host answers as much of the APIs of GitHub and GitLab as the recipes ask for.
type host struct {
	mu       sync.Mutex
	comments []comment
	refused  []string
}

func startHost(t *testing.T) (*host, string) {
	t.Helper()
	h := &host{}
	for i := range 120 { // more than a page of others' comments
		h.comments = append(h.comments, comment{
			ID: i + 1, Body: "<!-- hagen-diff --> of somebody else",
			User: map[string]any{"type": "User"}, Author: map[string]any{"id": 1},
		})
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return h, server.URL
}

// ours are the comments that the recipes have made.
func (h *host) ours() []comment {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]comment{}, h.comments[120:]...)
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+token && r.Header.Get("PRIVATE-TOKEN") != token {
		h.refused = append(h.refused, r.URL.Path)
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /user":
		fmt.Fprint(w, `{"id": 7}`)
	case "GET /repos/a/b/issues/5/comments", "GET /projects/9/merge_requests/5/notes":
		h.list(w, r)
	case "POST /repos/a/b/issues/5/comments", "POST /projects/9/merge_requests/5/notes":
		h.save(w, r, len(h.comments))
	case "PATCH /repos/a/b/issues/comments/121", "PUT /projects/9/merge_requests/5/notes/121":
		h.save(w, r, 120)
	default:
		h.refused = append(h.refused, r.Method+" "+r.URL.Path)
		http.NotFound(w, r)
	}
}

func (h *host) list(w http.ResponseWriter, r *http.Request) {
	page := 1
	fmt.Sscan(r.URL.Query().Get("page"), &page)
	from, to := min((page-1)*100, len(h.comments)), min(page*100, len(h.comments))
	json.NewEncoder(w).Encode(h.comments[from:to])
}

func (h *host) save(w http.ResponseWriter, r *http.Request, at int) {
	var body struct{ Body string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || strings.TrimSpace(body.Body) == "" {
		http.Error(w, "no body", http.StatusBadRequest)
		return
	}
	one := comment{ID: at + 1, Body: body.Body, User: map[string]any{"type": "Bot"}, Author: map[string]any{"id": 7}}
	h.comments = append(h.comments[:at:at], one)
	json.NewEncoder(w).Encode(one)
}
