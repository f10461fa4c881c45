package unwrap

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"hagen/internal/artifact"
)

// job asks for the name of its content, which reads a ConfigMap.
func job(image string) artifact.Object {
	o := deployment("env")
	o["apiVersion"], o["kind"] = "batch/v1", "Job"
	o["metadata"] = object{"name": "load", "annotations": object{artifact.AnnotationName: "content"}}
	containers := o["spec"].(object)["template"].(object)["spec"].(object)["containers"].([]any)
	containers[0].(object)["image"] = image
	return o
}

// A Job has another name when anything in it, or what it reads, is another.
func TestNamed(t *testing.T) {
	name := func(o artifact.Object, value string) string {
		t.Helper()
		made := slices.Collect(maps.Keys(files(t, o, configMap("env", object{"A": value}))))
		made = slices.DeleteFunc(made, func(path string) bool {
			return !regexp.MustCompile(`^kubernetes/job-load-[0-9a-f]{10}\.yaml$`).MatchString(path)
		})
		if len(made) != 1 {
			t.Fatalf("files %q", made)
		}
		return made[0]
	}
	first := name(job("db:1"), "a")
	if got := name(job("db:1"), "a"); got != first {
		t.Errorf("the same Job is %s, then %s", first, got)
	}
	if got := name(job("db:2"), "a"); got == first {
		t.Errorf("another image keeps the name %s", got)
	}
	if got := name(job("db:1"), "b"); got == first {
		t.Errorf("another ConfigMap keeps the name %s", got)
	}
	if text := files(t, job("db:1"), configMap("env", object{"A": "a"}))[first]; !regexp.MustCompile(`(?m)^  name: load-[0-9a-f]{10}$`).MatchString(text) || regexp.MustCompile(`hagen.dev/name`).MatchString(text) {
		t.Errorf("the file says\n%s", text)
	}
}
