package gitops

import "testing"

// makeSecrets makes the Secrets that the registry expects to exist, as
// SECRETS.md and the RUNBOOK tell: their names and entries are those that the
// manifests ask for.
func (s *server) makeSecrets(t testing.TB, namespace string, objects []*object) {
	t.Helper()
	for name, keys := range secretKeys(objects) {
		data := map[string]any{}
		for _, key := range keys {
			data[key] = "for tests alone"
		}
		secret := &object{Object: map[string]any{
			"apiVersion": "v1", "kind": "Secret",
			"metadata":   map[string]any{"name": name, "namespace": namespace},
			"stringData": data,
		}}
		if err := s.apply(secret, false); err != nil {
			t.Fatal(err)
		}
	}
}

// secretKeys are the Secrets that objects name, and the entries that they read.
func secretKeys(objects []*object) map[string][]string {
	found := map[string][]string{}
	for _, o := range objects {
		collectSecrets(o.Object, found)
	}
	return found
}

// collectSecrets looks for references wherever a manifest may have them: the
// environment, volumes, CSI drivers.
func collectSecrets(value any, found map[string][]string) {
	switch value := value.(type) {
	case []any:
		for _, entry := range value {
			collectSecrets(entry, found)
		}
	case map[string]any:
		for key, below := range value {
			reference, _ := below.(map[string]any)
			switch key {
			case "secretKeyRef":
				note(found, field(reference, "name"), field(reference, "key"))
			case "secret":
				items, _ := reference["items"].([]any)
				for _, item := range items {
					note(found, field(reference, "secretName"), field(item, "key"))
				}
			case "nodeStageSecretRef":
				note(found, field(reference, "name"), "userKey")
			}
			collectSecrets(below, found)
		}
	}
}

func note(found map[string][]string, name, key string) {
	if name != "" && key != "" {
		found[name] = append(found[name], key)
	}
}
