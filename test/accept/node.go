package accept

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// secretLine are the forms of a line of secrets.list; the script of the bundle
// takes the words as they are, in a shell.
var secretLine = map[string]*regexp.Regexp{
	"file":        regexp.MustCompile(`^file [\w.-]+ \d+ \d+ 0[0-7]{3}$`),
	"place":       regexp.MustCompile(`^place [\w.-]+ \d+ \d+ 0[0-7]{3} /\S+$`),
	"variable":    regexp.MustCompile(`^variable [\w.-]+ \w+ [\w.-]+$`),
	"fingerprint": regexp.MustCompile(`^fingerprint [\w.-]+ \S+$`),
}

// secretLines parses a secrets.list into words.
func secretLines(text string) ([][]string, error) {
	if !strings.HasSuffix(text, "\n") {
		return nil, errors.New("the last line has no end: a shell would not read it")
	}
	var lines [][]string
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		words := strings.Split(line, " ")
		form := secretLine[words[0]]
		if form == nil || !form.MatchString(line) {
			return nil, fmt.Errorf("line %d is no line of it: %q", i+1, line)
		}
		lines = append(lines, words)
	}
	return lines, nil
}

// checkSecretsList wants lines of known forms, services that the bundle has, and a
// file for each secret that it mounts.
func checkSecretsList(file File) error {
	lines, err := secretLines(string(file.Data))
	if err != nil {
		return err
	}
	project, err := os.ReadFile(filepath.Join(file.Dir(), "..", "docker-compose.yml"))
	if err != nil {
		return err
	}
	for _, words := range lines {
		switch {
		case words[0] == "variable" && !strings.Contains(string(project), "\n  "+words[1]+":\n"):
			return fmt.Errorf("there is no service %s", words[1])
		case words[0] == "file" && !strings.Contains(string(project), "}/"+words[1]+"\n"):
			return fmt.Errorf("nothing mounts %s", words[1])
		}
	}
	return nil
}

// checkDotenv wants Compose to be told of the bundle's file and of the one that
// the node makes, which must be there for it to start.
func checkDotenv(file File) error {
	const form = `^COMPOSE_FILE=docker-compose\.yml:\$\{HAGEN_SECRETS:-/[\w./@+-]+\}/docker-compose\.secrets\.yml\n$`
	if !regexp.MustCompile(form).Match(file.Data) {
		return fmt.Errorf("%q does not name both Compose files", file.Data)
	}
	return nil
}

// nodeLine are the forms of a line of node.list, which the scripts of the bundle
// take apart at the blanks.
var nodeLine = regexp.MustCompile(`^((registry|environment|node) [\w.-]+|system [A-Z]\w+( [a-z0-9.-]+)+|harbor \d+\.\d+\.\d+|(bundle|mount|lock|data) /\S+|entry https? \S+ /\S*|serve \d+|` +
	`directory /\S+ \d+ [0-7]{4}|peer [\w.-]+ \S+ \d+|port [\d.]+ \d+|reach [a-z]+ \S+ \d+|subnet [\d.]+/\d+)$`)

// checkNodeList wants lines of known forms, and the bundle's own name in it.
func checkNodeList(file File) error {
	text := string(file.Data)
	if !strings.HasSuffix(text, "\n") {
		return errors.New("the last line has no end: a shell would not read it")
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if !nodeLine.MatchString(line) {
			return fmt.Errorf("line %d is no line of it: %q", i+1, line)
		}
	}
	if node := filepath.Base(filepath.Dir(file.Dir())); !strings.Contains(text, "\nnode "+node+"\n") {
		return fmt.Errorf("it is not that of %s", node)
	}
	return nil
}
