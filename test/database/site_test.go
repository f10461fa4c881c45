package database

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a shell, SQL or a client could break.
const (
	awkwardName     = `har'b"or\ 1$`
	awkwardPassword = `p@ss 'w"or\d %s $HOME #;` + "`ü"
)

// A site is a rendering whose database is a server of the test.
type site struct {
	t        *testing.T
	server   *server
	out      string
	database string
	name     string
	password string
	// work holds files of the test, tmp those of the script and of its server,
	// who is another user
	work, tmp string
}

const specText = `name = "hub"
[registry]
version = %q
url = "http://hub.example.com"
[storage.cephfs]
monitors = ["10.0.0.11:6789"]
path = "/apps/harbor"
user = "harbor"
[database]
host = "127.0.0.1"
port = %d
name = %q
username = '''%s'''
[redis]
addresses = ["10.0.0.12:6379"]
[[vm.nodes]]
name = "node1"
address = "10.0.0.21"
[secrets]
provider = "existing"
%s`

// render compiles a spec, with more lines at its end.
func render(t *testing.T, s *server, version, database, name, more string) *site {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(specText, version, s.port, database, name, more)
	if err := os.WriteFile(filepath.Join(dir, "hub.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := filepath.Abs("../../bin/hagen")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "build", "-q", "hub.toml")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("hagen build: %v: %s", err, out)
	}
	tmp, _ := folder(t, "mysql")
	return &site{t, s, filepath.Join(dir, "out", "hub"), database, name, awkwardPassword, dir, tmp}
}

const fromAnywhere = `
[database.bootstrap]
hosts = ["%"]`

// harbor1 is a site of Harbor 1.2 on a server that has its account.
func harbor1(t *testing.T, s *server, database string) *site {
	t.Helper()
	site := render(t, s, "1.2.0", database, awkwardName, fromAnywhere)
	if out, err := site.bootstrap(site.password); err != nil {
		t.Fatalf("bootstrap.sql: %v: %s", err, out)
	}
	return site
}

func (s *site) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.out, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// bootstrap runs bootstrap.sql as its own head says, with the password typed.
func (s *site) bootstrap(password string) (string, error) {
	s.t.Helper()
	var command []string
	for line := range strings.SplitSeq(s.read("database/bootstrap.sql"), "\n") {
		if text, ok := strings.CutPrefix(line, "--   "); ok {
			command = append(command, text)
		}
	}
	text := strings.Join(command, "\n")
	client := fmt.Sprintf("mysql -h 127.0.0.1 -P %d -u root -p", s.server.port)
	if !strings.Contains(text, client) {
		s.t.Fatalf("the head of bootstrap.sql does not say how to run it:\n%s", text)
	}
	text = strings.Replace(text, client, "mysql --no-defaults --socket="+s.server.dir+"/socket -u root", 1)
	cmd := exec.Command("bash", "-c", text)
	cmd.Dir, cmd.Stdin = filepath.Join(s.out, "database"), strings.NewReader(password+"\n")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// variables are those that the bundle gives the container.
func (s *site) variables() []string {
	list := []string{"PATH=" + os.Getenv("PATH"), "DATABASE_PASSWORD=" + s.password}
	compose := s.read("compose/node1/docker-compose.yml")
	_, service, _ := strings.Cut(compose, "  database-bootstrap:\n")
	for _, name := range []string{"HOST", "PORT", "NAME", "USERNAME", "SCHEMA"} {
		_, value, ok := strings.Cut(service, "DATABASE_"+name+": ")
		if !ok {
			s.t.Fatalf("the bundle has no DATABASE_%s:\n%s", name, service)
		}
		value, _, _ = strings.Cut(value, "\n")
		// what the file holds is YAML and Compose's; test/sinks proves that it arrives
		if name == "USERNAME" {
			value = s.name
		}
		list = append(list, "DATABASE_"+name+"="+strings.Trim(value, `"`))
	}
	source, err := fresh()
	if err != nil {
		s.t.Fatal(err)
	}
	here, err := filepath.Abs("testdata")
	if err != nil {
		s.t.Fatal(err)
	}
	return append(list, "FRESH="+source, "TABLES="+here+"/registry.sql", "DATABASE_ENTRYPOINT="+here+"/entrypoint.sh",
		"TMPDIR="+s.tmp, "DATABASE_WAIT=2")
}

// loader is the container's command, with what is changed of its variables.
func (s *site) loader(dump string, changed ...string) *exec.Cmd {
	s.t.Helper()
	args := []string{filepath.Join(s.out, "compose/node1/config/database-bootstrap/load.sh")}
	if dump != "" {
		args = append(args, dump)
	}
	cmd := exec.Command("sh", args...)
	cmd.Env = append(s.variables(), changed...)
	return cmd
}

// load runs it to its end.
func (s *site) load(dump string, changed ...string) (string, error) {
	out, err := s.loader(dump, changed...).CombinedOutput()
	if strings.Contains(string(out), s.password) {
		s.t.Errorf("the password is in the output:\n%s", out)
	}
	return string(out), err
}

// loads wants it to end well and to say something.
func (s *site) loads(want, dump string) {
	s.t.Helper()
	out, err := s.load(dump)
	if err != nil || !strings.Contains(out, want) {
		s.t.Fatalf("got %v, want %q in\n%s", err, want, out)
	}
}

// refuses wants it to end with a reason, and the database as it was.
func (s *site) refuses(want, dump string, changed ...string) {
	s.t.Helper()
	before := s.tables()
	out, err := s.load(dump, changed...)
	if err == nil || !strings.Contains(out, want) {
		s.t.Errorf("got %v, want %q in\n%s", err, want, out)
	}
	if now := s.tables(); now != before {
		s.t.Errorf("it changed the database: %s, before %s", now, before)
	}
}

func (s *site) tables() string {
	s.t.Helper()
	return strings.Join(strings.Fields(s.server.run("SELECT table_name FROM information_schema.tables WHERE table_schema = '"+s.database+"' ORDER BY 1")), " ")
}

const (
	loaded  = "has the tables of revision 1.2.0"
	already = "has its tables already, nothing was changed"
)
