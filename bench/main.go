// Bench measures hagen against Kustomize, on the machine at hand: whole processes, run
// in turn, so that what disturbs one disturbs the other.
//
//	go run ./bench                        # all scenarios
//	go run ./bench -scenario overlay -n 30
//	go run ./bench -scenario environments -sites 1,100
//	go run ./bench -markdown              # the table of docs/performance.md
//	go run ./bench -limit 0.65            # fail where hagen needs more than 0.65 of Kustomize
//
// It builds both programs itself, Kustomize from the module that bench/kustomize pins.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	runs := flags.Int("n", 15, "`runs` of each program in a scenario")
	only := flags.String("scenario", "", "run one scenario: "+scenarioNames())
	sites := flags.String("sites", "1,10,100,1000", "`numbers` of environments to build at once")
	markdown := flags.Bool("markdown", false, "print a Markdown table")
	limit := flags.Float64("limit", 0, "fail if hagen with an overlay needs more than this `ratio` of Kustomize's CPU or wall time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	counts, err := numbers(*sites)
	if err != nil {
		return fmt.Errorf("-sites: %w", err)
	}
	place, err := prepare()
	if err != nil {
		return err
	}
	defer place.remove()

	var rows []row
	for _, one := range chosen {
		fmt.Fprintf(os.Stderr, "bench: %s\n", one.name)
		found, err := one.measure(place, options{runs: *runs, sites: counts})
		if err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		rows = append(rows, found...)
	}
	report(os.Stdout, place, args, rows, *markdown)
	return within(rows, *limit)
}

// numbers reads a list like 1,10,100.
func numbers(text string) ([]int, error) {
	var list []int
	for _, word := range strings.Split(text, ",") {
		number, err := strconv.Atoi(word)
		if err != nil {
			return nil, err
		}
		list = append(list, number)
	}
	return list, nil
}

// within fails if a ratio that has a limit is above it.
func within(rows []row, limit float64) error {
	for _, row := range rows {
		if limit > 0 && row.limited && (row.cpu.median > limit || row.wall.median > limit) {
			return fmt.Errorf("%s: CPU %.2f and wall %.2f of Kustomize, the limit is %.2f",
				row.name, row.cpu.median, row.wall.median, limit)
		}
	}
	return nil
}
