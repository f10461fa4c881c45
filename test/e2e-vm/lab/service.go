package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Service is a program of the machine that runs in the lab, such as a database.
type Service struct {
	cmd *exec.Cmd
	log bytes.Buffer
}

// Start runs a program until Stop; as names the user, if it is not root.
func Start(as string, name string, args ...string) (*Service, error) {
	s := &Service{cmd: exec.Command(name, args...)}
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{}
	if as != "" {
		credential, err := credentialOf(as)
		if err != nil {
			return nil, err
		}
		s.cmd.SysProcAttr.Credential = credential
	}
	return s, s.cmd.Start()
}

func credentialOf(name string) (*syscall.Credential, error) {
	found, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(found.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(found.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// Stop ends the program.
func (s *Service) Stop() {
	if s != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
}

// Log is what it has said.
func (s *Service) Log() string { return s.log.String() }

// folder makes one that belongs to a user, with a certificate in it.
func folder(name, owner string, authority *Authority) (string, error) {
	dir := filepath.Join(Dir(), "services", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if authority != nil {
		if err := authority.Issue(dir); err != nil {
			return "", err
		}
	}
	_, err := run("chown", "-R", owner, dir)
	return dir, err
}

// Postgres starts PostgreSQL with a role and a database for Harbor.
func Postgres(authority *Authority, role, password, database string) (*Service, error) {
	dir, err := folder("postgres", "postgres", authority)
	if err != nil {
		return nil, err
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		return nil, errors.Join(errors.New("there is no PostgreSQL: run test/install.sh e2e-vm"), err)
	}
	bin, data := found[len(found)-1], filepath.Join(dir, "data")
	if _, err := run("runuser", "-u", "postgres", "--", bin+"/initdb", "--no-sync", "-D", data, "-A", "trust"); err != nil {
		return nil, err
	}
	rules := "local all all trust\nhost all all 0.0.0.0/0 scram-sha-256\n"
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(rules), 0o644); err != nil {
		return nil, err
	}
	service, err := Start("postgres", bin+"/postgres", "-D", data, "-k", dir, "-c", "fsync=off", "-c", "listen_addresses="+Gateway,
		"-c", "max_connections=300", "-c", "ssl=on", "-c", "ssl_cert_file="+dir+"/server.crt", "-c", "ssl_key_file="+dir+"/server.key")
	if err != nil {
		return nil, err
	}
	psql := func(sql string) error {
		cmd := exec.Command(bin+"/psql", "-h", dir, "-U", "postgres", "-v", "ON_ERROR_STOP=1")
		cmd.Stdin = strings.NewReader(sql)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("psql: %w: %s", err, out)
		}
		return nil
	}
	if err := Until(30*time.Second, func() error { return psql("SELECT 1;") }); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, service.Log())
	}
	quoted := strings.ReplaceAll(password, "'", "''")
	return service, psql(fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s';\nCREATE DATABASE %s OWNER %s;\n", role, quoted, database, role))
}

// Redis starts a server, with TLS if there is an authority.
func Redis(name string, port int, authority *Authority, password string) (*Service, error) {
	dir, err := folder(name, "redis", authority)
	if err != nil {
		return nil, err
	}
	lines := []string{"bind " + Gateway, "dir " + dir, `save ""`, "requirepass " + quoteRedis(password)}
	return startRedis(dir, "redis-server", append(lines, ports(dir, port, authority)...))
}

// Sentinel starts one that watches the server of a name.
func Sentinel(name string, port int, authority *Authority, master, password string) (*Service, error) {
	dir, err := folder(name, "redis", authority)
	if err != nil {
		return nil, err
	}
	lines := append(ports(dir, port, authority),
		"bind "+Gateway, "dir "+dir, "protected-mode no", "sentinel monitor "+master+" "+Gateway+" 6379 2",
		"sentinel auth-pass "+master+" "+quoteRedis(password))
	if authority != nil {
		lines = append(lines, "tls-replication yes")
	}
	return startRedis(dir, "redis-sentinel", lines)
}

func ports(dir string, port int, authority *Authority) []string {
	if authority == nil {
		return []string{fmt.Sprint("port ", port)}
	}
	return []string{
		"port 0", fmt.Sprint("tls-port ", port), "tls-auth-clients no",
		"tls-cert-file " + dir + "/server.crt", "tls-key-file " + dir + "/server.key", "tls-ca-cert-file " + dir + "/ca.crt",
	}
}

func quoteRedis(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

func startRedis(dir, program string, lines []string) (*Service, error) {
	path := filepath.Join(dir, "redis.conf")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	if _, err := run("chown", "redis", path); err != nil {
		return nil, err
	}
	return Start("redis", program, path)
}

// HAProxy starts the balancer with a configuration as it is.
func HAProxy(config string) (*Service, error) {
	s, err := Start("", "haproxy", "-db", "-f", config)
	return s, err
}

// Listen answers on an address as a Ceph monitor would be reached, and no more.
func Listen(address string) (io.Closer, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	// it may be there since the last test
	_, _ = run("ip", "address", "add", host+"/32", "dev", "lan")
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	return listener, nil
}

// Clear removes what a test has left in the lab: disks, databases, specs, names.
func Clear() error {
	var problems []error
	elsewhere.Clear()
	for _, name := range []string{"nodes", "services", "sites", "shared"} {
		problems = append(problems, os.RemoveAll(filepath.Join(Dir(), name)))
	}
	return errors.Join(problems...)
}

// MariaDB starts a server with a user and a database for Harbor 1.x, whose
// statements strict modes refuse. The text is what the database holds first.
func MariaDB(user, password, database, text string) (*Service, error) {
	dir, err := folder("mariadb", "mysql", nil)
	if err != nil {
		return nil, err
	}
	if _, err := run("mariadb-install-db", "--no-defaults", "--user=mysql", "--datadir="+dir+"/data", "--auth-root-authentication-method=normal"); err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "socket")
	service, err := Start("mysql", "mariadbd", "--no-defaults", "--datadir="+dir+"/data", "--socket="+socket, "--bind-address="+Gateway,
		"--sql-mode=", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve")
	if err != nil {
		return nil, err
	}
	client := func(sql string) error {
		cmd := exec.Command("mariadb", "--no-defaults", "--socket="+socket, "-u", "root")
		cmd.Stdin = strings.NewReader(sql)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("mariadb: %w: %s", err, out)
		}
		return nil
	}
	if err := Until(60*time.Second, func() error { return client("SELECT 1;") }); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, service.Log())
	}
	quoted := strings.NewReplacer(`\`, `\\`, "'", "''").Replace(password)
	return service, client(fmt.Sprintf("CREATE DATABASE %s CHARACTER SET utf8; CREATE USER '%s'@'%%' IDENTIFIED BY '%s';\nGRANT ALL ON %s.* TO '%s'@'%%';\nUSE %s;\n%s",
		database, user, quoted, database, user, database, text))
}
