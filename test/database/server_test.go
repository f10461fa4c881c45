package database

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A server is a database server of a test, reached at 127.0.0.1 as Harbor does
// and by its socket as an administrator.
type server struct {
	t    *testing.T
	dir  string
	port int
}

// folder makes a directory that belongs to the user of a server; those of the
// tests are root's alone.
func folder(t testing.TB, owner string) (string, *syscall.Credential) {
	t.Helper()
	dir, err := os.MkdirTemp("", "hagen-database-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	account, err := user.Lookup(owner)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatalf("%v: these tests give files to the users of servers, and run as root", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// start runs a server until the test ends.
func start(t testing.TB, as *syscall.Credential, dir, program string, args ...string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		log.Close()
	})
}

// until asks again and again, as long as a slow machine may take.
func until(t testing.TB, dir string, ready func() error) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		err := ready()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(dir, "server.log"))
			t.Fatalf("%v\n%s", err, log)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// fresh is a directory of MariaDB without tables, made once.
var fresh = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hagen-mariadb-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("mariadb-install-db", "--no-defaults", "--user=mysql", "--datadir="+dir, "--innodb-log-file-size=8M",
		"--skip-test-db", "--auth-root-authentication-method=normal").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("mariadb-install-db: %w: %s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := fresh(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// mariaDB starts a server as the spec asks for one.
func mariaDB(t *testing.T, options ...string) *server {
	t.Helper()
	source, err := fresh()
	if err != nil {
		t.Fatal(err)
	}
	dir, as := folder(t, "mysql")
	if out, err := exec.Command("cp", "-a", source, dir+"/data").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := &server{t, dir, freePort(t)}
	start(t, as, dir, "mariadbd", append([]string{
		"--no-defaults", "--datadir=" + dir + "/data", "--socket=" + dir + "/socket", "--pid-file=" + dir + "/pid",
		"--bind-address=127.0.0.1", "--port=" + strconv.Itoa(s.port), "--skip-name-resolve", "--sql-mode=",
		"--innodb-flush-log-at-trx-commit=0", "--character-set-server=utf8mb4",
	}, options...)...)
	until(t, dir, func() error { _, err := s.try("DO 0"); return err })
	return s
}

// try runs statements as the administrator.
func (s *server) try(sql string) (string, error) {
	cmd := exec.Command("mariadb", "--no-defaults", "--socket="+s.dir+"/socket", "--user=root", "--batch", "--skip-column-names", "--default-character-set=utf8")
	cmd.Stdin = strings.NewReader(sql)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("mariadb: %w: %s", err, out)
	}
	return string(out), nil
}

func (s *server) run(sql string) string {
	s.t.Helper()
	out, err := s.try(sql)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// as runs statements as somebody from outside.
func (s *server) as(name, password, sql string) (string, error) {
	cmd := exec.Command("mariadb", "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--port="+strconv.Itoa(s.port),
		"--user="+name, "--batch", "--skip-column-names", "--default-character-set=utf8")
	cmd.Env = append(os.Environ(), "MYSQL_PWD="+password)
	cmd.Stdin = strings.NewReader(sql)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return string(out), nil
}

// postgreSQL starts Debian's server.
func postgreSQL(t *testing.T) *server {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		t.Fatal("there is no PostgreSQL: test/install.sh installs it")
	}
	dir, as := folder(t, "postgres")
	return startPostgreSQL(t, found[len(found)-1], dir, as)
}

// postgreSQLRelease starts a server of another release, which package.json names. Its
// user may not read the folders above that one, so it gets a copy.
func postgreSQLRelease(t *testing.T, release string) *server {
	t.Helper()
	files := "node_modules/postgresql-" + release + "/native"
	if _, err := os.Stat(files); err != nil {
		t.Skip("there is no PostgreSQL " + release + " for this machine: npm ci installs it where there is one")
	}
	dir, as := folder(t, "postgres")
	if out, err := exec.Command("cp", "-a", files, dir+"/program").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return startPostgreSQL(t, dir+"/program/bin", dir, as)
}

// startPostgreSQL starts a server whose own databases have another encoding.
func startPostgreSQL(t *testing.T, bin, dir string, as *syscall.Credential) *server {
	t.Helper()
	initdb := exec.Command(bin+"/initdb", "--pgdata="+dir+"/data", "--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256",
		"--encoding=SQL_ASCII", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: as}
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := &server{t, dir, freePort(t)}
	start(t, as, dir, bin+"/postgres", "-D", dir+"/data", "-k", dir, "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1", "-F")
	until(t, dir, func() error { _, err := s.psql(dir, "postgres", "postgres", "", "SELECT 1"); return err })
	return s
}

// psql runs statements; the host is an address or the folder of the socket.
func (s *server) psql(host, name, database, password, sql string, args ...string) (string, error) {
	cmd := exec.Command("psql", append([]string{
		"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", strconv.Itoa(s.port), "-U", name, "-d", database,
	}, args...)...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password, "LC_ALL=C")
	cmd.Stdin = strings.NewReader(sql)
	// without a terminal it asks for passwords where the statements come from
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("psql: %w: %s", err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
