package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hagen/internal/sopstest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hagen": main})
}

// Every script is what a user types and sees: both streams and the exit code.
// $BOTH is a small spec for both targets, $EXAMPLES the folder of those that
// ship; hagen secrets finds sops and, in $HOME, the keys of nobody else.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	both, err := filepath.Abs("testdata/both.toml")
	if err != nil {
		t.Fatal(err)
	}
	sops := sopstest.Program(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("BOTH", both)
			env.Setenv("HAGEN_SOPS", sops)
			env.Setenv("HOME", env.WorkDir+"/home")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status":   status,
			"registry": startRegistry,
		},
	})
}

// status runs a command and compares its exit code: status 2 hagen build.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status CODE COMMAND ARG...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = string(rune('0' + exit.ExitCode()))
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}
