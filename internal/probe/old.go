package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// makeOldProject makes a private project by the API of Harbor 1.x.
func (p *probe) makeOldProject(ctx context.Context) bool {
	body, header := jsonBody(map[string]any{"project_name": p.project, "public": 0})
	answer, err := p.nodes[0].do(ctx, p.as(call{method: http.MethodPost, path: "/api/projects", header: header, body: body}))
	if err != nil || answer.status != http.StatusCreated {
		p.found("login", p.nodes[0].name, "the project %s cannot be made: %s", p.project, describe(answer, err))
		return false
	}
	p.later("project "+p.project, p.removeOldProject)
	p.later("repository "+p.project+"/probe", func(ctx context.Context) error {
		return p.remove(ctx, "/api/repositories/"+p.project+"/probe")
	})
	return true
}

func (p *probe) removeOldProject(ctx context.Context) error {
	answer, err := p.nodes[0].do(ctx, p.as(call{method: http.MethodGet, path: "/api/projects?project_name=" + p.project}))
	if err != nil {
		return err
	}
	var list []struct {
		ID   int    `json:"project_id"`
		Name string `json:"name"`
	}
	if err := json.Unmarshal(answer.body, &list); err != nil {
		return fmt.Errorf("%s", answer.text())
	}
	for _, project := range list {
		if project.Name == p.project {
			return p.remove(ctx, fmt.Sprintf("/api/projects/%d", project.ID))
		}
	}
	return nil
}
