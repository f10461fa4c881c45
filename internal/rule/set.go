package rule

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/google/cel-go/common/ast"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// BakedName is where the folder of the rules may hold their checked form.
const BakedName = "baked/rules.bin"

// bakedFormat names the shape of the checked form and what made it; another
// one is ignored, and the rules are checked instead.
const bakedFormat = "hagen rules 1, cel-go v0.31.0\n"

// Set is a set of rules. It is safe for concurrent use.
type Set struct {
	files fs.FS
	heads []head
	baked bool

	checker func() (*checker, error)
	lock    sync.Mutex
	rules   map[string]*Rule
	// compiled keeps what was compiled here, by id.
	compiled sync.Map
}

// head is what is known of a rule before it is needed.
type head struct {
	id, file, subject string
	kinds, with       []string
	severity          diag.Severity
	// own rules are the user's: one that cannot be evaluated fails as if it had found
	// something, for its policy would be off.
	own bool
	// code is the checked expression; without it the rule is compiled.
	code string
}

// Load reads the rules of a folder. Without a checked form that fits them they
// are parsed, and compiled when they are evaluated.
func Load(files fs.FS) (*Set, error) {
	s := newSet(files)
	if data, err := fs.ReadFile(files, BakedName); err == nil {
		if body, ok := bytes.CutPrefix(data, stamp(files)); ok && s.unbake(body) {
			s.baked = true
			return s, nil
		}
	}
	names, err := ruleFiles(files)
	if err != nil {
		return nil, fmt.Errorf("read the rules: %w", err)
	}
	var problems diag.List
	s.heads = nil
	for _, name := range names {
		problems.Add(s.add(name))
	}
	return s, problems.ErrorOrNil()
}

func newSet(files fs.FS) *Set {
	return &Set{files: files, checker: sync.OnceValues(newChecker), rules: map[string]*Rule{}}
}

// IsBaked tells whether rules are spared being compiled.
func (s *Set) IsBaked() bool { return s.baked }

func ruleFiles(files fs.FS) ([]string, error) {
	names, err := fs.Glob(files, "rules/*.yaml")
	slices.Sort(names)
	return names, err
}

// stamp stands at the beginning of a checked form that fits the files.
func stamp(files fs.FS) []byte {
	hash := sha256.New()
	// What cannot be read now cannot be read later, and is told then.
	_ = artifact.Hash(hash, files, func(name string) bool { return path.Dir(name) == "rules" && path.Ext(name) == ".yaml" })
	return hash.Sum([]byte(bakedFormat))
}

func (s *Set) add(file string) error {
	data, err := fs.ReadFile(s.files, file)
	if err != nil {
		return fmt.Errorf("read the rules: %w", err)
	}
	return s.parse(file, data)
}

func (s *Set) parse(file string, data []byte) error {
	r, err := Parse(file, data)
	if err != nil {
		return err
	}
	for _, h := range s.heads {
		if h.id == r.ID {
			return diag.Diagnostic{
				Place: diag.Place{File: file, Line: 1}, Rule: r.ID,
				Message: "the id " + r.ID + " is that of " + h.file + " too", Fix: "give each rule an id of its own",
			}
		}
	}
	s.rules[r.ID] = r
	s.heads = append(s.heads, head{
		id: r.ID, file: file, subject: r.Subject, kinds: r.Kinds, with: r.With, severity: r.Severity,
	})
	return nil
}

// Extend returns the set with rules of the user's own, by the names of their
// files. Their expressions are checked here; each error has its line.
func (s *Set) Extend(own map[string][]byte) (*Set, error) {
	out := newSet(s.files)
	out.heads, out.baked, out.checker = slices.Clone(s.heads), s.baked, s.checker
	var problems diag.List
	for _, name := range slices.Sorted(maps.Keys(own)) {
		problems.Add(out.parse(name, own[name]))
	}
	for i := len(s.heads); i < len(out.heads); i++ {
		out.heads[i].own = true
	}
	c, err := s.checker()
	if err != nil {
		return nil, err
	}
	for _, r := range out.rules {
		problems.Add(c.all(r))
	}
	return out, problems.ErrorOrNil()
}

// IDs lists the ids of all rules, sorted.
func (s *Set) IDs() []string {
	ids := make([]string, len(s.heads))
	for i, h := range s.heads {
		ids[i] = h.id
	}
	slices.Sort(ids)
	return ids
}

// Rule returns one rule as its file has it.
func (s *Set) Rule(id string) (*Rule, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if r, ok := s.rules[id]; ok {
		return r, nil
	}
	at := slices.IndexFunc(s.heads, func(h head) bool { return h.id == id })
	if at < 0 {
		return nil, fmt.Errorf("there is no rule %s", id)
	}
	data, err := fs.ReadFile(s.files, s.heads[at].file)
	if err != nil {
		return nil, err
	}
	r, err := Parse(s.heads[at].file, data)
	if err == nil {
		s.rules[id] = r
	}
	return r, err
}

// program returns the expression of a rule, stored and read by d, or compiled.
func (s *Set) program(d *decoder, h head) (*ast.AST, error) {
	if h.code != "" {
		return d.decode(h.code)
	}
	if done, ok := s.compiled.Load(h.id); ok {
		return done.(*ast.AST), nil
	}
	r, err := s.Rule(h.id)
	if err != nil {
		return nil, err
	}
	c, err := s.checker()
	if err != nil {
		return nil, err
	}
	checked, err := c.check(r)
	if err == nil {
		s.compiled.Store(h.id, checked)
	}
	return checked, err
}

// Check compiles every expression of every rule, those of the texts too.
func (s *Set) Check() error {
	var problems diag.List
	c, err := s.checker()
	if err != nil {
		return err
	}
	for _, h := range s.heads {
		r, err := s.Rule(h.id)
		if err != nil {
			problems.Add(err)
			continue
		}
		problems.Add(c.all(r))
	}
	return problems.ErrorOrNil()
}

// all checks every expression of a rule.
func (c *checker) all(r *Rule) error {
	var problems diag.List
	if r.Native != "" {
		return nil
	}
	_, err := c.check(r)
	problems.Add(err)
	for _, t := range []Template{r.At, r.Spec, r.Message, r.Symptom, r.Fix} {
		for _, p := range t.parts {
			if p.code {
				_, err := c.detail(r, p.text, t.line)
				problems.Add(err)
			}
		}
	}
	return problems.ErrorOrNil()
}

// Bake returns the checked form of the rules of a folder.
func Bake(files fs.FS) ([]byte, error) {
	s, err := Load(noBaked{files})
	if err != nil {
		return nil, err
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	e := &encoder{data: stamp(files)}
	e.uint(uint64(len(s.heads)))
	for _, h := range s.heads {
		var code encoder
		if h.subject != "" {
			checked, err := s.program(nil, h)
			if err != nil {
				return nil, err
			}
			code.expr(checked, checked.Expr())
		}
		e.head(h, code.data)
		if code.err != nil {
			return nil, fmt.Errorf("%s: %w", h.id, code.err)
		}
	}
	return e.data, e.err
}

// noBaked hides a checked form.
type noBaked struct{ fs.FS }

// Open opens every file but the checked form.
func (f noBaked) Open(name string) (fs.File, error) {
	if name == BakedName {
		return nil, fs.ErrNotExist
	}
	return f.FS.Open(name)
}

func (e *encoder) head(h head, code []byte) {
	for _, s := range []string{h.id, h.file, h.subject, strings.Join(h.kinds, "\n"), strings.Join(h.with, "\n")} {
		e.text(s)
	}
	e.uint(uint64(h.severity))
	e.text(string(code))
}

func (s *Set) unbake(body []byte) bool {
	d := &decoder{data: string(body)}
	s.heads = make([]head, d.length())
	for i := range s.heads {
		h := head{id: d.text(), file: d.text(), subject: d.text(), kinds: words(d.text()), with: words(d.text())}
		h.severity = diag.Severity(d.uint())
		h.code = d.text()
		s.heads[i] = h
	}
	return !d.failed && len(d.data) == 0
}

func words(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
