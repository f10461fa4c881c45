// Command hagen compiles one TOML spec into everything that a highly
// available Harbor registry needs, on virtual machines and on Kubernetes.
package main

import (
	"errors"
	"os"
	"runtime/debug"
	"strings"

	"hagen/internal/diag"
)

// version is hagen's own; release builds set it with -ldflags -X.
var version = "0.1.0"

// Exit codes, the same for every command.
const (
	exitDifferent = 1 // what was asked for is so: stale, findings, differences
	exitFailed    = 2 // the command could not do its work
)

func main() {
	tuneMemory()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// tuneMemory lets a short run finish without collecting garbage; a long one
// collects when it has to.
func tuneMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(gcPercentShort)
		debug.SetMemoryLimit(memoryLimitShort)
	}
}

// run executes one command line and returns its exit code.
func run(args []string, in *os.File, out, errOut *os.File) int {
	root := newRoot(streams{in: in, out: out, err: errOut})
	root.SetArgs(args)
	err := root.Execute()
	var code exitCode
	if errors.As(err, &code) {
		return int(code)
	}
	if err != nil {
		show(errOut, diag.Flatten(unknownCommand(err)))
		return exitFailed
	}
	return 0
}

// unknownCommand puts cobra's guess of what was meant into hagen's form.
func unknownCommand(err error) error {
	message, guess, _ := strings.Cut(err.Error(), "\n")
	if !strings.HasPrefix(message, "unknown command") {
		return err
	}
	d := diag.Diagnostic{Message: message, Fix: "hagen --help lists the commands"}
	if _, names, ok := strings.Cut(guess, "?"); ok {
		d.Fix = "did you mean " + strings.Join(strings.Fields(names), " or ")
	}
	return d
}

// exitCode is an outcome that has been reported already.
type exitCode int

func (exitCode) Error() string { return "" }
