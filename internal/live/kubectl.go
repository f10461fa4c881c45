package live

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// Cluster is one that kubectl reaches.
type Cluster struct {
	// Program is the path of kubectl.
	Program string
	// Kubeconfig and Context are handed to it; "" is what it takes by itself.
	Kubeconfig, Context string
}

// Find finds kubectl: the one that HAGEN_KUBECTL names, else the first on the
// path.
func Find(kubeconfig, context string) (Cluster, error) {
	program := os.Getenv("HAGEN_KUBECTL")
	if program == "" {
		found, err := exec.LookPath("kubectl")
		if err != nil {
			return Cluster{}, diag.Diagnostic{
				Message: "the program kubectl is not installed",
				Reason:  "it asks the cluster: it knows kubeconfigs and every way to log in",
				Fix:     "install the kubectl of your cluster and have it on the PATH, or name it with HAGEN_KUBECTL",
			}
		}
		program = found
	}
	return Cluster{Program: program, Kubeconfig: kubeconfig, Context: context}, nil
}

// Name says which cluster it is.
func (c Cluster) Name() string {
	context := c.Context
	if context == "" {
		if said, err := c.run(nil, "config", "current-context"); err == nil {
			context = strings.TrimSpace(string(said.out))
		}
	}
	return strings.TrimSuffix("the cluster of context "+context, " of context ")
}

// said is what kubectl printed.
type said struct {
	out []byte
	// problems and warnings are its messages, each whole.
	problems, warnings []string
}

// patience is how long one request may take.
const patience = "--request-timeout=60s"

// run runs kubectl, with objects on its standard input. An error means that it
// could not be run, or failed; then there are problems.
func (c Cluster) run(objects []artifact.Object, args ...string) (said, error) {
	args = append(args, patience)
	if c.Kubeconfig != "" {
		args = append(args, "--kubeconfig="+c.Kubeconfig)
	}
	if c.Context != "" {
		args = append(args, "--context="+c.Context)
	}
	cmd := exec.Command(c.Program, args...)
	if objects != nil {
		data, err := listOf(objects)
		if err != nil {
			return said{}, err
		}
		cmd.Stdin = bytes.NewReader(data)
	}
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return said{}, diag.Diagnostic{Message: "the program " + c.Program + " cannot be run", Fix: "install kubectl, or name it with HAGEN_KUBECTL"}
	}
	answer := said{out: out.Bytes()}
	for _, message := range whole(messages.String()) {
		if warning, ok := strings.CutPrefix(message, "Warning: "); ok {
			answer.warnings = append(answer.warnings, warning)
		} else {
			answer.problems = append(answer.problems, message)
		}
	}
	if err != nil && len(answer.problems) == 0 {
		answer.problems = []string{"kubectl failed without a word"}
	}
	return answer, err
}
