package replication

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

type credential struct {
	AccessKey    string `json:"access_key"`
	AccessSecret string `json:"access_secret"`
	Type         string `json:"type"`
}

// endpoint has the order of fields that Harbor's API has.
type endpoint struct {
	CreationTime string      `json:"creation_time,omitempty"`
	Credential   *credential `json:"credential"`
	Description  string      `json:"description,omitempty"`
	ID           int         `json:"id"`
	Insecure     bool        `json:"insecure"`
	Name         string      `json:"name"`
	Status       string      `json:"status,omitempty"`
	Type         string      `json:"type"`
	URL          string      `json:"url"`
}

type endpointUpdate struct {
	Name, Description *string `json:",omitempty"`
	URL               *string `json:"url"`
	CredentialType    *string `json:"credential_type"`
	AccessKey         *string `json:"access_key"`
	AccessSecret      *string `json:"access_secret"`
	Insecure          *bool   `json:"insecure"`
}

type filter struct {
	Decoration string `json:"decoration,omitempty"`
	Type       string `json:"type"`
	Value      string `json:"value"`
}

type trigger struct {
	Settings *struct {
		Cron string `json:"cron"`
	} `json:"trigger_settings,omitempty"`
	Type string `json:"type"`
}

type policy2 struct {
	CreationTime string `json:"creation_time,omitempty"`
	// Deletion is what a request says, ReplicateDeletion what an answer does.
	Deletion          bool      `json:"deletion,omitempty"`
	Description       string    `json:"description,omitempty"`
	DestNamespace     string    `json:"dest_namespace,omitempty"`
	DestRegistry      *endpoint `json:"dest_registry"`
	Enabled           bool      `json:"enabled"`
	Filters           []filter  `json:"filters"`
	ID                int       `json:"id"`
	Name              string    `json:"name"`
	Override          bool      `json:"override"`
	ReplicateDeletion bool      `json:"replicate_deletion"`
	SrcRegistry       *endpoint `json:"src_registry,omitempty"`
	Trigger           *trigger  `json:"trigger"`
}

// harbor2 stands in for Harbor 2.x.
type harbor2 struct {
	harbor
	url        string
	endpoints  map[int]*endpoint
	policies   map[int]*policy2
	executions []int
	running    map[int]bool
}

func endpointName(e *endpoint) string { return e.Name }
func policyName(p *policy2) string    { return p.Name }

var scheduled = regexp.MustCompile(`^0 [0-9]+( \S+){4}$`)

func newHarbor2(t *testing.T, sites map[string]*account) *harbor2 {
	h := &harbor2{
		harbor: harbor{t: t, sites: sites}, endpoints: map[int]*endpoint{}, policies: map[int]*policy2{}, running: map[int]bool{},
	}
	h.url = h.serve(map[string]http.HandlerFunc{
		"GET /api/v2.0/registries":                   h.listEndpoints,
		"POST /api/v2.0/registries":                  h.addEndpoint,
		"PUT /api/v2.0/registries/{id}":              h.changeEndpoint,
		"DELETE /api/v2.0/registries/{id}":           h.removeEndpoint,
		"GET /api/v2.0/replication/policies":         h.listPolicies,
		"POST /api/v2.0/replication/policies":        h.addPolicy,
		"PUT /api/v2.0/replication/policies/{id}":    h.changePolicy,
		"DELETE /api/v2.0/replication/policies/{id}": h.removePolicy,
		"POST /api/v2.0/replication/executions":      h.execute,
	})
	return h
}

func (h *harbor2) listEndpoints(w http.ResponseWriter, r *http.Request) {
	var list []endpoint
	for _, e := range page(r, sorted(h.endpoints, endpointName, fuzzy(r))) {
		shown := *e
		shown.Credential = &credential{AccessKey: e.Credential.AccessKey, AccessSecret: "*****", Type: e.Credential.Type}
		list = append(list, shown)
	}
	answer(w, list)
}

func (h *harbor2) addEndpoint(w http.ResponseWriter, r *http.Request) {
	var e endpoint
	if !h.decode(w, r, &e) {
		return
	}
	switch {
	case e.Type != "harbor" || e.Credential == nil || e.Credential.Type != "basic":
		refuse(w, http.StatusBadRequest, "unsupported")
	case named(h.endpoints, endpointName, e.Name) != nil:
		refuse(w, http.StatusConflict, "registry "+e.Name+" already exists")
	case h.reaches(e.URL, e.Credential.AccessKey, e.Credential.AccessSecret) != http.StatusOK:
		refuse(w, http.StatusBadRequest, "the registry is unhealthy")
	default:
		e.ID, e.Status, e.CreationTime = h.id(), "healthy", "2026-01-01T00:00:00.000Z"
		h.endpoints[e.ID] = &e
		created(w, r, e.ID)
	}
}

func (h *harbor2) changeEndpoint(w http.ResponseWriter, r *http.Request) {
	var u endpointUpdate
	e := h.endpoints[pathID(r)]
	if e == nil {
		refuse(w, http.StatusNotFound, "no registry")
		return
	}
	if !h.decode(w, r, &u) {
		return
	}
	if h.reaches(*u.URL, *u.AccessKey, *u.AccessSecret) != http.StatusOK {
		refuse(w, http.StatusBadRequest, "the registry is unhealthy")
		return
	}
	e.URL, e.Insecure = *u.URL, *u.Insecure
	e.Credential = &credential{AccessKey: *u.AccessKey, AccessSecret: *u.AccessSecret, Type: *u.CredentialType}
}

func (h *harbor2) removeEndpoint(w http.ResponseWriter, r *http.Request) {
	for _, p := range h.policies {
		if p.DestRegistry.ID == pathID(r) {
			refuse(w, http.StatusPreconditionFailed, "the registry is referenced by replication policies, cannot delete it")
			return
		}
	}
	delete(h.endpoints, pathID(r))
}

func (h *harbor2) listPolicies(w http.ResponseWriter, r *http.Request) {
	answer(w, page(r, sorted(h.policies, policyName, fuzzy(r))))
}

func (h *harbor2) addPolicy(w http.ResponseWriter, r *http.Request) {
	if p := h.policy(w, r); p != nil {
		if named(h.policies, policyName, p.Name) != nil {
			refuse(w, http.StatusConflict, "replication policy "+p.Name+" already exists")
			return
		}
		p.ID = h.id()
		h.policies[p.ID] = p
		created(w, r, p.ID)
	}
}

func (h *harbor2) changePolicy(w http.ResponseWriter, r *http.Request) {
	if h.policies[pathID(r)] == nil {
		refuse(w, http.StatusNotFound, "no policy")
		return
	}
	if p := h.policy(w, r); p != nil {
		p.ID = pathID(r)
		h.policies[p.ID] = p
	}
}

func (h *harbor2) removePolicy(w http.ResponseWriter, r *http.Request) {
	if h.running[pathID(r)] {
		refuse(w, http.StatusPreconditionFailed, "the policy has running executions, cannot delete it")
		return
	}
	delete(h.policies, pathID(r))
}

func (h *harbor2) execute(w http.ResponseWriter, r *http.Request) {
	var e struct {
		PolicyID int `json:"policy_id"`
	}
	if !h.decode(w, r, &e) {
		return
	}
	if h.policies[e.PolicyID] == nil {
		refuse(w, http.StatusNotFound, "no policy")
		return
	}
	h.executions = append(h.executions, e.PolicyID)
	created(w, r, h.id())
}

// policy reads one, and refuses what Harbor does.
func (h *harbor2) policy(w http.ResponseWriter, r *http.Request) *policy2 {
	var p policy2
	if !h.decode(w, r, &p) {
		return nil
	}
	wrong := ""
	switch {
	case p.Name == "":
		wrong = "empty name"
	case p.SrcRegistry != nil || p.DestRegistry == nil || h.endpoints[p.DestRegistry.ID] == nil:
		wrong = "either src_registry or dest_registry should be empty and the other one shouldn't be empty"
	case p.Trigger.Type == "scheduled" && !scheduled.MatchString(p.Trigger.Settings.Cron):
		wrong = "invalid cron string for scheduled trigger"
	case p.Trigger.Type != "scheduled" && p.Trigger.Type != "event_based":
		wrong = "invalid trigger type"
	}
	for _, f := range p.Filters {
		if f.Type != "name" || f.Value == "" {
			wrong = "invalid filter"
		}
	}
	if wrong != "" {
		refuse(w, http.StatusBadRequest, wrong)
		return nil
	}
	shown := *h.endpoints[p.DestRegistry.ID]
	shown.Credential = &credential{Type: "basic"}
	p.DestRegistry, p.ReplicateDeletion, p.Deletion = &shown, p.Deletion, false
	return &p
}

// fuzzy is the part of a name that q=name=~PART asks for.
func fuzzy(r *http.Request) string { return strings.TrimPrefix(r.FormValue("q"), "name=~") }

func created(w http.ResponseWriter, r *http.Request, id int) {
	w.Header().Set("Location", fmt.Sprintf("%s/%d", r.URL.Path, id))
	w.WriteHeader(http.StatusCreated)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
