package site

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"hagen/internal/artifact"
)

// texts are the files of a rendering; what is the same in several places is there
// once.
type texts struct {
	list []*text
	// shown is the text that stands for a path.
	shown map[string]*text
}

// text is a file as a page shows it.
type text struct {
	Path, Kind, Language string
	Size                 int
	Digest               string
	Body                 string
	Encrypted, Cut       bool
	Maker                string
	Overlays             []string
	// Also are the other paths with the same content.
	Also []string
	// Reads and Readers are paths of other files, with the containers that link
	// them.
	Reads, Readers []fileRef
	Values         []Value
}

// fileRef leads to a file; By says through which container.
type fileRef struct{ Path, By string }

// Link leads to the text on the same page.
func (r fileRef) Link() string { return "#" + r.Path }

// mostShown bounds the text of one file on the page.
const mostShown = 64 << 10

// fileLink leads to a file from the overview.
func fileLink(name string) string {
	if name == "" {
		return ""
	}
	return Files + "#" + name
}

func (m *model) readTexts() *texts {
	t := &texts{shown: map[string]*text{}}
	type content struct{ name, data string }
	same := map[content]*text{}
	for _, file := range m.Files {
		if first := same[content{base(file.Path), file.Text()}]; first != nil && strings.HasPrefix(file.Path, "compose/") {
			first.Also = append(first.Also, file.Path)
			t.shown[file.Path] = first
			continue
		}
		one := m.newText(file)
		same[content{base(file.Path), file.Text()}], t.shown[file.Path] = one, one
		t.list = append(t.list, one)
	}
	m.link(t)
	return t
}

func (m *model) newText(file artifact.File) *text {
	t := &text{Path: file.Path, Size: len(file.Data), Digest: file.SHA256(), Kind: kindOf(file), Language: languageOf(file.Path)}
	t.Body, t.Encrypted, t.Cut = shownText(file)
	if m.Origin != nil {
		t.Maker, t.Overlays = m.Origin(file)
	}
	t.Values = m.finder.in(t.Body)
	return t
}

// shownText is what a page shows of a file: nothing that is encrypted, and no more
// than somebody reads.
func shownText(file artifact.File) (body string, encrypted, cut bool) {
	data := file.Data
	if path.Ext(file.Path) == ".age" || bytes.Contains(data, []byte("ENC[AES256_GCM")) || bytes.Contains(data, []byte("encryptedData:")) {
		return "", true, false
	}
	if len(data) > mostShown {
		data, cut = data[:mostShown], true
	}
	return strings.ToValidUTF8(string(data), "\uFFFD"), false, cut
}

// kindOf says what a file is: the kind and name of an object, else its sort.
func kindOf(file artifact.File) string {
	if !strings.HasPrefix(file.Path, "compose/") && path.Ext(file.Path) == ".yaml" {
		if o := artifact.Object(file.Table()); o.Kind() != "" {
			return strings.TrimSpace(o.Kind() + " " + o.Name())
		}
	}
	return base(file.Path)
}

func languageOf(name string) string {
	switch path.Ext(name) {
	case ".yml", ".yaml":
		return "yaml"
	case ".sh":
		return "sh"
	case ".json":
		return "json"
	case ".md":
		return "md"
	}
	return "conf"
}

// link connects files through the containers that they describe and that read
// them.
func (m *model) link(t *texts) {
	add := func(list []fileRef, ref fileRef) []fileRef {
		for i := range list {
			if list[i].Path == ref.Path {
				if !slices.Contains(strings.Split(list[i].By, ", "), ref.By) {
					list[i].By += ", " + ref.By
				}
				return list
			}
		}
		return append(list, ref)
	}
	for _, p := range m.places() {
		for _, c := range p.target.Containers {
			from := t.shown[c.Artifact]
			if from == nil || from.Path != c.Artifact {
				continue
			}
			for _, name := range c.Reads {
				if to := t.shown[name]; to != nil {
					from.Reads = add(from.Reads, fileRef{to.Path, c.ID})
					to.Readers = add(to.Readers, fileRef{from.Path, c.ID})
				}
			}
		}
	}
	for _, one := range t.list {
		slices.SortFunc(one.Reads, compareRefs)
		slices.SortFunc(one.Readers, compareRefs)
	}
}

func compareRefs(a, b fileRef) int { return cmp.Compare(a.Path, b.Path) }

// folderOf is a folder of the tree.
type folderOf struct {
	Name    string
	Folders []*folderOf
	Files   []leaf
	// Same counts the files that are those of another folder, As its name.
	Same int
	As   string
	Open bool
}

// leaf is a file of the tree.
type leaf struct{ Name, Link, Find string }

// tree sorts the files into their folders. A file that is the same as another
// machine's is counted, not listed again.
func (m *model) tree() *folderOf {
	root := &folderOf{}
	for _, file := range m.Files {
		parts := strings.Split(file.Path, "/")
		at := root
		shown := m.texts.shown[file.Path]
		if shown.Path != file.Path {
			machine := at.below(parts[0]).below(parts[1])
			machine.Same++
			machine.As = strings.Split(shown.Path, "/")[1]
			continue
		}
		for _, name := range parts[:len(parts)-1] {
			at = at.below(name)
		}
		at.Files = append(at.Files, leaf{parts[len(parts)-1], "#" + file.Path, file.Path + " " + shown.Kind})
	}
	for _, below := range root.Folders {
		below.Open = true
	}
	return root
}

func (f *folderOf) below(name string) *folderOf {
	for _, folder := range f.Folders {
		if folder.Name == name {
			return folder
		}
	}
	made := &folderOf{Name: name}
	f.Folders = append(f.Folders, made)
	return made
}
