package replication

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const adminPassword = `p"a\ss $w'ord`

// account is who may copy to another site, and whether that answers.
type account struct {
	username, password string
	down               bool
}

// harbor is the state of a stand-in, and the sites that it can reach.
type harbor struct {
	mu sync.Mutex
	t  *testing.T
	// sites are the others by their address.
	sites map[string]*account
	last  int
	// starting is how many requests are still answered by the proxy alone.
	starting int
	// changes are requests that changed something.
	changes []string
}

func (h *harbor) id() int { h.last++; return h.last }

// serve answers as the handlers say, to admin alone.
func (h *harbor) serve(handlers map[string]http.HandlerFunc) string {
	mux := http.NewServeMux()
	for pattern, handler := range handlers {
		mux.HandleFunc(pattern, handler)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.starting > 0 {
			h.starting--
			http.Error(w, "<html>Bad Gateway</html>", http.StatusBadGateway)
			return
		}
		if user, password, _ := r.BasicAuth(); user != "admin" || password != adminPassword {
			http.Error(w, `{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized"}]}`, http.StatusUnauthorized)
			return
		}
		if r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/ping") {
			h.changes = append(h.changes, r.Method+" "+r.URL.Path)
		}
		mux.ServeHTTP(w, r)
	}))
	h.t.Cleanup(s.Close)
	return s.URL
}

// reaches tells whether a site takes the user: 200, 400 or 401.
func (h *harbor) reaches(url, username, password string) int {
	site := h.sites[url]
	switch {
	case site == nil || site.down:
		return http.StatusBadRequest
	case site.username != username || site.password != password:
		return http.StatusUnauthorized
	}
	return http.StatusOK
}

// decode reads a body that holds no field but those of the value.
func (h *harbor) decode(w http.ResponseWriter, r *http.Request, value any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(value)
	if err == nil && r.Header.Get("Content-Type") != "application/json" {
		err = fmt.Errorf("content type %q", r.Header.Get("Content-Type"))
	}
	if err != nil {
		h.t.Errorf("%s %s: %v", r.Method, r.URL, err)
		refuse(w, http.StatusUnprocessableEntity, err.Error())
	}
	return err == nil
}

func refuse(w http.ResponseWriter, code int, text string) {
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"errors":[{"code":"%d","message":%q}]}`, code, text)
}

func pathID(r *http.Request) int {
	n, _ := strconv.Atoi(r.PathValue("id"))
	return n
}

// page cuts a list as page and page_size ask, of which ten is the default.
func page[T any](r *http.Request, list []T) []T {
	number := func(name string, missing int) int {
		if n, err := strconv.Atoi(r.FormValue(name)); err == nil {
			return n
		}
		return missing
	}
	size := min(number("page_size", 10), 100)
	from := min((number("page", 1)-1)*size, len(list))
	return list[from:min(from+size, len(list))]
}

// sorted returns the values by their numbers, those that a name is part of.
func sorted[T any](values map[int]T, name func(T) string, part string) []T {
	var ids []int
	for id, v := range values {
		if strings.Contains(name(v), part) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	out := make([]T, len(ids))
	for i, id := range ids {
		out[i] = values[id]
	}
	return out
}

func named[T any](values map[int]T, name func(T) string, wanted string) (found T) {
	for _, v := range values {
		if name(v) == wanted {
			return v
		}
	}
	return found
}
