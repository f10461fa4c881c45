package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hagen/internal/bundle"
	"hagen/internal/site"
)

// indexPage is the page of all registries that have pages, or nil if none has.
func indexPage(heads []bundle.Head) ([]byte, error) {
	var entries []site.Entry
	for _, head := range heads {
		if head.Page != nil {
			entries = append(entries, site.Entry{
				Summary: site.Summary(*head.Page), Name: head.Name, Environment: head.Environment, Harbor: head.Harbor, Folder: head.Folder,
			})
		}
	}
	if len(entries) == 0 {
		return nil, nil
	}
	slices.SortFunc(entries, func(a, b site.Entry) int { return strings.Compare(a.Folder, b.Folder) })
	return site.All(entries)
}

// putIndex writes the page of all registries, from what stands in the output folder
// now: a build of one spec knows no other.
func putIndex(out string, writer *bundle.Writer) (bundle.Changes, error) {
	heads, err := bundle.Heads(out)
	if err != nil {
		return bundle.Changes{}, err
	}
	data, err := indexPage(heads)
	if err != nil {
		return bundle.Changes{}, err
	}
	changes, err := indexChanges(out, data)
	if err != nil || !changes.Any() {
		return changes, err
	}
	return changes, writer.PutFile(site.Overview, data)
}

// headsAfter is what stands in the output folder once a build has written its
// results.
func headsAfter(heads []bundle.Head, results []result) []bundle.Head {
	var after []bundle.Head
	for _, head := range heads {
		if !slices.ContainsFunc(results, func(r result) bool {
			return r.Folder == head.Folder || strings.HasPrefix(head.Folder, r.Folder+"/") && r.Environment == "" && r.Files > 0
		}) {
			after = append(after, head)
		}
	}
	for _, r := range results {
		if r.head.Folder != "" {
			after = append(after, r.head)
		}
	}
	return after
}

// indexChanges tells how the page of all registries differs from what it should
// be. One that somebody else put there is left alone.
func indexChanges(out string, data []byte) (bundle.Changes, error) {
	old, err := os.ReadFile(filepath.Join(out, site.Overview))
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !missing:
		return bundle.Changes{}, err
	case missing && data == nil, bytes.Equal(old, data), !missing && !site.IsOurs(old):
		return bundle.Changes{Unchanged: 1}, nil
	case missing:
		return bundle.Changes{Added: []string{site.Overview}}, nil
	case data == nil:
		return bundle.Changes{Removed: []string{site.Overview}}, nil
	}
	return bundle.Changes{Changed: []string{site.Overview}}, nil
}
