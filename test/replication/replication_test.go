package replication

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	munich = "http://munich.example.com:8080"
	bonn   = "http://bonn.example.com"
)

const copiesPassword = `q"u\o&te/$x' y`

func two(t *testing.T, h map[string]*account, changes string) *site {
	h[munich] = &account{username: "copies", password: copiesPassword}
	s := build(t, "2.15.2", "scheme = \"mutual\"\n"+changes, "munich", munich)
	s.passwords["munich"] = copiesPassword
	return s
}

// The endpoint and the policy are made, what is there already is copied, and a
// second run finds both, whatever shell and tools the image has.
func TestHarbor2(t *testing.T) {
	t.Parallel()
	for _, shell := range append(slices.Clone(shells), []string{"toybox"}) {
		t.Run(shell[0], func(t *testing.T) {
			h := newHarbor2(t, map[string]*account{})
			s := two(t, h.sites, `projects = ["library", "team-a"]`)
			h.policies[99] = &policy2{ID: 99, Name: "of people", DestRegistry: &endpoint{ID: 98}, Trigger: &trigger{Type: "manual"}}
			h.endpoints[98] = &endpoint{ID: 98, Name: "of people", Credential: &credential{}}
			for range 2 {
				if out, err := s.run(h.url, shell); err != nil || !strings.Contains(out, "images are copied to munich") {
					t.Fatalf("%v: %s", err, out)
				}
			}
			e, p := named(h.endpoints, endpointName, "hagen-munich"), named(h.policies, policyName, "hagen-to-munich")
			if len(h.endpoints) != 2 || len(h.policies) != 2 || e == nil || p == nil {
				t.Fatalf("endpoints %v, policies %v", h.endpoints, h.policies)
			}
			if e.URL != munich || e.Insecure || *e.Credential != (credential{"copies", copiesPassword, "basic"}) {
				t.Errorf("endpoint %+v, %+v", e, e.Credential)
			}
			if p.DestRegistry.ID != e.ID || !p.Enabled || !p.Override || p.ReplicateDeletion || p.Trigger.Type != "event_based" ||
				!slices.Equal(p.Filters, []filter{{Type: "name", Value: "{library,team-a}/**"}}) {
				t.Errorf("policy %+v", p)
			}
			if !slices.Equal(h.executions, []int{p.ID}) {
				t.Errorf("copied at once: %v", h.executions)
			}
		})
	}
}

// What the spec says of copies arrives, also at a policy that is there.
func TestChanges(t *testing.T) {
	t.Parallel()
	h := newHarbor2(t, map[string]*account{})
	two(t, h.sites, "").does(h.url)
	if p := named(h.policies, policyName, "hagen-to-munich"); len(p.Filters) != 0 {
		t.Errorf("all projects: %+v", p)
	}
	h.sites[munich].password = "another"
	s := two(t, h.sites, "projects = [\"library\"]\ntrigger = \"schedule\"\nschedule = \"0 30 2 * * *\"\ndeletions = true\noverride = false")
	h.sites[munich].password = "another"
	s.passwords["munich"] = "another"
	s.does(h.url)
	p := named(h.policies, policyName, "hagen-to-munich")
	if p.Trigger.Type != "scheduled" || p.Trigger.Settings.Cron != "0 30 2 * * *" || !p.ReplicateDeletion || p.Override || p.Filters[0].Value != "library/**" {
		t.Errorf("policy %+v, %+v", p, p.Trigger)
	}
	if e := named(h.endpoints, endpointName, "hagen-munich"); e.Credential.AccessSecret != "another" {
		t.Errorf("password %q", e.Credential.AccessSecret)
	}
}

// A hub copies to all others, a spoke to nobody, or the other way round; what a
// site was told when the scheme was another one is taken back, and nothing else.
func TestSchemes(t *testing.T) {
	t.Parallel()
	sites := map[string]*account{
		munich: {username: "copies", password: "of munich"}, bonn: {username: "copies", password: "of bonn"},
	}
	h := newHarbor2(t, sites)
	h.endpoints[98] = &endpoint{ID: 98, Name: "of people", Credential: &credential{}}
	h.policies[99] = &policy2{ID: 99, Name: "not hagen-to-x", DestRegistry: h.endpoints[98], Trigger: &trigger{Type: "manual"}}
	both := func(changes string) *site {
		s := build(t, "2.15.2", "scheme = \"hub-and-spoke\"\n"+changes, "munich", munich, "bonn", bonn)
		s.passwords = map[string]string{"munich": "of munich", "bonn": "of bonn"}
		return s
	}
	told := func(wanted ...string) {
		t.Helper()
		var names []string
		for _, p := range h.policies {
			if strings.HasPrefix(p.Name, "hagen-") {
				names = append(names, p.Name)
			}
		}
		slices.Sort(names)
		if !slices.Equal(names, wanted) || len(h.endpoints) != len(wanted)+1 {
			t.Errorf("policies %q with %d endpoints, want %q", names, len(h.endpoints), wanted)
		}
	}
	both(`hub = "one"`).does(h.url)
	told("hagen-to-bonn", "hagen-to-munich")
	both("hub = \"munich\"\ndirection = \"to-hub\"").does(h.url, "hagen-to-bonn is removed", "hagen-bonn is removed")
	told("hagen-to-munich")
	both("hub = \"one\"\ndirection = \"to-hub\"").does(h.url, "hagen-to-munich is removed")
	told()
	both(`hub = "bonn"`).does(h.url)
	told()
	if h.policies[99] == nil {
		t.Error("a policy of people is gone")
	}
}

// Copies that run keep their policy, and the reason is said.
func TestRunning(t *testing.T) {
	t.Parallel()
	h := newHarbor2(t, map[string]*account{munich: {username: "copies", password: "of munich"}})
	s := build(t, "2.15.2", `scheme = "mutual"`, "munich", munich)
	s.passwords["munich"] = "of munich"
	s.does(h.url)
	h.running[named(h.policies, policyName, "hagen-to-munich").ID] = true
	s = build(t, "2.15.2", "scheme = \"hub-and-spoke\"\nhub = \"munich\"", "munich", munich)
	s.fails(h.url, "hagen-to-munich cannot be removed; a copy may be under way", "running executions")
}

// Each thing that is not as it should be has its words.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2.15.2", "1.2.2"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			sites := map[string]*account{munich: {username: "copies", password: "of munich"}}
			var url string
			var h *harbor
			changes := `scheme = "mutual"`
			if version[0] == '1' {
				old := newHarbor1(t, sites, "library")
				url, h, changes = old.url, &old.harbor, changes+"\nprojects = [\"library\"]"
			} else {
				now := newHarbor2(t, sites)
				url, h = now.url, &now.harbor
			}
			s := build(t, version, changes, "munich", munich)
			s.passwords["munich"] = "wrong"
			s.fails(url, "the site munich is not reached, or refuses the user", "secret replication_munich")
			s.passwords["munich"] = "of munich"
			sites[munich].down = true
			s.fails(url, "the site munich is not reached")
			sites[munich].down = false
			s.fails("http://127.0.0.1:1", "does not answer at http://127.0.0.1:1", "let it start")
			h.starting = 1
			s.fails(url, "does not answer", "it answered 502")
			h.starting = 2
			s.wait = "60"
			s.does(url, "munich")
		})
	}
}

// The password of admin is not the one that is told.
func TestAdmin(t *testing.T) {
	t.Parallel()
	now, old := newHarbor2(t, map[string]*account{}), newHarbor1(t, map[string]*account{})
	for url, s := range map[string]*site{
		now.url: build(t, "2.15.2", `scheme = "mutual"`, "munich", munich),
		old.url: build(t, "1.2.2", "scheme = \"mutual\"\nprojects = [\"library\"]", "munich", munich),
	} {
		s.admin = "of another time"
		s.fails(url, "this registry refuses the password of admin", "secret harbor_admin_password")
	}
}

// Who is asked while a site is still coming up waits for it.
func TestWaits(t *testing.T) {
	t.Parallel()
	sites := map[string]*account{munich: {username: "copies", password: "of munich", down: true}}
	h := newHarbor2(t, sites)
	s := build(t, "2.15.2", `scheme = "mutual"`, "munich", munich)
	s.passwords["munich"], s.wait = "of munich", "120"
	done := make(chan error)
	go func() {
		_, err := s.run(h.url, shells[0])
		done <- err
	}()
	deadline := time.Now().Add(time.Minute)
	for asked := false; !asked; {
		h.mu.Lock()
		asked = len(h.changes) > 0
		if asked {
			sites[munich].down = false
		}
		h.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatal("nothing is asked")
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(h.policies) != 1 {
		t.Errorf("policies %v", h.policies)
	}
}

// Nodes that do it in the same moment make one of each.
func TestThreeAtOnce(t *testing.T) {
	t.Parallel()
	h := newHarbor2(t, map[string]*account{munich: {username: "copies", password: "of munich"}})
	old := newHarbor1(t, h.sites)
	for url, s := range map[string]*site{
		h.url:   build(t, "2.15.2", `scheme = "mutual"`, "munich", munich),
		old.url: build(t, "1.2.2", "scheme = \"mutual\"\nprojects = [\"library\"]", "munich", munich),
	} {
		s.passwords["munich"] = "of munich"
		errs := make(chan error)
		for range 3 {
			go func() {
				out, err := s.run(url, shells[0])
				if err != nil {
					err = fmt.Errorf("%w: %s", err, out)
				}
				errs <- err
			}()
		}
		for range 3 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	}
	if len(h.endpoints) != 1 || len(h.policies) != 1 || len(old.targets) != 1 || len(old.policies) != 1 || len(old.projects) != 1 {
		t.Errorf("endpoints %v, policies %v, targets %v, policies %v, projects %v", h.endpoints, h.policies, old.targets, old.policies, old.projects)
	}
}

// A target, and a policy for each project; a second run changes nothing.
func TestHarbor1(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.1.2", "1.2.2"} {
		for _, shell := range shells {
			t.Run(version+" "+shell[0], func(t *testing.T) {
				projects := []string{"library"}
				// more than one page, each of which has the name in it
				for i := range 120 {
					projects = append(projects, fmt.Sprintf("x%d-team-a", i))
				}
				h := newHarbor1(t, map[string]*account{munich: {username: "copies", password: copiesPassword}}, projects...)
				s := build(t, version, "scheme = \"mutual\"\nprojects = [\"library\", \"team-a\"]", "munich", munich)
				s.passwords["munich"] = copiesPassword
				for i := range 2 {
					h.changes = nil
					if out, err := s.run(h.url, shell); err != nil || !strings.Contains(out, "images of team-a are copied to munich") {
						t.Fatalf("%v: %s", err, out)
					}
					if i == 1 && slices.ContainsFunc(h.changes, func(c string) bool { return !strings.HasSuffix(c, "/enablement") }) {
						t.Errorf("the second time: %q", h.changes)
					}
				}
				v := named(h.targets, targetName, "hagen-munich")
				if len(h.targets) != 1 || v == nil || v.Endpoint != munich || v.Username != "copies" || v.Password != copiesPassword {
					t.Fatalf("targets %+v", v)
				}
				made := named(h.projects, projectName, "team-a")
				if made == nil || made.Public != 0 || len(h.projects) != len(projects)+1 {
					t.Fatalf("project %+v", made)
				}
				for name, id := range map[string]int{"hagen-to-munich-library": 1, "hagen-to-munich-team-a": made.ID} {
					if p := named(h.policies, policy1Name, name); p == nil || p.Enabled != 1 || p.ProjectID != id || p.TargetID != v.ID {
						t.Errorf("%s: %+v", name, p)
					}
				}
				if len(h.policies) != 2 {
					t.Errorf("policies %v", h.policies)
				}
			})
		}
	}
}

// Another password, another user and other projects arrive, although Harbor
// changes no target with a policy that is enabled; what is left is removed.
func TestHarbor1Changes(t *testing.T) {
	t.Parallel()
	sites := map[string]*account{munich: {username: "copies", password: "of munich"}, bonn: {username: "copies", password: "of bonn"}}
	h := newHarbor1(t, sites, "library")
	s := build(t, "1.2.2", "scheme = \"mutual\"\nprojects = [\"library\", \"team-a\"]", "munich", munich)
	s.passwords["munich"] = "of munich"
	s.does(h.url)

	sites[munich].password = "another"
	s.passwords["munich"] = "another"
	s.does(h.url)
	v := named(h.targets, targetName, "hagen-munich")
	if v.Password != "another" {
		t.Errorf("password %q", v.Password)
	}
	for _, p := range h.policies {
		if p.Enabled != 1 {
			t.Errorf("%s is not enabled again", p.Name)
		}
	}

	v.Username = "by hand"
	s.does(h.url)
	if v.Username != "copies" {
		t.Errorf("user %q", v.Username)
	}

	h.policies[500] = &policy1{ID: 500, Name: "of people", TargetID: 600, ProjectID: 1, Enabled: 1}
	h.stopping[named(h.policies, policy1Name, "hagen-to-munich-team-a").ID] = 1
	s = build(t, "1.2.2", "scheme = \"mutual\"\nprojects = [\"library\"]", "munich", munich)
	s.passwords["munich"], s.wait = "another", "60"
	s.does(h.url, "hagen-to-munich-team-a is removed")

	s = build(t, "1.2.2", "scheme = \"mutual\"\nprojects = [\"library\"]", "bonn", bonn)
	s.passwords["bonn"] = "of bonn"
	s.does(h.url, "the target hagen-munich is removed", "images of library are copied to bonn")
	var names []string
	for _, p := range sorted(h.policies, policy1Name, "") {
		names = append(names, p.Name)
	}
	if want := []string{"hagen-to-bonn-library", "of people"}; !slices.Equal(slices.Sorted(slices.Values(names)), want) {
		t.Errorf("policies %q, want %q", names, want)
	}
}
