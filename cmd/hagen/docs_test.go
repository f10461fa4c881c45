package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// pages are what users read, by their paths below the repository.
var pages = []string{"README.md", "CHANGELOG.md", "docs/guide.md", "docs/commands.md", "docs/secrets.md", "docs/operating-vms.md", "docs/overlays.md", "docs/reference.md", "docs/diff.md", "docs/impact.md", "docs/storage.md", "docs/site.md"}

func page(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A block of code below a line with nothing but a path is that file.
var fileBlock = regexp.MustCompile("(?m)^`([^`\n]+)`:\n\n```[a-z]*\n((?:[^`]|`[^`])*?)^```$")

// waived are the notes of what a page's spec waives.
var waived = regexp.MustCompile(`(?m)^hagen\.toml\S* note: .*\n(?:  .*\n)*`)

// What a page tells to write builds.
func TestPagesBuild(t *testing.T) {
	for _, name := range pages {
		files := fileBlock.FindAllStringSubmatch(page(t, name), -1)
		if len(files) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for _, file := range files {
				write(t, file[1], file[2])
			}
			output := waived.ReplaceAllString(quietRun(t, "build"), "")
			if want := "out/hub: Harbor 2.15.2, "; !strings.HasPrefix(output, want) {
				t.Errorf("got %s", output)
			}
		})
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// quietRun runs a command that must succeed and returns both of its streams.
func quietRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	code := run(args, os.Stdin, out, out)
	output, err := os.ReadFile(out.Name())
	if code != 0 || err != nil {
		t.Fatalf("exit code %d, %v\n%s", code, err, output)
	}
	return string(output)
}

var (
	shell       = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	commandLine = regexp.MustCompile(`(?m)^hagen( [^#>\n]*)`)
)

// Every command line on a page is one that hagen takes.
func TestPagesNameRealCommands(t *testing.T) {
	count := 0
	for _, name := range pages {
		for _, block := range shell.FindAllString(page(t, name), -1) {
			for _, line := range commandLine.FindAllStringSubmatch(block, -1) {
				count++
				checkLine(t, name, strings.Fields(line[1]))
			}
		}
	}
	if count < 20 {
		t.Errorf("only %d command lines were found", count)
	}
}

func checkLine(t *testing.T, name string, args []string) {
	t.Helper()
	root := newRoot(streams{os.Stdin, os.Stdout, os.Stderr})
	root.InitDefaultCompletionCmd()
	cmd, rest, err := root.Find(args)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil || cmd == root {
		t.Errorf("%s: hagen %s: %v", name, strings.Join(args, " "), err)
	}
}

// docs/commands.md has a section for each command, with each of its flags.
func TestCommandsAreDocumented(t *testing.T) {
	sections := map[string]string{}
	for _, section := range strings.Split(page(t, "docs/commands.md"), "\n## hagen ")[1:] {
		name, text, _ := strings.Cut(section, "\n")
		sections[strings.Fields(name)[0]] = text
	}
	root := newRoot(streams{os.Stdin, os.Stdout, os.Stderr})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		section, ok := sections[cmd.Name()]
		if !ok {
			t.Errorf("hagen %s has no section", cmd.Name())
		}
		if cmd.Name() == "secrets" || cmd.Name() == "site" {
			checkBelow(t, cmd, section)
			continue
		}
		checkFlags(t, cmd, section)
	}
}

// checkBelow wants a part of the section for each command below another.
func checkBelow(t *testing.T, parent *cobra.Command, section string) {
	t.Helper()
	parts := map[string]string{}
	for _, part := range strings.Split(section, "\n### ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		parts[strings.Fields(name)[0]] = text
	}
	for _, cmd := range parent.Commands() {
		if parts[cmd.Name()] == "" {
			t.Errorf("%s has no part", cmd.CommandPath())
		}
		checkFlags(t, cmd, parts[cmd.Name()])
	}
}

var (
	flagOf  = regexp.MustCompile(`(?m)^ +(?:-., )?--([a-z0-9-]+)`)
	flagRow = regexp.MustCompile("(?m)^\\| (?:`-.`, )?`--([a-z0-9-]+)")
)

func checkFlags(t *testing.T, cmd *cobra.Command, section string) {
	t.Helper()
	for _, flag := range flagOf.FindAllStringSubmatch(cmd.LocalFlags().FlagUsages(), -1) {
		if flag[1] != "help" && !strings.Contains(section, "`--"+flag[1]) {
			t.Errorf("hagen %s --%s is not documented", cmd.Name(), flag[1])
		}
	}
	for _, row := range flagRow.FindAllStringSubmatch(section, -1) {
		if cmd.Flags().Lookup(row[1]) == nil {
			t.Errorf("hagen %s has no flag --%s", cmd.Name(), row[1])
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#: ]+)(#[^)]*)?\)`)

// Links within the repository lead somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, name := range pages {
		for _, target := range link.FindAllStringSubmatch(page(t, name), -1) {
			path := filepath.Join("..", "..", filepath.Dir(name), target[1])
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %s: %v", name, target[1], err)
			}
		}
	}
}
