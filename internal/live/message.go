package live

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hagen/internal/diag"
)

// patterns are what messages of kubectl look like.
type patterns struct {
	// begins are the words with which a message begins; other lines go on with
	// the message before. logged is what the libraries of kubectl log.
	begins, logged *regexp.Regexp
	// forbidden is a right that is missing, unknown a kind, refusal and invalid an
	// object that the API server will not have, reaching a connection, setting a
	// kubeconfig.
	forbidden, unknown, refusal, invalid, reaching, setting *regexp.Regexp
}

var looks = sync.OnceValue(func() patterns {
	return patterns{
		begins:    regexp.MustCompile(`^(Error from server|Error in |Error: |error: |Warning: |unable to |Unable to |The )`),
		logged:    regexp.MustCompile(`^[IWEF]\d{4} `),
		forbidden: regexp.MustCompile(`(?:User "([^"]*)" )?cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?`),
		unknown:   regexp.MustCompile(`no matches for kind "([^"]+)" in version "([^"]+)"`),
		refusal:   regexp.MustCompile(`^Error from server \((Invalid|BadRequest|Forbidden|NotFound|AlreadyExists|RequestEntityTooLarge)\): (?s:(.*))$`),
		invalid:   regexp.MustCompile(`^The [^\n]* is invalid: `),
		reaching:  regexp.MustCompile(`dial |connection refused|no such host|i/o timeout|deadline exceeded|Client\.Timeout|connection to the server|Unable to connect|network is unreachable|x509: |tls: `),
		setting:   regexp.MustCompile(`^(Error in configuration|error: (stat |error loading config|invalid configuration|context ))`),
	}
})

// whole puts messages of several lines together and drops what the libraries
// of kubectl log.
func whole(text string) []string {
	var messages []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case looks().logged.MatchString(line) || strings.TrimSpace(line) == "":
		case len(messages) > 0 && !looks().begins.MatchString(line):
			messages[len(messages)-1] += "\n" + line
		default:
			messages = append(messages, line)
		}
	}
	return messages
}

// noDryRun is said of webhooks that do more than look at an object.
const noDryRun = "does not support dry run"

// refuses tells whether a message is about an object that the API server will
// not have, and not about rights, kinds or connections; and what it says.
func refuses(message string) (string, bool) {
	if looks().forbidden.MatchString(message) || looks().unknown.MatchString(message) || strings.Contains(message, noDryRun) {
		return "", false
	}
	if found := looks().refusal.FindStringSubmatch(message); found != nil {
		return found[2], true
	}
	return message, looks().invalid.MatchString(message)
}

// explain says what messages of kubectl mean, and what to do.
func explain(messages []string) error {
	var problems diag.List
	told := map[string]bool{}
	missing := map[right][]string{}
	for _, message := range messages {
		if found := looks().forbidden.FindStringSubmatch(message); found != nil {
			r := right{user: found[1], verb: found[2], namespace: found[5]}
			missing[r] = append(missing[r], qualified(found[3], found[4]))
			continue
		}
		d := explained(message)
		if !told[d.Message] {
			told[d.Message] = true
			problems.Add(d)
		}
	}
	for r, resources := range missing {
		problems.Add(r.missing(resources))
	}
	return problems.ErrorOrNil()
}

// right is what somebody may do somewhere.
type right struct{ user, verb, namespace string }

func (r right) missing(resources []string) diag.Diagnostic {
	where := "in the whole cluster"
	if r.namespace != "" {
		where = "in the namespace " + r.namespace
	}
	slices.Sort(resources)
	return diag.Diagnostic{
		Message: fmt.Sprintf("%s may not %s %s %s", cmp.Or(r.user, "the user"), r.verb, strings.Join(slices.Compact(resources), ", "), where),
		Reason:  "a dry run asks the API server for the same rights as an apply, and changes nothing",
		Fix:     "grant get, list, create and patch to whoever compares; docs/gitops.md has the role",
	}
}

func explained(message string) diag.Diagnostic {
	line, _, _ := strings.Cut(message, "\n")
	line = diag.Mask(line)
	if found := looks().unknown.FindStringSubmatch(message); found != nil {
		return diag.Diagnostic{
			Message: "the cluster does not serve " + found[1] + " of " + found[2],
			Reason:  "its definition is not installed, or the cluster is of another version than kubernetes.version says",
			Fix:     "install what defines it (kubectl api-resources lists what is there), or correct the spec",
		}
	}
	switch {
	case strings.Contains(message, noDryRun):
		return diag.Diagnostic{
			Message: "the cluster cannot be asked: " + line[max(0, strings.Index(line, "admission webhook")):],
			Reason:  "a webhook that may change something else is not called in a dry run, and without it nobody knows what an apply would make",
			Fix:     "ask the owner of the webhook to declare sideEffects: None",
		}
	case strings.Contains(message, "You must be logged in") || strings.Contains(message, "(Unauthorized)"):
		return diag.Diagnostic{
			Message: "the cluster does not know who asks",
			Reason:  "the credentials of the context are wrong or have run out",
			Fix:     "log in again; kubectl auth whoami must answer",
		}
	case looks().setting.MatchString(message):
		return diag.Diagnostic{
			Message: "kubectl has no such cluster: " + strings.TrimPrefix(strings.TrimPrefix(line, "Error in configuration: "), "error: "),
			Fix:     "kubectl config get-contexts lists what there is; --kubeconfig names another file, --context another cluster",
		}
	case looks().reaching.MatchString(message):
		return diag.Diagnostic{
			Message: "the cluster cannot be reached: " + reason(line),
			Reason:  "there is nothing to compare with",
			Fix:     "look at the address in the kubeconfig, at --kubeconfig and --context, at VPN and proxy; kubectl version must answer",
		}
	}
	return diag.Diagnostic{Message: "kubectl: " + strings.TrimSuffix(strings.TrimPrefix(line, "error: "), "."), Fix: "kubectl version must answer"}
}

// reason is what a chain of errors ends with: the address and what happened.
func reason(line string) string {
	for _, begin := range []string{"dial ", "tls: ", "x509: "} {
		if at := strings.Index(line, begin); at >= 0 {
			return strings.TrimSuffix(line[at:], ".")
		}
	}
	return strings.TrimSuffix(strings.TrimPrefix(line, "error: "), ".")
}
