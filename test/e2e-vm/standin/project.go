package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// projectRoutes are projects and repositories of the API.
func (c *core) projectRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v2.0/projects", c.named(c.makeProject))
	mux.HandleFunc("DELETE /api/v2.0/projects/{project}", c.named(c.removeProject))
	mux.HandleFunc("GET /api/v2.0/projects/{project}/repositories", c.named(c.listRepositories))
	mux.HandleFunc("DELETE /api/v2.0/projects/{project}/repositories/{repository}", c.named(c.removeRepository))
}

func (c *core) makeProject(w http.ResponseWriter, r *http.Request, _ string) {
	var wish struct {
		Name     string            `json:"project_name"`
		Metadata map[string]string `json:"metadata"`
	}
	if err := json.NewDecoder(r.Body).Decode(&wish); err != nil || wish.Name == "" {
		refuse(w, http.StatusBadRequest, "BAD_REQUEST", "no project_name")
		return
	}
	if _, err := c.db.Exec(`INSERT INTO project VALUES ($1, $2)`, wish.Name, wish.Metadata["public"] == "true"); err != nil {
		refuse(w, http.StatusConflict, "CONFLICT", "the project "+wish.Name+" already exists")
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func (c *core) removeProject(w http.ResponseWriter, r *http.Request, _ string) {
	name := r.PathValue("project")
	var count int
	if err := c.db.QueryRow(`SELECT count(*) FROM repository WHERE project = $1`, name).Scan(&count); err != nil || count > 0 {
		refuse(w, http.StatusPreconditionFailed, "PRECONDITION", "the project contains repositories, can not be deleted")
		return
	}
	if result, err := c.db.Exec(`DELETE FROM project WHERE name = $1`, name); err == nil {
		if n, _ := result.RowsAffected(); n == 0 {
			refuse(w, http.StatusNotFound, "NOT_FOUND", "project "+name+" not found")
		}
	}
}

func (c *core) listRepositories(w http.ResponseWriter, r *http.Request, _ string) {
	rows, err := c.db.Query(`SELECT name FROM repository WHERE project = $1 ORDER BY name`, r.PathValue("project"))
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	defer rows.Close()
	list := []map[string]string{}
	for rows.Next() {
		var name string
		if rows.Scan(&name) == nil {
			list = append(list, map[string]string{"name": name})
		}
	}
	answer(w, http.StatusOK, list)
}

// removeRepository forgets it; what it stored is for the garbage collection.
func (c *core) removeRepository(w http.ResponseWriter, r *http.Request, _ string) {
	name, err := url.PathUnescape(r.PathValue("repository"))
	if err != nil {
		refuse(w, http.StatusBadRequest, "BAD_REQUEST", err.Error())
		return
	}
	name = r.PathValue("project") + "/" + strings.TrimPrefix(name, "/")
	result, err := c.db.Exec(`DELETE FROM repository WHERE name = $1`, name)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	if n, _ := result.RowsAffected(); n == 0 {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "repository "+name+" not found")
	}
}
