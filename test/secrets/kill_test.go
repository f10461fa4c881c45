package secrets

import (
	"bytes"
	"maps"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// killed runs a command of its own process group and kills it, and all that it
// started, after a while; false if it was faster.
func (s *site) killed(after time.Duration, args []string) bool {
	s.t.Helper()
	cmd := s.command(args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	err := cmd.Wait()
	timer.Stop()
	s.said.Write(said.Bytes())
	s.remember()
	return err != nil
}

// timed is how long a command takes.
func (s *site) timed(args []string) time.Duration {
	s.t.Helper()
	start := time.Now()
	s.must(args...)
	return time.Since(start)
}

// heals wants the next init to mend what a kill left: the folder is whole, the
// values that were kept are there, and nothing else lies around.
func (s *site) heals(kept map[string]string, but ...string) {
	s.t.Helper()
	if _, err := os.Stat(filepath.Join(s.folder(), store)); len(kept) > 0 && err != nil {
		s.t.Fatalf("the store is gone: %v", err)
	}
	s.must(s.init()...)
	s.must(s.secrets("check")...)
	now := s.values()
	for _, name := range changed(kept, now) {
		if _, had := kept[name]; had && !slices.Contains(but, name) {
			s.t.Errorf("the value of %s was lost", name)
		}
	}
	for path := range files(s.t, s.folder()) {
		if strings.Contains(path, ".hagen") {
			s.t.Errorf("%s was left", path)
		}
	}
}

// TestKilledFirst kills the making of all secrets.
func TestKilledFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t, "hub-2.15", "")
	k := newKills(1, s.timed(s.init()))
	for k.more(8) {
		if err := os.RemoveAll(filepath.Join(s.dir, "secrets")); err != nil {
			t.Fatal(err)
		}
		s.kill(k, s.init())
		kept := map[string]string{}
		if _, err := os.Stat(filepath.Join(s.folder(), store)); err == nil {
			kept = s.values()
		}
		s.heals(kept)
	}
	s.enough(k)
}

// enoughKills is what a test has to meet that is about them.
const enoughKills = 3

// kills are commands that were cut off at random moments. A command that was
// faster than its moment tells how soon the next ones have to come: how long one
// takes depends on what else the machine does.
type kills struct {
	random     *rand.Rand
	within     time.Duration
	hits, runs int
}

func newKills(seed int64, within time.Duration) *kills {
	return &kills{random: rand.New(rand.NewSource(seed)), within: within}
}

// more tells whether another run is due: so many, and more while too few were
// met.
func (k *kills) more(runs int) bool {
	return k.runs < runs || k.hits < enoughKills && k.runs < 10*runs
}

// kill runs a command and kills it at the next moment.
func (s *site) kill(k *kills, args []string) {
	s.t.Helper()
	k.runs++
	start := time.Now()
	if s.killed(time.Duration(k.random.Int63n(int64(k.within))), args) {
		k.hits++
		return
	}
	k.within = min(k.within, time.Since(start))
}

// enough wants a test to have met what it is about; all must build at its end.
func (s *site) enough(k *kills) {
	s.t.Helper()
	s.must(s.build()...)
	if k.hits < enoughKills {
		s.t.Errorf("only %d of %d commands were killed: the test shows little", k.hits, k.runs)
	}
}

// TestKilledInit kills an init that encrypts everything anew.
func TestKilledInit(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	other := s.newKey("other")
	kept := s.values()
	readers := func(i int) {
		to := settings{provider: "sops", everything: []holder{s.owner}}
		if i%2 == 0 {
			to.everything = append(to.everything, other)
		}
		s.configure(to)
	}
	readers(0)
	limit := s.timed(s.init())
	readers(1)
	limit = max(limit, s.timed(s.init()))
	k := newKills(2, limit)
	for k.more(12) {
		readers(k.runs)
		s.kill(k, s.init())
		s.heals(kept)
	}
	s.enough(k)
}

// TestKilledRotate kills rotations: the old value is there or the new one, and
// all others are as they were.
func TestKilledRotate(t *testing.T) {
	t.Parallel()
	s := made(t, "hub-2.15", "")
	k := newKills(3, s.timed(s.rotate("redis_password", "registry_password")))
	for k.more(12) {
		kept := s.values()
		prints := s.prints()
		fresh := awkward + strings.Repeat("!", k.runs+1)
		s.env["HAGEN_SECRET_REDIS_PASSWORD"] = fresh
		s.kill(k, s.rotate("redis_password", "registry_password"))
		s.heals(kept, dependents...)
		now := s.values()
		if now["redis_password"] != fresh && now["redis_password"] != kept["redis_password"] {
			t.Error("redis_password is neither the old value nor the new one")
		}
		after := s.prints()
		for name := range maps.Keys(now) {
			if _, listed := prints[name]; listed && (now[name] == kept[name]) != (after[name] == prints[name]) {
				t.Errorf("the fingerprint of %s does not follow its value", name)
			}
		}
	}
	s.enough(k)
}

// dependents are redis_password, registry_password and all that is made of them.
var dependents = []string{
	"redis_password", "redis_url_core", "redis_url_jobservice", "redis_url_registry", "redis_url_trivy",
	"registry_password", "passwd",
}

// TestTogether starts commands together: each waits for the other, and the
// values are made once.
func TestTogether(t *testing.T) {
	t.Parallel()
	s := newSite(t, "hub-2.15", "")
	for range 3 {
		if err := os.RemoveAll(filepath.Join(s.dir, "secrets")); err != nil {
			t.Fatal(err)
		}
		said := s.together(s.init(), s.init())
		if strings.Count(said, "hub-2-15: made ") != 1 {
			t.Errorf("the values were not made once:\n%s", said)
		}
		s.must(s.secrets("check")...)
		kept := s.values()
		s.together(s.init(), s.rotate("csrf_key"), s.rotate("secretkey"))
		s.heals(kept, "csrf_key", "secretkey")
		if got := changed(kept, s.values()); !slices.Equal(got, []string{"csrf_key", "secretkey"}) {
			t.Errorf("%v changed", got)
		}
	}
}

// together runs commands at once and wants all to succeed.
func (s *site) together(lines ...[]string) string {
	s.t.Helper()
	var said []*bytes.Buffer
	var running []*exec.Cmd
	for _, args := range lines {
		cmd, out := s.command(args...), &bytes.Buffer{}
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Start(); err != nil {
			s.t.Fatal(err)
		}
		said, running = append(said, out), append(running, cmd)
	}
	all := ""
	for i, cmd := range running {
		if err := cmd.Wait(); err != nil {
			s.t.Errorf("hagen %s: %v\n%s", strings.Join(lines[i], " "), err, said[i])
		}
		all += said[i].String()
	}
	s.said.WriteString(all)
	s.remember()
	return all
}
