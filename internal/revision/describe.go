package revision

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// State says which commit files were taken from.
type State struct {
	// Commit is the object with its algorithm, as sha1:…, and Time its time.
	Commit string
	Time   time.Time
	// Origin is the address of the remote origin as a browser takes it, without
	// credentials; "" where there is none.
	Origin string
}

// Describe tells which commit the named files are of. Files that Git does not
// track, a checkout with changes, and a folder without a repository have none.
func Describe(files []string) (State, bool) {
	var s State
	for _, file := range files {
		dir, name := filepath.Split(file)
		if dir == "" {
			dir = "."
		}
		if _, err := run(dir, "ls-files", "--error-unmatch", "--", name); err != nil {
			return State{}, false
		}
		changed, err := run(dir, "status", "--porcelain", "--untracked-files=no")
		untracked, err2 := run(dir, "status", "--porcelain", "--untracked-files=normal", "--ignored", "--", name)
		if err != nil || err2 != nil || changed+untracked != "" {
			return State{}, false
		}
		text, err := run(dir, "log", "-1", "--format=%H %cI")
		commit, when, ok := strings.Cut(strings.TrimSpace(text), " ")
		if err != nil || !ok || s.Commit != "" && s.Commit != algorithm(commit)+commit {
			return State{}, false
		}
		if s.Time, err = time.Parse(time.RFC3339, when); err != nil {
			return State{}, false
		}
		s.Commit = algorithm(commit) + commit
		// A clone need not have a remote of that name.
		origin, _ := run(dir, "remote", "get-url", "origin")
		s.Origin = browsed(strings.TrimSpace(origin))
	}
	return s, s.Commit != ""
}

func algorithm(commit string) string {
	if len(commit) == 64 {
		return "sha256:"
	}
	return "sha1:"
}

// scp is the short form of an address for SSH.
var scp = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[^@/:]+@)?([^/:]+):([^/].*)$`)
})

// browsed makes one address of the forms that clones of one repository have.
func browsed(address string) string {
	if found := scp().FindStringSubmatch(address); found != nil && !strings.Contains(address, "://") {
		address = "ssh://" + found[1] + "/" + found[2]
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "" // a path of this machine
	}
	host, scheme := u.Host, "https"
	switch u.Scheme {
	case "http":
		scheme = "http"
	case "ssh", "git":
		host = u.Hostname()
	}
	return (&url.URL{Scheme: scheme, Host: host, Path: strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), ".git")}).String()
}
