// Package diag is how hagen says what is wrong: a diagnostic has a severity, a
// place, a message, the reason and the fix. Stages return diagnostics as
// errors; they are printed once, at the edge.
package diag

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/hashicorp/go-multierror"
)

// Severity ranks a diagnostic. Errors stop a build, warnings do not.
type Severity int

const (
	// Error stops the build.
	Error Severity = iota
	// Warning is printed, and the build goes on.
	Warning
	// Note is printed and is no problem: what the spec waives.
	Note
)

// String returns "error", "warning" or "note".
func (s Severity) String() string {
	switch s {
	case Warning:
		return "warning"
	case Note:
		return "note"
	}
	return "error"
}

// Place is where a problem stands; Line and Column count from 1, 0 is unknown.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Whole tells that the file as a whole is meant: line and column are its first,
	// since editors and CI leave out what has none.
	Whole bool `json:"-"`
}

// Start is the place of a file as a whole.
func Start(file string) Place { return Place{File: file, Line: 1, Column: 1, Whole: true} }

// String returns the place as compilers print it: file:line:column.
func (p Place) String() string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Diagnostic is one problem. Its texts hold no place, no colour and no line
// break of layout: those are added when it is printed.
type Diagnostic struct {
	Severity Severity
	// Rule is the id of the rule that was broken, if there is one.
	Rule  string
	Place Place
	// Artifact is the rendered file that is wrong, below the output folder;
	// Place is then what in the spec made it so.
	Artifact string
	// Path is where in the document or artifact the problem is: keys and
	// indexes.
	Path []any
	// Message says what is wrong.
	Message string
	// Reason says why it matters, with the symptom that it prevents.
	Reason string
	// Fix says what to write instead.
	Fix string
	// Origin says what made an artifact: a component and overlays.
	Origin string
	// Environments are those in which it shows, if it does not in all of them.
	Environments []string

	// among is how many environments were looked at.
	among int
}

// In returns the diagnostic as one of an environment, of so many that are looked at.
func (d Diagnostic) In(environment string, among int) Diagnostic {
	d.Environments, d.among = []string{environment}, among
	return d
}

// In says of what err is made of, as far as it is diagnostics, that it belongs to
// an environment.
func In(err error, environment string, among int) error {
	switch e := err.(type) {
	case *multierror.Error:
		var list List
		for _, member := range e.Errors {
			list.Add(In(member, environment, among))
		}
		return list.ErrorOrNil()
	case Diagnostic:
		return e.In(environment, among)
	}
	return err
}

// More returns what is told below the message: the reason, the fix, the origin and
// the environments, as far as they are there.
func (d Diagnostic) More() []string {
	where := ""
	switch len(d.Environments) {
	case 0:
	case 1:
		where = "in the environment " + d.Environments[0]
	default:
		where = "in the environments " + Some(d.Environments, 5)
	}
	return slices.DeleteFunc([]string{d.Reason, d.Fix, d.Origin, where}, func(text string) bool { return text == "" })
}

// Error returns the artifact, the path and the message.
func (d Diagnostic) Error() string {
	text := d.Message
	if path := PathString(d.Path); path != "" {
		text = path + ": " + text
	}
	if d.Artifact != "" {
		text = d.Artifact + ": " + text
	}
	return text
}

// PathString writes a path as people write it in TOML: vm.nodes[1].name, with
// quotes around a key that needs them.
func PathString(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch s := step.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(s) + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(key(fmt.Sprint(s)))
		}
	}
	return b.String()
}

func key(s string) string {
	if s == "" || strings.ContainsFunc(s, needsQuotes) {
		return strconv.Quote(s)
	}
	return s
}

func needsQuotes(r rune) bool {
	return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// List gathers the diagnostics and other errors of a stage. The zero value is
// ready for use.
type List struct {
	errs *multierror.Error
}

// Add appends err; a nil error adds nothing, a list adds its members.
func (l *List) Add(err error) {
	if err != nil {
		l.errs = multierror.Append(l.errs, err)
	}
}

// ErrorOrNil returns the list as an error, or nil when it is empty.
func (l *List) ErrorOrNil() error {
	return l.errs.ErrorOrNil()
}

// Flatten returns what err is made of, sorted by place and message, each
// once. An error that is no diagnostic becomes one of its text.
func Flatten(err error) []Diagnostic {
	var all []Diagnostic
	collect(err, &all)
	sort.SliceStable(all, func(i, j int) bool { return less(all[i], all[j]) })
	out := all[:0]
	for _, d := range all {
		if last := len(out) - 1; last >= 0 && same(d, out[last]) {
			out[last].Environments = append(slices.Clone(out[last].Environments), d.Environments...)
			continue
		}
		out = append(out, d)
	}
	for i, d := range out {
		names := slices.Compact(slices.Sorted(slices.Values(d.Environments)))
		if len(names) == d.among {
			names = nil
		}
		out[i].Environments = names
	}
	return out
}

func collect(err error, into *[]Diagnostic) {
	if err == nil {
		return
	}
	var list *multierror.Error
	if errors.As(err, &list) {
		for _, member := range list.Errors {
			collect(member, into)
		}
		return
	}
	var d Diagnostic
	if errors.As(err, &d) {
		*into = append(*into, d)
		return
	}
	*into = append(*into, Diagnostic{Message: err.Error()})
}

func less(a, b Diagnostic) bool {
	if a.Place.File != b.Place.File {
		return a.Place.File < b.Place.File
	}
	if a.Place.Line != b.Place.Line {
		return a.Place.Line < b.Place.Line
	}
	if a.Place.Column != b.Place.Column {
		return a.Place.Column < b.Place.Column
	}
	return a.Error() < b.Error()
}

func same(a, b Diagnostic) bool {
	return a.Place == b.Place && a.Error() == b.Error() && a.Severity == b.Severity && a.Rule == b.Rule
}
