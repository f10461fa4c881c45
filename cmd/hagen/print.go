package main

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"hagen/internal/bundle"
	"hagen/internal/diag"
	"hagen/internal/site"
)

// outputError words an error of the output folder.
func outputError(out string, err error) error {
	var foreign *bundle.ForeignError
	if err == nil || errors.As(err, &foreign) {
		return err
	}
	return diag.Diagnostic{
		Place:   diag.Place{File: out},
		Message: "the output folder cannot be written: " + plainError(err),
		Reason:  "each folder there is as it was, or as it should be",
	}
}

// comparisonError words an error of reading the output folder.
func comparisonError(out string, err error) error {
	var foreign *bundle.ForeignError
	if err == nil || errors.As(err, &foreign) {
		return err
	}
	return diag.Diagnostic{Place: diag.Place{File: out}, Message: "the output folder cannot be read: " + plainError(err)}
}

// printSummary tells what was made: one line a site, and the changed files
// when they are few.
func printSummary(w io.Writer, out string, results []result) {
	for _, r := range results {
		folder := path.Join(out, r.Folder)
		switch {
		case r.Folder == "":
			// the page of all registries is news only to who checks
		case r.Files == 0:
			fmt.Fprintf(w, "%s: removed, %s\n", folder, whyGone(r))
		case !r.Any():
			fmt.Fprintf(w, "%s: Harbor %s, %s, unchanged\n", folder, r.Harbor, count(r.Files, "file"))
		default:
			fmt.Fprintf(w, "%s: Harbor %s, %s: %s\n", folder, r.Harbor, count(r.Files, "file"), changes(r.Changes))
			printFew(w, r.Changes)
		}
	}
}

func whyGone(r result) string {
	if r.Environment == "" {
		return "the spec has environments now"
	}
	return "the spec has no such environment"
}

// mostListed is the number of changed files up to which they are named.
const mostListed = 20

func printFew(w io.Writer, c bundle.Changes) {
	// The pages follow from the others.
	for _, list := range []*[]string{&c.Added, &c.Changed, &c.Removed} {
		*list = slices.DeleteFunc(slices.Clone(*list), site.IsPage)
	}
	if c.Unchanged == 0 || len(c.Added)+len(c.Changed)+len(c.Removed) > mostListed {
		return
	}
	printChanges(w, "  ", c)
}

func printChanges(w io.Writer, indent string, c bundle.Changes) {
	for _, group := range []struct {
		word  string
		paths []string
	}{{"added  ", c.Added}, {"changed", c.Changed}, {"removed", c.Removed}} {
		for _, name := range group.paths {
			fmt.Fprintf(w, "%s%s %s\n", indent, group.word, diag.Clean(name))
		}
	}
}

func changes(c bundle.Changes) string {
	var words []string
	for _, group := range []struct {
		word string
		n    int
	}{{"added", len(c.Added)}, {"changed", len(c.Changed)}, {"removed", len(c.Removed)}, {"unchanged", c.Unchanged}} {
		if group.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", group.n, group.word))
		}
	}
	return strings.Join(words, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// printStale names every file that a build would write or remove.
func printStale(w io.Writer, out string, results []result) {
	for _, r := range results {
		folder := path.Join(out, r.Folder)
		switch {
		case r.Files == 0:
			fmt.Fprintf(w, "%s is stale, %s:\n", folder, whyGone(r))
		case r.Any():
			fmt.Fprintf(w, "%s is stale:\n", folder)
		}
		printChanges(w, "  ", r.Changes)
	}
}

// progress counts sites on a terminal when a build takes longer than a
// moment.
type progress struct {
	out   io.Writer
	total int

	mu      sync.Mutex
	count   int
	shown   bool
	started time.Time
}

func newProgress(s streams, silent bool, total int) *progress {
	p := &progress{total: total, started: time.Now()}
	if !silent && total > 1 && s.interactive() {
		p.out = s.err
	}
	return p
}

func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	if p.out != nil && time.Since(p.started) > 500*time.Millisecond {
		p.shown = true
		fmt.Fprintf(p.out, "\r%d of %d", p.count, p.total)
	}
}

func (p *progress) done() {
	if p.shown {
		fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", 24))
	}
}
