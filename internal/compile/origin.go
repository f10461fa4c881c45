package compile

import (
	"bytes"
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
		verb := changed(h.states[i-1].objects, h.states[i].objects, file.From)
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
func changed(before, after []artifact.Object, keys []string) string {
	verb := ""
	for _, key := range keys {
		old, now := find(before, key), find(after, key)
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

func find(objects []artifact.Object, key string) artifact.Object {
	i := slices.IndexFunc(objects, func(o artifact.Object) bool { return o.Key() == key })
	if i < 0 {
		return nil
	}
	return objects[i]
}

// equal compares what would be written: Kustomize may give numbers another
// type.
func equal(a, b artifact.Object) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	before, errBefore := artifact.EncodeYAML(a)
	now, errNow := artifact.EncodeYAML(b)
	return errBefore == nil && errNow == nil && bytes.Equal(before, now)
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
