package compile_test

import (
	"strings"
	"testing"
)

// The runbook says what a step needs that hagen does not make.
func TestRunbooks(t *testing.T) {
	c := newCompiler(t)
	const pem = `/etc/haproxy/harbor\.pem`
	for _, test := range []struct {
		name, example, old, now string
		holds, lacks            []string
	}{
		{
			name: "TLS ends at the balancer", example: "hub-s3", old: "[registry]\n", now: "[registry]\ntls.termination = \"edge\"\n",
			holds: []string{
				`compose/node1/RUNBOOK.md: apt-get install --yes haproxy\n\(umask 077 && cat fullchain\.pem privkey\.pem > ` + pem + `\)\n(?s).*haproxy -c`,
				"SECRETS.md: \\| `" + pem + "` \\| 0:0 \\| 0600 \\| certificate and key of hub\\.example\\.com",
				`balancer/haproxy.cfg: bind :443 ssl crt ` + pem, `balancer/haproxy.cfg: bind :80\n`,
			},
		},
		{
			name: "TLS ends elsewhere in front", example: "hub-s3", old: "[registry]\n", now: "[vm.balancer]\nkind = \"none\"\n[registry]\ntls.termination = \"edge\"\n",
			lacks: []string{`compose/.*: ` + pem, `SECRETS.md: ` + pem},
		},
		{
			name: "TLS ends at the nodes", example: "hub-s3",
			holds: []string{
				`balancer/haproxy.cfg: bind :80\n`, "SECRETS.md: \n\\| `passwd` \\| [^|]* together with registry_password;",
				"SECRETS.md: \n\\| `registry_password` \\| [^|]* together with passwd;",
			},
			lacks: []string{`compose/.*: ` + pem, `SECRETS.md: ` + pem},
		},
		{
			name: "nothing sends browsers to https", example: "hub-s3", old: "[registry]\n", now: "[vm]\nhttp_port = 0\n[registry]\n",
			lacks: []string{`balancer/haproxy.cfg: :80\b|redirect`},
		},
		{
			name: "a node with a key of its own", example: sopsExample,
			holds: []string{`compose/node1/RUNBOOK.md: age-keygen -y /etc/hagen/age\.key\n(?s).*secrets\.node_recipients.*hagen secrets init.*hagen build.*copy the new bundle.*\nsh host/secrets\.sh\n`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			site, err := compileAs(t, c, "../../examples", strings.Replace(exampleText(t, test.example), test.old, test.now, 1))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range test.holds {
				if !found(t, site.Files, want) {
					t.Errorf("nothing holds %s", want)
				}
			}
			for _, unwanted := range test.lacks {
				if found(t, site.Files, unwanted) {
					t.Errorf("something holds %s", unwanted)
				}
			}
		})
	}
}
