package database

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// admin makes an administrator as hosted servers have one: no superuser.
func admin(s *server, name, more string) {
	s.t.Helper()
	sql := fmt.Sprintf("CREATE ROLE %[1]s LOGIN CREATEDB CREATEROLE %[2]s; CREATE DATABASE %[1]s", name, more)
	if _, err := s.psql(s.dir, "postgres", "postgres", "", sql); err != nil {
		s.t.Fatal(err)
	}
}

// account runs bootstrap.sql of a site as an administrator, with the password typed.
func (s *site) account(as string) {
	s.t.Helper()
	typed := s.password + "\n" + s.password + "\n"
	if _, err := s.server.psql(s.server.dir, as, as, "", typed, "-f", filepath.Join(s.out, "database/bootstrap.sql")); err != nil {
		s.t.Fatal(err)
	}
}

// Releases differ in what the maker of a role may do with it: the oldest that is
// served, and the newest.
func TestPostgreSQLReleases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ release, as, more string }{
		{"13", "postgres", ""},
		{"13", "boss", ""},
		{"18", "postgres", ""},
		{"18", "boss", ""},
		{"18", "modest", "NOINHERIT"},
	} {
		t.Run(c.release+" "+c.as, func(t *testing.T) {
			s := postgreSQLRelease(t, c.release)
			if c.as != "postgres" {
				admin(s, c.as, c.more)
			}
			site := render(t, s, "2.15.2", "registry", awkwardName, "")
			site.account(c.as)
			site.account(c.as)
			got, err := s.psql("127.0.0.1", awkwardName, "registry", site.password, "CREATE TABLE project (name text); SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'project'")
			if err != nil || got != "t" {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// The role owns its database and comes into no table elsewhere.
func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	s := postgreSQL(t)
	admin(s, "boss", "")
	for _, as := range []string{"postgres", "boss"} {
		t.Run(as, func(t *testing.T) {
			database, name := "registry-of_"+as, awkwardName+as
			site := render(t, s, "2.15.2", database, name, "")
			site.account(as)
			harbor := func(sql string) (string, error) { return s.psql("127.0.0.1", name, database, site.password, sql) }
			if _, err := harbor("CREATE TABLE project (name text); INSERT INTO project VALUES ('library')"); err != nil {
				t.Fatal(err)
			}
			site.account(as)
			// one core and one jobservice, each with a pool of 100
			// an installation's own tables come as docs/database.md says, and are the role's
			restore(t, s, name, database, site.password)
			for _, row := range [][2]string{
				{"SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'moved'", "t"},
				{"SELECT name FROM project", "library"},
				{"SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()", "UTF8"},
				{"SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user", "210"},
				{"SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user", "f"},
				{"CREATE EXTENSION pgcrypto; CREATE SCHEMA x; ALTER TABLE project ADD id int; DROP TABLE project; SELECT 1", "1"},
			} {
				if got, err := harbor(row[0]); err != nil || got != row[1] {
					t.Errorf("%s: %q, %v, want %q", row[0], got, err, row[1])
				}
			}
			for _, sql := range []string{"CREATE ROLE x", "CREATE DATABASE x", "SELECT rolpassword FROM pg_authid", "\\connect boss\nCREATE TABLE public.x ()"} {
				if got, err := harbor(sql); err == nil || !strings.Contains(err.Error(), "denied") && !strings.Contains(err.Error(), "must be") {
					t.Errorf("%s: %q, %v", sql, got, err)
				}
			}
			if _, err := s.psql("127.0.0.1", name, database, "wrong", "SELECT 1"); err == nil {
				t.Error("another password serves too")
			}
			if _, err := s.psql(s.dir, "postgres", "postgres", "", "DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.psql(s.dir, "stranger", database, "", "SELECT 1"); err == nil || !strings.Contains(err.Error(), "denied") {
				t.Errorf("a stranger comes in: %v", err)
			}
		})
	}
}

// restore dumps a table of the superuser, and loads it as the role.
func restore(t *testing.T, s *server, name, database, password string) {
	t.Helper()
	if _, err := s.psql(s.dir, "postgres", "postgres", "", "CREATE TABLE IF NOT EXISTS moved (name text)"); err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(s.port)
	dump := filepath.Join(t.TempDir(), "registry.dump")
	for _, args := range [][]string{
		{"pg_dump", "-h", s.dir, "-p", port, "-U", "postgres", "--format=custom", "--table=moved", "--file=" + dump, "postgres"},
		{"pg_restore", "-h", "127.0.0.1", "-p", port, "-U", name, "-d", database, "--no-owner", "--no-privileges", "--exit-on-error", dump},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", args[0], err, out)
		}
	}
}
