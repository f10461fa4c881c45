package review_test

import (
	"slices"
	"strings"
	"testing"

	"hagen/internal/diff"
	"hagen/internal/review"
	"hagen/schema"
)

func TestParseFilter(t *testing.T) {
	for _, text := range []string{"impact=none", "kind=ConfigMap,name=core-*", "file=compose/*/RUNBOOK.md", "path=metadata.*"} {
		if _, err := review.ParseFilter(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"", "none", "impact=", "impact=bad", "colour=red", "path=[", "kind=a,b"} {
		if _, err := review.ParseFilter(text); err == nil {
			t.Errorf("%q is a filter", text)
		}
	}
}

// report compares a registry in which much changes, a secret too.
func report(t *testing.T, filters ...string) diff.Report {
	t.Helper()
	c := change{in: hub, edits: slices.Concat(rotated("core_secret", "95f1b8ee0c6b7b67"), []edit{
		sub(coreEnv, "LOG_LEVEL: info", "LOG_LEVEL: debug"), sub(core, "memory: 512Mi", "memory: 1Gi"), sub("SECRETS.md", "#", "##"),
		sub(compose, "goharbor/harbor-core:", "mirror.example.com/harbor-core:"),
	})}
	old, new := c.sides(t)
	return reviewer(t, filters...).Report(old, new)
}

// What a filter hides is counted, once, and nothing else is gone.
func TestHiddenIsCounted(t *testing.T) {
	all := len(report(t).Changes)
	for _, filters := range [][]string{
		{"impact=none"}, {"kind=ConfigMap"}, {"name=co*"}, {"file=compose/*"}, {"path=spec.*"}, {"impact=none", "kind=file"}, {"kind=service,path=image"}, {"name=*"},
	} {
		r := report(t, filters...)
		hidden := 0
		for _, h := range r.Hidden {
			hidden += h.Count
			if !slices.Contains(filters, h.By) {
				t.Errorf("%v: hidden by %s", filters, h.By)
			}
		}
		if hidden == 0 || hidden+len(r.Changes) != all || r.Status != diff.Different {
			t.Errorf("%v: %d hidden, %d shown, %d there are", filters, hidden, len(r.Changes), all)
		}
	}
}

// Key material is there whatever the filters: on the nodes and in the cluster.
func TestKeyMaterialCannotBeHidden(t *testing.T) {
	r := report(t, "name=*", "impact=outage", "file=*", "kind=*", "path=*")
	for _, change := range r.Changes {
		if !strings.Contains(change.Path.String(), "core_secret") || !change.Secret {
			t.Errorf("%+v", change)
		}
	}
	if len(r.Changes) != 2 {
		t.Errorf("%d changes are left", len(r.Changes))
	}
}

// A field that says what the API server would fill in is hidden when that is
// asked for; another value is not.
func TestDefaults(t *testing.T) {
	filter, err := review.Defaults(schema.Impact)
	if err != nil {
		t.Fatal(err)
	}
	c := change{in: hub, edits: []edit{
		sub(core, "      terminationGracePeriodSeconds", "      dnsPolicy: ClusterFirst\n      terminationGracePeriodSeconds"),
		sub(core, "  progressDeadlineSeconds: 3910\n", ""),
		sub(service, "spec:\n", "spec:\n  sessionAffinity: None\n"),
	}}
	old, new := c.sides(t)
	if r := reviewer(t).Report(old, new); len(r.Changes) != 3 {
		t.Errorf("without the filter there are %d changes", len(r.Changes))
	}
	r := reviewer(t).Also([]review.Filter{filter}).Report(old, new)
	if len(r.Changes) != 1 || !strings.Contains(r.Changes[0].Path.String(), "progressDeadlineSeconds") || r.Hidden[0].By != "--ignore-defaults" || r.Hidden[0].Count != 2 {
		t.Errorf("%+v", r)
	}
}
