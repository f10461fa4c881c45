package accept

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// checkRsyslog has rsyslogd validate the configuration as if it were its only one.
func checkRsyslog(file File) error {
	path, remove, err := stage("rsyslog.conf", file.Data)
	if err != nil {
		return err
	}
	defer remove()
	_, _, err = command("", nil, "rsyslogd", "-N1", "-f", path)
	return err
}

// checkLogrotate has logrotate read the configuration without rotating anything.
func checkLogrotate(file File) error {
	path, remove, err := stage("logrotate.conf", file.Data)
	if err != nil {
		return err
	}
	defer remove()
	_, stderr, err := command("", nil, "logrotate", "-d", "-s", path+".state", path)
	if err != nil {
		return err
	}
	if !strings.Contains(stderr, "rotating pattern") {
		return errors.New("logrotate found no pattern to rotate")
	}
	return nil
}

// hostPrograms are what units start on a node and a machine for tests need not have.
var hostPrograms = regexp.MustCompile(`Command \S+ is not executable: No such file or directory$`)

// checkUnit has systemd load the unit beside its siblings of the bundle, with a
// docker.service to depend on.
func checkUnit(file File) error {
	path, remove, err := stage(file.Base(), file.Data)
	if err != nil {
		return err
	}
	defer remove()
	dir := filepath.Dir(path)
	if err := copySiblings(file, dir); err != nil {
		return err
	}
	_, stderr, err := command("", []string{"SYSTEMD_UNIT_PATH=" + dir + ":"},
		"systemd-analyze", "verify", "--man=no", path)
	var complaints []string
	for _, line := range strings.Split(strings.TrimSpace(stderr), "\n") {
		if strings.Contains(line, file.Base()) && !hostPrograms.MatchString(line) {
			complaints = append(complaints, strings.TrimPrefix(line, dir+"/"))
		}
	}
	if len(complaints) > 0 {
		return errors.New(strings.Join(complaints, "\n"))
	}
	if err != nil && !hostPrograms.MatchString(strings.TrimSpace(stderr)) {
		return err
	}
	return nil
}

// copySiblings places the other units of the bundle, and a docker.service, into dir.
func copySiblings(file File, dir string) error {
	entries, err := os.ReadDir(file.Dir())
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() || entry.Name() == file.Base() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(file.Dir(), entry.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, entry.Name()), data, 0o644); err != nil {
			return err
		}
	}
	docker := filepath.Join(dir, "docker.service")
	return os.WriteFile(docker, []byte("[Service]\nExecStart=/bin/true\n"), 0o644)
}

// checkFstab has findmnt read the lines, with a mount point that exists here, and
// wants a file system of the network to be named as one: else it is mounted before
// the network is up, and the boot stops.
func checkFstab(file File) error {
	path, remove, err := stage("fstab", nil)
	if err != nil {
		return err
	}
	defer remove()
	lines, err := fstabLines(string(file.Data), filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		return err
	}
	stdout, _, err := command("", nil, "findmnt", "--verify", "--tab-file", path)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, stdout)
	}
	return nil
}

// fstabLines returns the entries of a table, mounted at point.
func fstabLines(table, point string) ([]string, error) {
	var lines []string
	for i, line := range strings.Split(table, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) != 6 {
			return nil, fmt.Errorf("line %d has %d fields, want 6", i+1, len(fields))
		}
		if (fields[2] == "ceph" || fields[2] == "nfs") && !strings.Contains(","+fields[3]+",", ",_netdev,") {
			return nil, fmt.Errorf("line %d: %s without _netdev", i+1, fields[2])
		}
		fields[1] = point
		lines = append(lines, strings.Join(fields, " "))
	}
	if len(lines) == 0 {
		return nil, errors.New("no line in it")
	}
	return lines, nil
}
