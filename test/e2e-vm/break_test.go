package e2e

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hagen/test/e2e-vm/breakage"
	"hagen/test/e2e-vm/lab"
	"hagen/test/e2e-vm/site"
)

var errNotSeen = errors.New("not seen")

// TestBreakages makes each mistake on the second node: the stand-ins show the
// symptom that real ones were seen to show, and hagen probe names its cause.
func TestBreakages(t *testing.T) {
	newPair(t, "2.15.2").broken(t)
}

// broken makes each mistake of the pair's generation, one after the other.
func (p *pair) broken(t *testing.T) {
	t.Helper()
	rows, err := breakage.Rows()
	if err != nil {
		t.Fatal(err)
	}
	const keep = "cp -a " + breakage.Bundle + " /root/good && cp -a " + breakage.Secrets + " /root/good.secrets"
	if _, err := p.two.Run("systemctl stop harbor-watch.timer && " + keep); err != nil {
		t.Fatal(err)
	}
	var before []string
	done := 0
	for _, r := range rows {
		if r.Release() != p.version {
			continue
		}
		done++
		t.Run(r.Name, func(t *testing.T) {
			p.restore(t)
			if err := r.Break(p.two); err != nil {
				t.Fatal(err)
			}
			out, err := p.two.Run("sh /root/good/host/secrets.sh --check")
			if (err != nil) != r.Node {
				t.Errorf("secrets.sh --check: %v, %s", err, out)
			}
			p.apply(append(before, r.Restart...))
			before = r.Restart
			if r.Then != "" {
				if _, err := p.two.Run(r.Then); err != nil {
					t.Fatal(err)
				}
			}
			p.expect(t, r)
		})
	}
	if done == 0 {
		t.Fatalf("there is no row of %s", p.version)
	}
	p.restore(t)
	p.apply(before)
	if _, err := p.two.Run("sh " + breakage.Bundle + "/host/up.sh"); err != nil {
		t.Fatal(err)
	}
	p.serving(t, p.two)
	p.clean(t)
}

// restore puts the files back, in place: containers hold them.
func (p *pair) restore(t *testing.T) {
	t.Helper()
	if out, err := p.two.Run("cp -a /root/good/. " + breakage.Bundle + " && cp -a /root/good.secrets/. " + breakage.Secrets); err != nil {
		t.Fatal(err, out)
	}
}

// apply starts anew what reads what has changed, as far as it starts; nginx looks
// names up once.
func (p *pair) apply(containers []string) {
	_, _ = p.two.Run("sh " + breakage.Bundle + "/host/compose.sh up -d; docker restart -t 5 " + strings.Join(containers, " ") + " nginx")
}

// answers asks the second node itself.
func (p *pair) answers() error {
	_, err := p.two.Run("curl --fail --silent --output /dev/null http://127.0.0.1:8070" + p.health)
	return err
}

// expect asks until the symptom shows, for a container may still be starting.
func (p *pair) expect(t *testing.T, r breakage.Row) {
	t.Helper()
	if r.ID == "" {
		eventually(t, time.Minute, p.answers)
		p.clean(t)
		return
	}
	var last report
	err := lab.Until(time.Minute, func() error {
		last = p.probe(t)
		for _, f := range last.Findings {
			if f.ID == r.ID && strings.Contains(f.Seen, r.Seen) && strings.Contains(f.Where, site.SecondAddress) && f.Cause != "" {
				return nil
			}
		}
		return errNotSeen
	})
	if err != nil {
		t.Errorf("not seen: %s with %q; found:", r.ID, r.Seen)
		for _, f := range last.Findings {
			t.Logf("%s, %s: %s", f.ID, f.Where, f.Seen)
		}
	}
}
