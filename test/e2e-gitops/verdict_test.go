package gitops

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A verdict is a change of an object and what hagen diff says of it, written by
// the tests of internal/review.
type verdict struct {
	Name, Before, After string
	Refused             bool
}

// otherwise is what the older release judges otherwise than the newer, by kind
// and patch, and why.
var otherwise = map[string]string{
	`Job {"spec":{"successPolicy":{"rules":[{"succeededIndexes":"0"}]}}}`: "the field is alpha, and dropped",
	`StatefulSet {"spec":{"revisionHistoryLimit":3}}`:                     "it became mutable later",
}

// TestRefused changes objects as somebody would: kubectl apply --server-side is
// refused what hagen diff calls refused, and nothing else.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.judges(t, s.applyAsUsers, nil)
}

// TestRefusedOlder is the same with an older release, and with kubectl's request
// in its place: three hundred runs of it take long.
func TestRefusedOlder(t *testing.T) {
	t.Parallel()
	s := newServerOf(t, "1.30")
	s.judges(t, func(o *object) error { return s.apply(o, false) }, otherwise)
}

// judges makes all changes, of which some are judged otherwise than the diff
// does.
func (s *server) judges(t *testing.T, apply func(*object) error, otherwise map[string]string) {
	s.define(filepath.Join("testdata", "widgets.yaml"))
	for _, class := range []string{"fast", "fields"} {
		s.create("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: " + class + "}, provisioner: example.com/fast, allowVolumeExpansion: true}")
	}
	refused, taken := 0, 0
	for i, v := range readVerdicts(t) {
		place := fmt.Sprintf("verdict%d", i)
		before, after := s.placed(t, v.Before, place), s.placed(t, v.After, place)
		if err := s.apply(before, false); err != nil {
			if !meta.IsNoMatchError(err) || before.GetAPIVersion() != "extensions/v1beta1" {
				t.Errorf("%s: the object before the change: %v", v.Name, err)
			}
			continue
		}
		s.settle(t, before)
		err := apply(after)
		if err != nil && !refuses(err.Error()) {
			t.Fatalf("%s: %v", v.Name, err)
		}
		change, _, _ := strings.Cut(v.Name, " #")
		if agrees := (err != nil) == v.Refused; agrees == (otherwise[change] != "") {
			t.Errorf("%s: hagen diff says refused: %t; the API server: %v", v.Name, v.Refused, err)
		}
		if err != nil {
			refused++
		} else {
			taken++
		}
		s.remove(t, before)
	}
	t.Logf("%d changes taken, %d refused", taken, refused)
	if refused < 70 || taken < 120 {
		t.Errorf("%d changes taken, %d refused", taken, refused)
	}
}

func readVerdicts(t *testing.T) []verdict {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root(), "internal", "review", "testdata", "verdicts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []verdict
	if err := json.Unmarshal(data, &verdicts); err != nil {
		t.Fatal(err)
	}
	return verdicts
}

// placed reads a manifest as an object in a namespace of its own, or if it is
// in none, under a name of its own.
func (s *server) placed(t *testing.T, manifest, place string) *object {
	t.Helper()
	o := parse(t, manifest)
	kind := o.GroupVersionKind()
	mapping, err := s.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return o // what nobody serves is seen when it is applied
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		o.SetNamespace("")
		o.SetName(place + "-" + o.GetName())
		return o
	}
	s.create("{apiVersion: v1, kind: Namespace, metadata: {name: " + place + "}}")
	s.create("{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: " + place + "}}")
	o.SetNamespace(place)
	return o
}

// settle does what controllers would: a claim is bound to its volume.
func (s *server) settle(t *testing.T, o *object) {
	t.Helper()
	if o.GetKind() != "PersistentVolumeClaim" {
		return
	}
	claims := s.client.CoreV1().PersistentVolumeClaims(o.GetNamespace())
	claim, err := claims.Get(context.Background(), o.GetName(), metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if claim.Spec.VolumeName == "" {
		claim.Spec.VolumeName = "bound"
		if claim, err = claims.Update(context.Background(), claim, metav1.UpdateOptions{FieldManager: "kube-controller-manager"}); err != nil {
			t.Fatal(err)
		}
	}
	claim.Status.Phase, claim.Status.Capacity = "Bound", maps.Clone(claim.Spec.Resources.Requests)
	claim.Status.AccessModes = claim.Spec.AccessModes
	if _, err := claims.UpdateStatus(context.Background(), claim, metav1.UpdateOptions{FieldManager: "kube-controller-manager"}); err != nil {
		t.Fatal(err)
	}
}

// applyAsUsers lets kubectl apply an object that it has, with the name by which
// it was applied before.
func (s *server) applyAsUsers(o *object) error {
	data, err := o.MarshalJSON()
	if err != nil {
		return err
	}
	file := filepath.Join(s.t.TempDir(), "object.json")
	write(s.t, file, string(data))
	said, err := s.tryKubectl("", "apply", "--server-side", "--validate=strict", "--field-manager=test", "-f", file)
	if err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// refuses tells an answer by which the API server will not have an object from
// one that says that something else went wrong.
func refuses(said string) bool {
	return strings.Contains(said, " is invalid: ") || strings.Contains(said, " is forbidden: ")
}

// remove deletes an object of which there may be one alone, or that takes a
// port of the nodes.
func (s *server) remove(t *testing.T, o *object) {
	t.Helper()
	if kind := o.GetKind(); kind != "Service" && kind != "PriorityClass" {
		return
	}
	resource, err := s.resource(o)
	if err == nil {
		err = resource.Delete(context.Background(), o.GetName(), metav1.DeleteOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}
