package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"hagen/internal/diff"
	"hagen/internal/view"
)

// showOptions are how reports are shown.
type showOptions struct {
	format  string
	width   int
	limit   int
	full    string
	noPager bool
}

var formats = []string{"text", "markdown", "json", "html", "unified"}

func (o *showOptions) flags(flags *pflag.FlagSet) {
	flags.StringVar(&o.format, "format", "text", "`FORMAT` of what is printed: "+strings.Join(formats, ", "))
	flags.IntVar(&o.width, "width", 0, "width of a line of text in `COLUMNS`; 0 is that of the terminal")
	flags.IntVar(&o.limit, "limit", view.MarkdownLimit, "most `CHARACTERS` of Markdown")
	flags.StringVar(&o.full, "full", "", "write the whole Markdown to `FILE` when it is above the limit")
	flags.BoolVar(&o.noPager, "no-pager", false, "print long text at once, without a pager")
}

func (o *showOptions) check() error {
	switch {
	case !slices.Contains(formats, o.format):
		return fmt.Errorf("--format: %q is none of %s", o.format, strings.Join(formats, ", "))
	case o.limit < view.LeastMarkdown:
		return fmt.Errorf("--limit: %d is too small, the least is %d", o.limit, view.LeastMarkdown)
	case o.width < 0:
		return errors.New("--width: a width cannot be negative")
	}
	return nil
}

func (o *showOptions) print(s streams, c *collector) error {
	reports := c.reports
	switch o.format {
	case "json":
		return view.JSON(s.out, reports)
	case "html":
		return view.HTML(s.out, c.frame(), reports)
	case "unified":
		return view.Unified(s.out, reports)
	case "markdown":
		return o.markdown(s.out, reports)
	}
	return o.text(s, reports)
}

func (o *showOptions) markdown(w io.Writer, reports []diff.Report) error {
	short, whole := view.Markdown(reports, o.limit, o.full)
	if o.full != "" && short != whole {
		if err := os.WriteFile(o.full, []byte(whole), 0o644); err != nil {
			return outputError(o.full, err)
		}
	}
	_, err := io.WriteString(w, short)
	return err
}

func (o *showOptions) text(s streams, reports []diff.Report) error {
	options := view.TextOptions{Width: o.width}
	fd := int(s.out.Fd())
	height := 0
	if term.IsTerminal(fd) {
		width, rows, err := term.GetSize(fd)
		if err == nil && options.Width == 0 {
			options.Width = width
		}
		height = rows
		options.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	var b bytes.Buffer
	if err := view.Text(&b, reports, options); err != nil {
		return err
	}
	if height > 0 && !o.noPager && bytes.Count(b.Bytes(), []byte("\n")) >= height {
		if done := throughPager(s, b.Bytes()); done {
			return nil
		}
	}
	_, err := s.out.Write(b.Bytes())
	return err
}

// throughPager hands text to the user's pager, and tells whether one took it.
func throughPager(s streams, text []byte) bool {
	pager, set := os.LookupEnv("PAGER")
	if set && pager == "" || pager == "cat" {
		return false
	}
	if pager == "" {
		pager = "less"
	}
	cmd := exec.Command("sh", "-c", pager)
	cmd.Env = append(os.Environ(), "LESS=FRX")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(text), s.out, s.err
	err := cmd.Run()
	var exit *exec.ExitError
	return err == nil || errors.As(err, &exit) && exit.ExitCode() != 127 && exit.ExitCode() != 126
}
