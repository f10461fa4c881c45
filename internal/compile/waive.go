package compile

import (
	"time"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/rule"
	"hagen/internal/spec"
)

// The rules about waivers themselves; they have pages and no expression.
const (
	ruleWaiverUnknown = "HG097"
	ruleWaiverUnused  = "HG098"
)

// Waiver lets a rule pass in one spec.
type Waiver struct {
	Rule, Reason string
	// Until is the last day, as year-month-day, or "".
	Until string
	Place diag.Place
	Path  []any
	used  bool
}

type waivers struct {
	rules *rule.Evaluator
	list  []*Waiver
}

func waiversOf(doc *spec.Document, root map[string]any, rules *rule.Evaluator) *waivers {
	w := &waivers{rules: rules}
	for i, item := range artifact.List(root["waive"]) {
		entry := artifact.Map(item)
		path := []any{"waive", i}
		w.list = append(w.list, &Waiver{
			Rule: artifact.Text(entry["rule"]), Reason: artifact.Text(entry["reason"]), Until: artifact.Text(entry["until"]),
			Path: path, Place: doc.Place(append(path, "rule")),
		})
	}
	return w
}

// daysAsText lets the last day of a waiver be written as a date of TOML too.
func daysAsText(root map[string]any) {
	for _, item := range artifact.List(root["waive"]) {
		entry := artifact.Map(item)
		if t, ok := entry["until"].(time.Time); ok && t.Location().String() == "date-local" {
			entry["until"] = t.Format(time.DateOnly)
		}
	}
	for _, environment := range artifact.Map(root["environment"]) {
		if table := artifact.Map(environment); table["waive"] != nil {
			daysAsText(table)
		}
	}
}

// of returns the waiver of a rule, now used, or nil.
func (w *waivers) of(id string) *Waiver {
	for _, waiver := range w.list {
		if id != "" && waiver.Rule == id && w.allows(id) {
			waiver.used = true
			return waiver
		}
	}
	return nil
}

// note turns a finding that is waived into a note.
func (w *Waiver) note(d diag.Diagnostic) diag.Diagnostic {
	d.Severity, d.Fix = diag.Note, ""
	d.Reason = "waived: " + w.Reason
	if w.Until != "" {
		d.Reason += ", until " + w.Until
	}
	return d
}

func (w *waivers) allows(id string) bool {
	r, err := w.rules.Rule(id)
	return err == nil && !r.Firm
}

// leftOver tells waivers of rules that there are not, and those that nothing
// needed.
func (w *waivers) leftOver() []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, waiver := range w.list {
		d := diag.Diagnostic{Severity: diag.Warning, Place: waiver.Place, Path: append(waiver.Path, "rule")}
		switch r, err := w.rules.Rule(waiver.Rule); {
		case err != nil:
			d.Severity, d.Rule = diag.Error, ruleWaiverUnknown
			d.Message = "there is no rule " + waiver.Rule
			d.Reason = "nothing is waived, and the build stops where it seemed to be allowed to go on"
			d.Fix = "write the id that stands in brackets behind a message"
		case r.Firm:
			d.Severity, d.Rule = diag.Error, ruleWaiverUnknown
			d.Message = "the rule " + waiver.Rule + " cannot be waived"
			d.Reason = "nothing whole could be made without what it demands"
			d.Fix = "remove the waiver"
		case waiver.Until != "" && !isDay(waiver.Until):
			d.Severity, d.Rule = diag.Error, ruleWaiverUnknown
			d.Message = "there is no day " + waiver.Until
			d.Reason = "nobody could tell when the waiver ends"
			d.Fix = "write a day of the calendar, such as 2027-02-28"
		case !waiver.used:
			d.Rule = ruleWaiverUnused
			d.Message = "nothing is waived: the rule " + waiver.Rule + " finds nothing here"
			d.Reason = "the next mistake of this kind would pass unseen"
			d.Fix = "remove the waiver"
		default:
			continue
		}
		found = append(found, d)
	}
	return found
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
