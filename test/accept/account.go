package accept

import (
	"errors"
	"strings"
)

// checkAccount lets bash read the commands by which an administrator runs the
// statements, which stand at their head. test/database gives the statements
// themselves to their servers.
func checkAccount(file File) error {
	var commands strings.Builder
	for line := range strings.SplitSeq(string(file.Data), "\n") {
		if text, ok := strings.CutPrefix(line, "--   "); ok {
			commands.WriteString(text + "\n")
		}
	}
	if !strings.Contains(commands.String(), "bootstrap.sql") {
		return errors.New("its head does not say how it is run")
	}
	path, remove, err := stage("head.sh", []byte(commands.String()))
	if err != nil {
		return err
	}
	defer remove()
	_, _, err = command("", nil, "bash", "-n", path)
	return err
}
