package compile

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/overlay"
	"hagen/internal/spec"
	"hagen/internal/unwrap"
)

// state is the objects of a site after an overlay, or before the first one.
type state struct {
	// overlay is what made it; "" for what the library rendered.
	overlay string
	place   diag.Place
	objects []artifact.Object
	byKey   map[string]artifact.Object
}

// find returns the object of a key, or nil.
func (s *state) find(key string) artifact.Object {
	if s.byKey == nil {
		s.byKey = make(map[string]artifact.Object, len(s.objects))
		for _, o := range s.objects {
			s.byKey[o.Key()] = o
		}
	}
	return s.byKey[key]
}

// name is the overlay with its place.
func (s state) name() string { return s.overlay + " (" + s.place.String() + ")" }

// history tells how the objects of a site came to be. The states between two
// overlays are made when somebody asks.
type history struct {
	worker *Worker
	doc    *spec.Document
	user   []overlay.Overlay
	states []state
}

func (w *Worker) history(doc *spec.Document, rendered, base, final []artifact.Object, shipped, user []overlay.Overlay) *history {
	states := []state{{objects: rendered}}
	if len(shipped) > 0 {
		states = append(states, state{overlay: "shipped overlays", place: doc.Place([]any{"gitops"}), objects: base})
	}
	h := &history{worker: w, doc: doc, user: user, states: states}
	if len(user) > 0 {
		h.states = append(h.states, h.after(len(user)-1, final))
	}
	return h
}

func (h *history) after(i int, objects []artifact.Object) state {
	return state{overlay: h.user[i].Name, place: h.doc.Place([]any{"overlays", i}), objects: objects}
}

// complete makes the states that a build does without: overlays run together.
func (h *history) complete() error {
	if len(h.user) < 2 {
		return nil
	}
	last := h.states[len(h.states)-1]
	h.states = h.states[:len(h.states)-1]
	base := h.states[len(h.states)-1].objects
	for i := range h.user[:len(h.user)-1] {
		objects, err := h.worker.overlays.Apply(base, h.user[:i+1])
		if err != nil {
			return err
		}
		h.states = append(h.states, h.after(i, objects))
	}
	h.states = append(h.states, last)
	h.user = nil
	return nil
}

// origin says what made a file, in words.
func (h *history) origin(file artifact.File) string {
	made, overlays := h.makers(file)
	if made != "" {
		made = "made by " + made
	}
	if len(overlays) == 0 {
		return made
	}
	return made + ", changed by " + strings.Join(overlays, " and ")
}

// makers names what made a file, its component or an overlay, and the overlays
// that changed an object behind it.
func (h *history) makers(file artifact.File) (made string, overlays []string) {
	for i := 1; i < len(h.states); i++ {
		verb := changed(&h.states[i-1], &h.states[i], file.From)
		name := h.states[i].name()
		switch {
		case verb == "added":
			made = name
		case verb != "":
			overlays = append(overlays, name)
		}
	}
	if file.Component != "" {
		made = "component " + file.Component
	}
	return made, overlays
}

// changed tells whether one of the objects is new after an overlay, or another
// than before.
func changed(before, after *state, keys []string) string {
	verb := ""
	for _, key := range keys {
		old, now := before.find(key), after.find(key)
		switch {
		case now == nil || equal(old, now):
		case old == nil && key == keys[0]:
			return "added"
		default:
			verb = "changed"
		}
	}
	return verb
}

// equal compares what would be written: Kustomize may give numbers another
// type.
func equal(a, b artifact.Object) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return sameValue(map[string]any(a), map[string]any(b))
}

// sameValue compares without writing: a build asks it of every object.
func sameValue(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && len(x) == len(y) && (reflect.ValueOf(x).Pointer() == reflect.ValueOf(y).Pointer() || sameEntries(x, y))
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, sameValue)
	case string, bool, nil:
		return a == b
	}
	before, errBefore := artifact.EncodeYAML(map[string]any{"value": a})
	now, errNow := artifact.EncodeYAML(map[string]any{"value": b})
	return errBefore == nil && errNow == nil && bytes.Equal(before, now)
}

func sameEntries(a, b map[string]any) bool {
	for key, value := range a {
		other, ok := b[key]
		if !ok || !sameValue(value, other) {
			return false
		}
	}
	return true
}

// files are what a state would be written as; a state that could not be
// written has none.
func (s state) files() artifact.Set {
	files, err := unwrap.Files(s.objects)
	if err != nil {
		return nil
	}
	set, err := artifact.NewSet(files)
	if err != nil {
		return nil
	}
	return set
}
