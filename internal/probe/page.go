package probe

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

const pageIntro = `<!-- Made from schema/symptoms.json by: go test ./internal/probe -update -->

# Something is wrong: from what users see to its cause

A registry on several nodes fails in its own way: **some** requests fail, because one login or one push is three
or more requests and each may meet another node. Whether it fails tells nothing; where it fails does.

## In which order to look

1. ` + "`hagen probe URL --node ADDRESS …`" + ` with every node. It asks each node by the name of the registry and carries sessions,
   tokens and uploads from one to the next, so it finds in a minute what else shows one time in two. It names the
   cause. If a node cannot be named from where you are, run it on one of them.
2. Without hagen at hand, pin one node after the other: write its address with the name of the registry into
   ` + "`/etc/hosts`" + ` of one client (` + "`curl --resolve NAME:PORT:ADDRESS`" + ` for one request), then log in, push, and pull a private image.
   If every node alone always works, the nodes differ from each other: compare their secrets. If one fails alone, look at that one.
3. Compare the logs of the nodes for one failed attempt. A request that works leaves lines on one node; one that
   fails because nodes differ leaves lines on two: one made what the other refused. On machines each node has a
   directory of its own, ` + "`log/NODE/`" + ` on the shared storage; in a cluster ` + "`kubectl logs -l app.kubernetes.io/name=NAME --prefix`" + `
   shows all pods of a component with their names.
4. Compare what nodes must share, without a request: ` + "`sh host/secrets.sh --check`" + ` on a node and ` + "`hagen secrets check`" + ` for all
   bundles; ` + "`hagen diff --bundle DIR`" + ` for a bundle as it stands on a node; ` + "`hagen diff --live`" + ` for a cluster.
5. Mend the spec or the secrets, build, and bring **one** build to all nodes. What was copied by hand from one node
   to another is lost with the next build.

A balancer that is sticky hides a node that differs from everybody but the users who meet it. Look with one that is not.

## What is known

`

// Page is docs/troubleshooting.md.
func Page(files fs.FS) ([]byte, error) {
	known, err := readSymptoms(files)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(pageIntro)
	b.WriteString("`hagen probe` finds these. In brackets the word by which `--json` names them (`id`).\n")
	for _, id := range slices.Sorted(maps.Keys(known)) {
		s := known[id]
		fmt.Fprintf(&b, "\n### %s%s (%s)\n\n", strings.ToUpper(s.Symptom[:1]), s.Symptom[1:], id)
		fmt.Fprintf(&b, "- Cause: %s.\n", s.Cause)
		if s.Log != "" {
			fmt.Fprintf(&b, "- In the log: %s.\n", s.Log)
		}
		fmt.Fprintf(&b, "- What to do: %s.\n", s.Fix)
	}
	return []byte(b.String()), nil
}
