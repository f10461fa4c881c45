package conform

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// cronField is what one of the five fields of a schedule may be.
type cronField struct {
	name        string
	first, last int
	// words stand for the numbers from first on.
	words []string
}

func cronFields() []cronField {
	return []cronField{
		{"minutes", 0, 59, nil},
		{"hours", 0, 23, nil},
		{"days of the month", 1, 31, nil},
		{"months", 1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
		{"days of the week", 0, 6, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
	}
}

// schedule wants the five fields of cron, or one of its words.
func (w *walker) schedule(text string) {
	if strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ=") {
		_, text, _ = strings.Cut(text, " ")
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "@") {
		duration, every := strings.CutPrefix(text, "@every ")
		_, err := time.ParseDuration(duration)
		if !(every && err == nil) && !slices.Contains([]string{"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}, text) {
			w.report("is no schedule", w.reader+" knows no such word", "write five fields, such as 30 2 * * *")
		}
		return
	}
	parts, fields := strings.Fields(text), cronFields()
	if len(parts) != len(fields) {
		w.report("has "+strconv.Itoa(len(parts))+" fields, must have 5", w.reader+" reads minute, hour, day of the month, month, day of the week",
			"leave out seconds and years: 30 2 * * * is every night at half past two")
		return
	}
	for i, field := range fields {
		for item := range strings.SplitSeq(parts[i], ",") {
			// the parser leaves out what stands between two commas
			if item != "" && !field.takes(item) {
				w.report("is no schedule", w.reader+" cannot read "+item+" as "+field.name, "")
			}
		}
	}
}

// takes reads one item of a field: *, N, N-M, each with /STEP or without.
func (f cronField) takes(item string) bool {
	span, step, stepped := strings.Cut(item, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1) {
		return false
	}
	low, high, ranged := strings.Cut(span, "-")
	if low == "*" || low == "?" {
		return true
	}
	first, ok := f.number(low)
	last := first
	if ranged {
		var okLast bool
		last, okLast = f.number(high)
		ok = ok && okLast
	}
	return ok && f.first <= first && first <= last && last <= f.last
}

func (f cronField) number(text string) (int, bool) {
	if i := slices.Index(f.words, strings.ToLower(text)); i >= 0 {
		return f.first + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
