package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"hagen/internal/bundle"
	"hagen/internal/compile"
	"hagen/internal/site"
)

// inMemory is a target that keeps what is compiled.
type inMemory struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (m *inMemory) put(s compile.Site) (bundle.Changes, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, file := range s.Files {
		m.files[path.Join(filepath.ToSlash(s.Folder), file.Path)] = file.Data
	}
	return bundle.Changes{}, nil
}

func (m *inMemory) finish(string, *[]result) error { return nil }
func (m *inMemory) close() error                   { return nil }

// livePages serves files, and tells open pages when there are others.
type livePages struct {
	mu      sync.Mutex
	files   map[string][]byte
	changed chan struct{}
}

func newLivePages() *livePages { return &livePages{changed: make(chan struct{})} }

func (p *livePages) put(files map[string][]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files = files
	close(p.changed)
	p.changed = make(chan struct{})
}

// events is where pages wait for a change.
const events = "/.changes"

// ServeHTTP answers who speaks to this machine by a name of its own: another name
// would let a page from elsewhere read these.
func (p *livePages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		http.Error(w, "this is another machine", http.StatusMisdirectedRequest)
		return
	}
	if r.URL.Path == events {
		p.wait(w, r)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	p.mu.Lock()
	data, ok := p.files[name]
	if !ok {
		name = path.Join(name, site.Overview)
		data, ok = p.files[name]
	}
	p.mu.Unlock()
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case path.Ext(name) == ".html":
		data = site.Reloading(data, events)
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if path.Ext(name) != ".html" {
		kind = "text/plain; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
}

// wait keeps a page's question open until something has changed.
func (p *livePages) wait(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	changed := p.changed
	p.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, ": waiting\n\n")
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	select {
	case <-changed:
		fmt.Fprint(w, "data: changed\n\n")
	case <-r.Context().Done():
	}
}

// watching tells when files have changed and come to rest.
type watching struct {
	*fsnotify.Watcher
	changed chan struct{}
}

// watch looks at folders and what lies in them, but for what builds and Git write.
func watch(folders []string) (*watching, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watching{watcher, make(chan struct{}, 1)}
	for _, folder := range folders {
		if err := w.addTree(folder); err != nil {
			return nil, err
		}
	}
	go w.run()
	return w, nil
}

func (w *watching) addTree(folder string) error {
	return filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name != folder && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "out" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		return w.Add(name)
	})
}

func (w *watching) run() {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	for {
		select {
		case event, ok := <-w.Events:
			if !ok {
				return
			}
			if event.Has(fsnotify.Create) {
				_ = w.addTree(event.Name) // a file, or gone again
			}
			if !event.Has(fsnotify.Chmod) {
				timer.Reset(rest)
			}
		case _, ok := <-w.Errors:
			if !ok {
				return
			}
		case <-timer.C:
			select {
			case w.changed <- struct{}{}:
			default:
			}
		}
	}
}
