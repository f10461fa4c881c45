package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// row is one line of the report: a program in a scenario. Its ratios are against the
// partner of the pair.
type row struct {
	name            string
	cpuMS, wallMS   spread
	rss             float64
	against         string // "" for the partner itself
	cpu, wall       spread
	memory          float64
	runs            int
	limited         bool
	perSite         bool
	siteCPU, siteMS float64
}

// rowOf makes a row from samples and, unless nil, those of the partner.
func rowOf(name string, samples []sample, against string, partners []sample) row {
	found := row{
		name: name, against: against, runs: len(samples),
		cpuMS: spreadOf(each(samples, cpuMS)), wallMS: spreadOf(each(samples, wallMS)),
		rss: spreadOf(each(samples, rssMiB)).median,
	}
	if partners != nil {
		found.cpu = spreadOf(ratios(samples, partners, cpuMS))
		found.wall = spreadOf(ratios(samples, partners, wallMS))
		found.memory = spreadOf(ratios(samples, partners, rssMiB)).median
	}
	return found
}

var columns = []string{"run", "n", "CPU ms", "wall ms", "peak MiB", "against", "CPU ratio", "wall ratio", "memory ratio"}

func (r row) cells() []string {
	cells := []string{
		r.name, fmt.Sprint(r.runs), middle(r.cpuMS, "%.0f"), middle(r.wallMS, "%.0f"), fmt.Sprintf("%.0f", r.rss),
	}
	switch {
	case r.perSite:
		return append(cells, "each further one", fmt.Sprintf("%.1f ms", r.siteCPU), fmt.Sprintf("%.1f ms", r.siteMS), "")
	case r.against == "":
		return append(cells, "", "", "", "")
	}
	return append(cells, r.against, middle(r.cpu, "%.2f"), middle(r.wall, "%.2f"), fmt.Sprintf("%.2f", r.memory))
}

// middle prints a median and, in brackets, the quartiles.
func middle(s spread, format string) string {
	return fmt.Sprintf(format+" ("+format+"–"+format+")", s.median, s.low, s.high)
}

// report prints what was run, with what, and the table.
func report(w io.Writer, place *place, args []string, rows []row, markdown bool) {
	fmt.Fprintf(w, "Command: `%s`\n\n", strings.Join(append([]string{"go run ./bench"}, args...), " "))
	fmt.Fprintf(w, "Versions: %s\n\n", strings.Join(place.versions, "; "))
	fmt.Fprintf(w, "Medians, quartiles in brackets; a ratio is the median over pairs that ran one after the other.\n\n")
	if markdown {
		fmt.Fprintf(w, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
		for _, row := range rows {
			fmt.Fprintf(w, "| %s |\n", strings.Join(row.cells(), " | "))
		}
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(columns, "\t"))
	for _, row := range rows {
		fmt.Fprintln(table, strings.Join(row.cells(), "\t"))
	}
	table.Flush()
}
