package replication

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

type target struct {
	ID       int    `json:"id"`
	Endpoint string `json:"endpoint"`
	Name     string `json:"name"`
	Username string `json:"username"`
	Password string `json:"password"`
	Type     int    `json:"type"`
}

type project struct {
	ID        int    `json:"project_id"`
	Name      string `json:"name"`
	Public    int    `json:"public"`
	Togglable bool
}

type policy1 struct {
	ID        int    `json:"id"`
	ProjectID int    `json:"project_id"`
	TargetID  int    `json:"target_id"`
	Name      string `json:"name"`
	Enabled   int    `json:"enabled"`
	CronStr   string `json:"cron_str"`
	Deleted   int    `json:"deleted"`
}

// harbor1 stands in for Harbor 1.x.
type harbor1 struct {
	harbor
	url      string
	targets  map[int]*target
	projects map[int]*project
	policies map[int]*policy1
	// stopping counts how often a policy still has jobs when it is deleted.
	stopping map[int]int
}

func targetName(v *target) string   { return v.Name }
func projectName(v *project) string { return v.Name }
func policy1Name(v *policy1) string { return v.Name }

func newHarbor1(t *testing.T, sites map[string]*account, projects ...string) *harbor1 {
	h := &harbor1{
		harbor:  harbor{t: t, sites: sites},
		targets: map[int]*target{}, projects: map[int]*project{}, policies: map[int]*policy1{}, stopping: map[int]int{},
	}
	for _, name := range projects {
		id := h.id()
		h.projects[id] = &project{ID: id, Name: name}
	}
	h.url = h.serve(map[string]http.HandlerFunc{
		"GET /api/targets":                              h.listTargets,
		"POST /api/targets":                             h.addTarget,
		"PUT /api/targets/{id}":                         h.changeTarget,
		"POST /api/targets/{id}/ping":                   h.ping,
		"DELETE /api/targets/{id}":                      h.removeTarget,
		"GET /api/targets/{id}/policies/":               h.listPoliciesOfTarget,
		"GET /api/projects":                             h.listProjects,
		"POST /api/projects":                            h.addProject,
		"GET /api/policies/replication":                 h.listPolicies,
		"POST /api/policies/replication":                h.addPolicy,
		"PUT /api/policies/replication/{id}/enablement": h.enable,
		"DELETE /api/policies/replication/{id}":         h.removePolicy,
	})
	return h
}

func (h *harbor1) listTargets(w http.ResponseWriter, r *http.Request) {
	var list []target
	for _, v := range sorted(h.targets, targetName, r.FormValue("name")) {
		shown := *v
		shown.Password = ""
		list = append(list, shown)
	}
	indented(w, list)
}

func (h *harbor1) addTarget(w http.ResponseWriter, r *http.Request) {
	var v target
	if !h.decode(w, r, &v) {
		return
	}
	if len(v.Password) > 48 || len(v.Endpoint) > 64 || len(v.Name) > 64 {
		refuse(w, http.StatusBadRequest, "max length")
		return
	}
	for _, other := range h.targets {
		if other.Name == v.Name || other.Endpoint == v.Endpoint {
			refuse(w, http.StatusConflict, "name is already used")
			return
		}
	}
	v.ID = h.id()
	h.targets[v.ID] = &v
	created(w, r, v.ID)
}

func (h *harbor1) changeTarget(w http.ResponseWriter, r *http.Request) {
	v := h.targets[pathID(r)]
	for _, p := range h.policies {
		if p.TargetID == v.ID && p.Enabled == 1 {
			refuse(w, http.StatusBadRequest, "the target is associated with policy which is enabled")
			return
		}
	}
	changed := target{}
	if h.decode(w, r, &changed) {
		changed.ID = v.ID
		*v = changed
	}
}

func (h *harbor1) ping(w http.ResponseWriter, r *http.Request) {
	v := h.targets[pathID(r)]
	if code := h.reaches(v.Endpoint, v.Username, v.Password); code != http.StatusOK {
		refuse(w, code, "connection refused, or another password")
	}
}

func (h *harbor1) removeTarget(w http.ResponseWriter, r *http.Request) {
	for _, p := range h.policies {
		if p.TargetID == pathID(r) {
			refuse(w, http.StatusPreconditionFailed, "the target is used by policies, can not be deleted")
			return
		}
	}
	delete(h.targets, pathID(r))
}

func (h *harbor1) listPoliciesOfTarget(w http.ResponseWriter, r *http.Request) {
	indented(w, h.where(func(p *policy1) bool { return p.TargetID == pathID(r) }))
}

func (h *harbor1) listProjects(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("name") != r.FormValue("project_name") {
		h.t.Errorf("Harbor 1.1 and 1.2 are asked for different projects: %s", r.URL)
	}
	indented(w, page(r, sorted(h.projects, projectName, r.FormValue("name"))))
}

func (h *harbor1) addProject(w http.ResponseWriter, r *http.Request) {
	var v struct {
		Name   string `json:"project_name"`
		Public int    `json:"public"`
	}
	if !h.decode(w, r, &v) {
		return
	}
	if len(v.Name) < 2 || len(v.Name) > 30 || named(h.projects, projectName, v.Name) != nil {
		refuse(w, http.StatusConflict, "project exists")
		return
	}
	id := h.id()
	h.projects[id] = &project{ID: id, Name: v.Name, Public: v.Public}
	created(w, r, id)
}

func (h *harbor1) listPolicies(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.Atoi(r.FormValue("project_id"))
	indented(w, h.where(func(p *policy1) bool { return p.ProjectID == id }))
}

func (h *harbor1) addPolicy(w http.ResponseWriter, r *http.Request) {
	var p policy1
	if !h.decode(w, r, &p) {
		return
	}
	if h.projects[p.ProjectID] == nil || h.targets[p.TargetID] == nil {
		refuse(w, http.StatusBadRequest, "does not exist")
		return
	}
	if len(h.where(func(o *policy1) bool { return o.ProjectID == p.ProjectID && o.TargetID == p.TargetID })) > 0 {
		refuse(w, http.StatusConflict, "policy already exists with the same project and target")
		return
	}
	p.ID = h.id()
	h.policies[p.ID] = &p
	created(w, r, p.ID)
}

func (h *harbor1) enable(w http.ResponseWriter, r *http.Request) {
	var e struct {
		Enabled int `json:"enabled"`
	}
	if p := h.policies[pathID(r)]; p != nil && h.decode(w, r, &e) {
		p.Enabled = e.Enabled
	}
}

func (h *harbor1) removePolicy(w http.ResponseWriter, r *http.Request) {
	p := h.policies[pathID(r)]
	switch {
	case p.Enabled == 1:
		refuse(w, http.StatusPreconditionFailed, "policy is enabled, can not be deleted")
	case h.stopping[p.ID] > 0:
		h.stopping[p.ID]--
		refuse(w, http.StatusPreconditionFailed, "policy has running/retrying/pending jobs, can not be deleted")
	default:
		delete(h.policies, p.ID)
	}
}

func (h *harbor1) where(is func(*policy1) bool) []*policy1 {
	list := []*policy1{}
	for _, p := range sorted(h.policies, policy1Name, "") {
		if is(p) {
			list = append(list, p)
		}
	}
	return list
}

// indented answers as Harbor 1.x does in its run mode: with line breaks.
func indented(w http.ResponseWriter, value any) {
	data, _ := json.MarshalIndent(value, "", "  ")
	_, _ = w.Write([]byte(strings.ReplaceAll(string(data), "[]", "null")))
}
