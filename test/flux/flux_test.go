package flux

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestFluxDecrypts builds what hagen wrote as the controller does and compares
// every value with what hagen reveals.
func TestFluxDecrypts(t *testing.T) {
	for _, example := range []string{"hub-k8s-1.2", "hub-2.15"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			r := newRegistry(t, example)
			r.hagen("secrets", "init", "--private-ca", "--spec", r.spec)
			r.hagen("build", r.spec)
			r.compare(r.key)
		})
	}
}

// What was rotated is changed in place: Flux finds the new value, and finds the
// others as before.
func TestRotated(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "hub-2.15")
	r.hagen("secrets", "init", "--private-ca", "--spec", r.spec)
	r.set("REDIS_PASSWORD", awkward+" anew")
	r.hagen("secrets", "rotate", "--yes", "--spec", r.spec, "redis_password")
	r.hagen("build", r.spec)
	r.compare(r.key)
}

// compare wants Flux to find what hagen says is in each Secret: every key, and
// no other.
func (r *registry) compare(keyFile string) {
	r.t.Helper()
	built, err := r.build(keyFile)
	if err != nil {
		r.t.Fatal(err)
	}
	wanted := r.wanted()
	if len(wanted) < 5 {
		r.t.Fatalf("hagen lists %d keys of the cluster's Secrets: the test shows little", len(wanted))
	}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		value, ok := built[key]
		if !ok {
			r.t.Errorf("Flux finds no %s", key)
		} else if value != r.reveal(wanted[key]) {
			r.t.Errorf("Flux finds another value in %s than hagen reveals as %s", key, wanted[key])
		}
	}
	for key, value := range built {
		if strings.Contains(value, "ENC[") {
			r.t.Errorf("%s is still encrypted", key)
		}
	}
}

// A cluster whose key is no recipient gets nothing.
func TestAnotherKey(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "hub-2.15")
	r.hagen("secrets", "init", "--private-ca", "--spec", r.spec)
	r.hagen("build", r.spec)
	stranger := r.newKey("stranger")
	if built, err := r.build(stranger); err == nil {
		t.Fatalf("a stranger's key opened %d values", len(built))
	} else if !strings.Contains(err.Error(), "cannot get sops data key") {
		t.Error(err)
	}
}

// The key of the cluster reads the Secrets, and the store stays closed to it.
func TestClusterRecipient(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "hub-2.15")
	flux := r.newKey("flux")
	r.secrets("cluster_recipients", r.public(flux))
	r.hagen("secrets", "init", "--private-ca", "--spec", r.spec)
	r.hagen("build", r.spec)
	r.compare(flux)
	r.env = append(r.env, "HOME="+t.TempDir(), "SOPS_AGE_KEY_FILE="+flux)
	if err := r.try("secrets", "reveal", "--spec", r.spec, "secretkey"); err == nil || !strings.Contains(err.Error(), "no key here opens the secrets") {
		t.Errorf("the key of the cluster on the store: %v", err)
	}
}
