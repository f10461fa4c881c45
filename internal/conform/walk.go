package conform

import (
	"maps"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// walker holds one value against the forms of a catalog.
type walker struct {
	catalog *catalog
	// reader is who reads the value: Kubernetes 1.34, Compose.
	reader string
	// strict readers take null only where the form says so.
	strict bool
	// defaults are set for what is empty, by the API server for its own kinds.
	defaults bool
	// encrypted values stand for what SOPS makes of them in the cluster.
	encrypted bool
	// checks look at whole structures, by the name of their type.
	checks map[string]func(*walker, map[string]any)
	// claims are the volumes that a StatefulSet makes for its pods.
	claims map[string]bool
	// valid are texts that were found to be in a format.
	valid map[[2]string]bool
	path  []any
	found []diag.Diagnostic
}

func (w *walker) report(message, reason, fix string) {
	w.found = append(w.found, diag.Diagnostic{
		Path: slices.Clone(w.path), Message: message, Reason: reason, Fix: fix,
	})
}

// at runs check one step deeper in the path.
func (w *walker) at(step any, check func()) { w.below(check, step) }

// below runs check some steps deeper in the path.
func (w *walker) below(check func(), steps ...any) {
	w.path = append(w.path, steps...)
	check()
	w.path = w.path[:len(w.path)-len(steps)]
}

func (w *walker) value(f *form, format string, v any) {
	if v == nil && !w.strict || w.encrypted && isEncrypted(v) {
		return
	}
	switch f.kind {
	case 'l':
		w.list(f, format, v)
	case 'm':
		w.mapping(f, format, v)
	case 't':
		w.structure(f.name, v)
	case 'o':
		w.oneOf(f, format, v)
	default:
		w.scalar(f, format, v)
	}
}

func (w *walker) list(f *form, format string, v any) {
	list, ok := v.([]any)
	if !ok {
		w.wrong(v, "a list", "begin each entry with a dash")
		return
	}
	for i, item := range list {
		w.path = append(w.path, i)
		w.value(f.elem, format, item)
		w.path = w.path[:len(w.path)-1]
	}
}

func (w *walker) mapping(f *form, format string, v any) {
	m := artifact.Map(v)
	if m == nil {
		w.wrong(v, "a mapping", "write keys and values below it")
		return
	}
	for _, key := range w.keys(m) {
		w.path = append(w.path, key)
		w.key(format, key, m[key])
		w.value(f.elem, "", m[key])
		w.path = w.path[:len(w.path)-1]
	}
}

// keys returns the keys in the order in which findings shall appear. The
// order of the walk does not matter, findings are sorted at the end.
func (w *walker) keys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}

func (w *walker) structure(name string, v any) {
	m := artifact.Map(v)
	if m == nil {
		w.wrong(v, "a mapping", "write its fields below it")
		return
	}
	s := w.catalog.shape(name)
	if s == nil {
		return
	}
	for key, value := range m {
		w.path = append(w.path, key)
		if f, ok := s.fields[key]; ok {
			w.value(f.form(), f.format, value)
		} else if !s.open && !(s.extensible && strings.HasPrefix(key, "x-")) {
			w.unknown(s, key)
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.required(s, m)
	for _, choice := range s.choices {
		w.choose(choice, m)
	}
	if check := w.checks[name]; check != nil {
		check(w, m)
	}
}

// required wants fields to be there. A text with a format must not be empty
// either: that is how the API server sees one that is missing.
func (w *walker) required(s *shape, m map[string]any) {
	for _, key := range s.required {
		value, ok := m[key]
		switch {
		case !ok || value == nil && !w.strict:
			w.at(key, func() { w.report("is missing", w.reader+" refuses it without this field", "") })
		case value == "" && s.fields[key].format != "":
			w.at(key, func() { w.report("is empty", w.reader+" refuses it without a value", "") })
		}
	}
}

func (w *walker) choose(c choice, m map[string]any) {
	count := 0
	for _, key := range c.fields {
		if m[key] != nil {
			count++
		}
	}
	all := strings.Join(c.fields, ", ")
	switch {
	case count > 1:
		w.report("holds more than one of "+all, w.reader+" takes one of them", "")
	case count == 0 && c.must:
		w.report("holds none of "+all, w.reader+" wants one of them", "")
	}
}

func (w *walker) unknown(s *shape, key string) {
	if span, ok := s.elsewhere[key]; ok {
		w.report("unknown field in "+w.reader, versionsOf(span), "remove it, or correct kubernetes.version in the spec")
		return
	}
	reason := w.reader + " refuses it, or drops it without a word, and what it should do does not happen"
	if w.strict {
		reason = w.reader + " refuses the whole file"
	}
	names := slices.Sorted(maps.Keys(s.fields))
	if near := diag.Nearest(key, names); near != "" {
		w.report("unknown field", reason, "write "+near)
		return
	}
	w.report("unknown field", reason, "known here: "+shortList(names))
}

// shortList writes names, and no more than a reader takes in.
func shortList(names []string) string {
	const most = 40
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and more"
	}
	return strings.Join(names, ", ")
}

// oneOf wants one form to take the value; the findings of the form that comes
// nearest are told.
func (w *walker) oneOf(f *form, format string, v any) {
	found := w.found
	var best []diag.Diagnostic
	for _, other := range f.others {
		if !other.may(v) {
			continue
		}
		w.found = nil
		w.value(other, format, v)
		if len(w.found) == 0 {
			w.found = found
			return
		}
		if best == nil || deepest(w.found) > deepest(best) {
			best = w.found
		}
	}
	w.found = found
	if deepest(best) > len(w.path) {
		w.found = append(w.found, best...)
		return
	}
	w.wrong(v, describeAll(f.others), "")
}

func deepest(found []diag.Diagnostic) int {
	depth := 0
	for _, d := range found {
		depth = max(depth, len(d.Path))
	}
	return depth
}

// wrong reports a value of the wrong type, without the value: it may be secret.
func (w *walker) wrong(v any, want, fix string) {
	w.report("is "+describe(v)+", must be "+want, w.reader+" cannot read it", fix)
}
