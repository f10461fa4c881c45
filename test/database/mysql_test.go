package database

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// properties are the texts of the stand-in that hold the name of its database.
const properties = "SELECT k, HEX(v) FROM properties ORDER BY k"

// standIn is a server that holds the stand-in's tables as an installation does.
func standIn(t *testing.T) *server {
	t.Helper()
	data, err := os.ReadFile("testdata/registry.sql")
	if err != nil {
		t.Fatal(err)
	}
	s := mariaDB(t)
	s.run(string(data))
	return s
}

// The tables arrive once, under another name, and nothing else of them changes.
func TestLoad(t *testing.T) {
	t.Parallel()
	source := standIn(t)
	// a server that takes no table without a key, as group replication
	s := mariaDB(t, "--innodb-force-primary-key=ON")
	site := harbor1(t, s, "registry_k8s")
	site.loads(loaded, "")
	if got, want := site.tables(), "access alembic_version project properties user"; got != want {
		t.Errorf("tables %q, want %q", got, want)
	}
	for _, sql := range []string{properties, "SELECT * FROM access", "SELECT user_id, username FROM user", "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'access'"} {
		if got, want := s.run("USE registry_k8s; "+sql), source.run("USE registry; "+sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	if got := s.run("SELECT DISTINCT table_collation FROM information_schema.tables WHERE table_schema = 'registry_k8s'"); strings.Contains(got, "utf8mb4") {
		t.Errorf("collations %s of the server, not of the image", got)
	}
	if got := s.run("SHOW DATABASES LIKE 'registry%'"); got != "registry_k8s\n" {
		t.Errorf("databases %q", got)
	}
	s.run("USE registry_k8s; INSERT INTO user (username) VALUES ('later'); UPDATE access SET comment = 'changed'")
	site.loads(already, "")
	if got := s.run("USE registry_k8s; SELECT COUNT(*) FROM user WHERE username = 'later'; SELECT DISTINCT comment FROM access"); got != "1\nchanged\n" {
		t.Errorf("a second run changed the tables: %q", got)
	}
	if left, _ := filepath.Glob(site.tmp + "/tmp.*/dump"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// Nodes that start it in the same moment load once.
func TestThreeAtOnce(t *testing.T) {
	t.Parallel()
	site := harbor1(t, mariaDB(t), "registry")
	type result struct {
		out string
		err error
	}
	results := make(chan result)
	for range 3 {
		go func() {
			out, err := site.load("")
			results <- result{out, err}
		}()
	}
	var said []string
	for range 3 {
		r := <-results
		if r.err != nil {
			t.Errorf("%v: %s", r.err, r.out)
		}
		said = append(said, r.out)
	}
	if n := len(slices.DeleteFunc(slices.Clone(said), func(out string) bool { return !strings.Contains(out, loaded) })); n != 1 {
		t.Errorf("%d have loaded the tables: %q", n, said)
	}
	if got := site.server.run("SELECT COUNT(*) FROM registry.user"); got != "2\n" {
		t.Errorf("users: %s", got)
	}
}

// What is there and not Harbor's is left alone, and each reason has its words.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s := mariaDB(t)
	site := harbor1(t, s, "registry")
	again := func() { s.run("DROP DATABASE registry; CREATE DATABASE registry CHARACTER SET utf8") }

	s.run("CREATE TABLE registry.wordpress (id int PRIMARY KEY)")
	site.refuses("holds tables that are not Harbor's: wordpress", "")
	again()
	s.run("USE registry; CREATE TABLE access (access_id int PRIMARY KEY); CREATE TABLE alembic_version (version_num varchar(32))")
	site.refuses("holds 2 tables, and not all of Harbor's", "")
	s.run("INSERT INTO registry.alembic_version VALUES ('0.4.0')")
	site.refuses("are of revision 0.4.0, and this release needs 1.2.0", "")
	again()

	site.refuses("refuses the user "+awkwardName, "", "DATABASE_PASSWORD=wrong")
	site.refuses("127.0.0.1:1 does not answer", "", "DATABASE_PORT=1")
	site.refuses("nowhere.invalid:", "", "DATABASE_HOST=nowhere.invalid")
	site.refuses("lacks a right on other", "", "DATABASE_NAME=other")
	s.run("CREATE USER reader@'%' IDENTIFIED BY 'secret'; GRANT SELECT ON registry.* TO reader@'%'")
	site.refuses("the user reader lacks a right", "", "DATABASE_USERNAME=reader", "DATABASE_PASSWORD=secret")
	site.refuses("the server of the database image ended", "", "DATABASE_ENTRYPOINT=/bin/false")

	// a load that breaks off leaves tables, which the next run finds
	dump := s.dump(t, site, "registry")
	data, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(site.work, "broken.sql")
	text := strings.Replace(string(data), "CREATE TABLE `properties`", "SELECT nothing;\nCREATE TABLE `properties`", 1)
	if err := os.WriteFile(broken, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := site.load(broken); err == nil || !strings.Contains(out, "does not do as it is told") {
		t.Errorf("a broken load: %v: %s", err, out)
	}
	site.refuses("an earlier load was broken off", "")
	site.refuses("an earlier load was broken off", dump)
	again()
	site.loads(loaded, "")
}

// dump makes a file of an installation's own database, as docs/database.md says.
func (s *server) dump(t *testing.T, site *site, database string, options ...string) string {
	t.Helper()
	source := standIn(t)
	source.run("USE registry; CREATE VIEW registry_projects AS SELECT p.name, 'USE `registry`;' AS text FROM registry.project p;" +
		"INSERT INTO user (username) VALUES ('alice'); CREATE DATABASE other; CREATE TABLE other.t (id int)")
	if !slices.Contains(options, "views") {
		source.run("DROP VIEW registry.registry_projects")
	}
	options = slices.DeleteFunc(options, func(option string) bool { return option == "views" })
	name := filepath.Join(site.work, "dump.sql")
	args := append([]string{"--no-defaults", "--socket=" + source.dir + "/socket", "--user=root", "--result-file=" + name}, options...)
	if !slices.Contains(options, "--all-databases") {
		args = append(args, "--databases", database)
	}
	if out, err := exec.Command("mysqldump", args...).CombinedOutput(); err != nil {
		t.Fatalf("mysqldump: %v: %s", err, out)
	}
	return name
}

// An installation's own data goes into an external server of another name.
func TestDump(t *testing.T) {
	t.Parallel()
	s := mariaDB(t)
	site := harbor1(t, s, "registry_k8s")
	dump := s.dump(t, site, "registry")
	site.loads(loaded, dump)
	if got := s.run("USE registry_k8s; SELECT username FROM user WHERE username = 'alice'; SHOW DATABASES LIKE 'registry%'"); got != "alice\nregistry_k8s\n" {
		t.Errorf("got %q", got)
	}
	source := standIn(t)
	if got, want := s.run("USE registry_k8s; "+properties), source.run("USE registry; "+properties); got != want {
		t.Errorf("texts %q, want %q", got, want)
	}
	site.loads(already, dump)

	// without rights of its own a view cannot come, with them it is the user's
	s.run("DROP DATABASE registry_k8s; CREATE DATABASE registry_k8s; CREATE USER all_of_it@'%' IDENTIFIED BY 'x'; GRANT ALL ON registry_k8s.* TO all_of_it@'%'")
	dump = s.dump(t, site, "registry", "views", "--add-drop-database")
	if out, err := site.load(dump, "DATABASE_USERNAME=all_of_it", "DATABASE_PASSWORD=x"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := s.run("USE registry_k8s; SELECT name, text FROM registry_projects; SELECT definer FROM information_schema.views WHERE table_schema = DATABASE()"); got != "library\tUSE `registry`;\nall_of_it@%\n" {
		t.Errorf("the view says %q", got)
	}

	s.run("DROP DATABASE registry_k8s; CREATE DATABASE registry_k8s")
	site.refuses("holds several databases", s.dump(t, site, "", "--all-databases"))
	site.refuses("has no end", cut(t, s.dump(t, site, "registry")))
	site.refuses("is not one of Harbor", s.dump(t, site, "other"))
	site.refuses("there is no file", site.work+"/none.sql")
}

// cut leaves out the last part of a file.
func cut(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// The account does what Harbor does, and nothing beside it.
func TestRights(t *testing.T) {
	t.Parallel()
	s := mariaDB(t)
	site := harbor1(t, s, "registry_k8s")
	site.loads(loaded, "")
	s.run("CREATE DATABASE registryXk8s; CREATE TABLE registryXk8s.t (id int PRIMARY KEY); CREATE DATABASE other; CREATE TABLE other.t (id int PRIMARY KEY)")
	as := func(sql string) error { _, err := s.as(site.name, site.password, sql); return err }
	for _, sql := range []string{
		"INSERT INTO registry_k8s.user (username) VALUES ('bob')",
		"UPDATE registry_k8s.user SET username = 'eve' WHERE username = 'bob'",
		"SELECT * FROM registry_k8s.project JOIN registry_k8s.user ON owner_id = user_id",
		"DELETE FROM registry_k8s.user WHERE username = 'eve'",
	} {
		if err := as(sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	for _, sql := range []string{
		"SELECT * FROM other.t", "SELECT * FROM registryXk8s.t", "INSERT INTO registryXk8s.t VALUES (1)", "SELECT * FROM mysql.user",
		"DROP TABLE registry_k8s.user", "DROP DATABASE registry_k8s", "ALTER TABLE registry_k8s.user ADD x int", "CREATE DATABASE third",
		"CREATE USER x@'%'", "GRANT SELECT ON registry_k8s.* TO x@'%'", "SET GLOBAL sql_mode = ''", "SELECT 1 INTO OUTFILE '/tmp/x'",
	} {
		if err := as(sql); err == nil || !strings.Contains(err.Error(), "denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	// it may be run again, and sets another password
	if out, err := site.bootstrap("another 'one'"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if as("DO 0") == nil {
		t.Error("the old password still serves")
	}
	if _, err := s.as(site.name, "another 'one'", "SELECT * FROM registry_k8s.project"); err != nil {
		t.Error(err)
	}
	// without one it makes no account
	if out, err := s.try("DROP USER " + quoted(site.name) + "@'%'; " + site.read("database/bootstrap.sql")); err == nil || !strings.Contains(err.Error(), "first SET @password") {
		t.Errorf("without a password: %v: %s", err, out)
	}
	if got := s.run("SELECT COUNT(*) FROM mysql.user WHERE user = " + quoted(site.name)); got != "0\n" {
		t.Errorf("accounts without a password: %s", got)
	}
}

func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(text) + "'"
}

// The nodes, and nobody else, are let in.
func TestHosts(t *testing.T) {
	t.Parallel()
	s := mariaDB(t)
	site := render(t, s, "1.2.0", "registry", "harbor", "")
	if out, err := site.bootstrap(site.password); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := s.run("SELECT host FROM mysql.user WHERE user = 'harbor'"); got != "10.0.0.21\n" {
		t.Errorf("hosts %q", got)
	}
	site.refuses("the user is not let in from this address", "")
	s.run("DELETE FROM mysql.global_priv WHERE host <> 'localhost'; FLUSH PRIVILEGES")
	site.refuses("name it in database.bootstrap.hosts", "")
}

// A server that says another version of itself gets the statements of that one.
// The first is MariaDB's syntax too and runs; what MySQL 5.7 and 8 alone know is
// compared.
func TestVersions(t *testing.T) {
	t.Parallel()
	s := mariaDB(t, "--version=5.6.35-log")
	site := harbor1(t, s, "registry")
	site.loads(loaded, "")

	statement := regexp.MustCompile(`(?m)^PREPARE .*\nEXECUTE .*\nDEALLOCATE .*$`)
	for version, want := range map[string]string{
		"5.7.44-log":                          "CREATE USER IF NOT EXISTS %s IDENTIFIED WITH mysql_native_password BY %s\nALTER USER %s IDENTIFIED WITH mysql_native_password BY %s\n",
		"8.0.36":                              "CREATE USER IF NOT EXISTS %s IDENTIFIED WITH mysql_native_password BY %s\nALTER USER %s IDENTIFIED WITH mysql_native_password BY %s\n",
		"5.6.51":                              "GRANT USAGE ON *.* TO %s IDENTIFIED BY %s\nGRANT USAGE ON *.* TO %s IDENTIFIED BY %s\n",
		"10.5.8-MariaDB-1:10.5.8+maria~focal": "CREATE USER IF NOT EXISTS %s IDENTIFIED BY %s\nALTER USER %s IDENTIFIED BY %s\n",
	} {
		text := strings.ReplaceAll(statement.ReplaceAllString(site.read("database/bootstrap.sql"), "SELECT @statement;"), "VERSION()", "'"+version+"'")
		text = text[:strings.LastIndex(text, "GRANT ")]
		got := s.run("SET @password = 'it''s'; " + strings.ReplaceAll(text, "SELECT @statement;", "SELECT REPLACE(@statement, '\\\\', '/');"))
		account, password := strings.ReplaceAll(quoted(site.name)+"@'%'", `\\`, "//"), "'it/'s'"
		if want := fmt.Sprintf(want, account, password, account, password); got != want {
			t.Errorf("%s:\n%swant\n%s", version, got, want)
		}
	}
}
