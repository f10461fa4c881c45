package gitops

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// commands are those that a page of documentation gives below a heading, with
// pairs of old and new texts replaced: what a user would have put in.
func commands(t testing.TB, page, heading string, changes ...string) string {
	t.Helper()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(data), heading+"\n")
	_, block, fenced := strings.Cut(section, "```sh\n")
	block, _, _ = strings.Cut(block, "```")
	if !found || !fenced {
		t.Fatalf("%s has no commands below %q", page, heading)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if !strings.Contains(block, changes[i]) {
			t.Fatalf("%s: no %q in the commands below %q:\n%s", page, changes[i], heading, block)
		}
	}
	return strings.NewReplacer(changes...).Replace(block)
}

// follow runs commands in a folder, as somebody who has a shell and kubectl.
func (s *server) follow(folder, script string) {
	s.t.Helper()
	path := filepath.Dir(tool(s.t, newest, "kubectl")) + string(os.PathListSeparator) + os.Getenv("PATH")
	said := run(s.t, folder, []string{"KUBECONFIG=" + s.kubeconfig, "PATH=" + path}, "bash", "-euxo", "pipefail", "-c", script)
	s.t.Logf("%s%s", script, said)
}
