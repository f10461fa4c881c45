package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/material"
	"hagen/internal/secret"
)

// inGit looks whether Git would lose the encrypted files, and whether it holds
// something in the clear. Without Git, or outside of a work tree, there is
// nothing to find.
func inGit(need compile.Needs, values material.Values) []diag.Diagnostic {
	dir := need.SpecDir
	if _, err := git(dir, nil, "rev-parse", "--is-inside-work-tree"); err != nil {
		return nil
	}
	found := ignored(dir, need)
	return append(found, inTheClear(dir, values)...)
}

func ignored(dir string, need compile.Needs) []diag.Diagnostic {
	store := filepath.Join(need.Dir, secret.StoreFile)
	if _, err := git(dir, nil, "check-ignore", "--quiet", "--no-index", store); err != nil {
		return nil
	}
	return []diag.Diagnostic{{
		Message: "Git ignores the folder of the encrypted secrets",
		Reason:  "they would be lost with this machine, and nobody else could build",
		Fix:     "take the pattern out of .gitignore, or add: !/" + filepath.ToSlash(compile.SecretsFolder(need.Name, need.Environment)) + "/**",
	}}
}

// inTheClear searches what Git tracks for private keys and for the values
// themselves, which travel through a pipe.
func inTheClear(dir string, values material.Values) []diag.Diagnostic {
	patterns := secret.PrivateKeys()
	for _, value := range values {
		if line := telling(value); line != "" {
			patterns = append(patterns, line)
		}
	}
	out, err := git(dir, []byte(strings.Join(patterns, "\n")+"\n"), "grep", "-z", "--files-with-matches", "--fixed-strings", "-I", "-f", "-")
	if err != nil {
		return nil // nothing was found
	}
	var found []diag.Diagnostic
	for _, name := range strings.Split(strings.TrimRight(string(out), "\x00"), "\x00") {
		found = append(found, diag.Diagnostic{
			Place:   diag.Place{File: name},
			Message: "Git tracks a secret or a private key in the clear",
			Reason:  "everybody who can read the repository, now or later, has it; removing the file does not remove it from the history",
			Fix:     "take it out of Git, and rotate what it holds: hagen secrets rotate NAME",
		})
	}
	return found
}

// tellingLength is what a line must have to be found by itself and not by
// chance.
const tellingLength = 12

// telling returns the longest line of a value, or nothing if chance could
// repeat it.
func telling(value string) string {
	longest := ""
	for _, line := range strings.Split(value, "\n") {
		if len(line) > len(longest) && !strings.HasPrefix(line, "-----") {
			longest = line
		}
	}
	if len(longest) < tellingLength {
		return ""
	}
	return longest
}

func git(dir string, in []byte, args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(in)
	return cmd.Output()
}
