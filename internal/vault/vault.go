package vault

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"hagen/internal/artifact"
	"hagen/internal/diag"
	"hagen/internal/lock"
	"hagen/internal/secret"
)

// Vault is an open folder of secrets.
type Vault struct {
	// Values are the materials in the clear.
	Values map[string]string

	dir string
	// made are the folders that Open made, the deepest first.
	made   []string
	sops   SOPS
	now    func() time.Time
	lock   *os.File
	folder secret.Folder
	// key is what fingerprints are taken with, kept beside the values.
	key string
	// before are the values as they were read.
	before map[string]string
}

// store is what the store's file holds.
type store struct {
	FingerprintKey string            `json:"fingerprint_key"`
	Secrets        map[string]string `json:"secrets"`
}

// Open locks a folder of secrets and decrypts its store. A folder that is not
// there yet opens empty, and needs no key.
func Open(dir string, need secret.Need, sops SOPS, now func() time.Time) (*Vault, error) {
	made := missingFolders(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	held, err := lock.Folder(dir)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	v := &Vault{dir: dir, made: made, sops: sops, now: now, lock: held}
	if err := v.read(need); err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

func (v *Vault) read(need secret.Need) error {
	var err error
	v.folder, err = secret.Read(need, func(path string) ([]byte, error) {
		return os.ReadFile(filepath.Join(v.dir, filepath.FromSlash(path)))
	})
	if errors.Is(err, secret.ErrIndex) {
		// The index only says what the store holds: it is made anew.
		err = nil
	}
	if err != nil {
		return err
	}
	v.Values = map[string]string{}
	if data, ok := v.folder.Files[secret.StoreFile]; ok {
		var s store
		if err := v.sops.Decrypt(data, &s); err != nil {
			return at(filepath.Join(v.dir, secret.StoreFile), err)
		}
		v.key = s.FingerprintKey
		maps.Copy(v.Values, s.Secrets)
	}
	v.before = maps.Clone(v.Values)
	return nil
}

// at gives diagnostics the file that they are about.
func at(file string, err error) error {
	var d diag.Diagnostic
	if errors.As(err, &d) && d.Place.File == "" && d.Path == nil {
		d.Place.File = file
		return d
	}
	return err
}

// Index is what was known without a key when the folder was opened.
func (v *Vault) Index() secret.Index { return v.folder.Index }

// Drift lists values that are not those of the index, and so perhaps not
// those that were handed out.
func (v *Vault) Drift(need secret.Need) []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, name := range need.Names() {
		value, ok := v.Values[name]
		entry, known := v.folder.Index.Secrets[name]
		if ok && known && entry.Fingerprint != secret.Fingerprint(v.key, name, value) {
			found = append(found, diag.Diagnostic{
				Message: name + " is not the value that the index and the encrypted files were made of",
				Reason:  "pods or nodes would go on with the old one",
				Fix:     "bring them up to date: hagen secrets init",
			})
		}
	}
	return found
}

// Close drops the lock. Folders that were made and are still empty go with it.
func (v *Vault) Close() error {
	for _, dir := range v.made {
		os.Remove(dir) // Succeeds only if nothing was saved.
	}
	return v.lock.Close()
}

// missingFolders lists a folder and those above it that are not there yet.
func missingFolders(dir string) []string {
	var missing []string
	for {
		if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
			return missing
		}
		missing = append(missing, dir)
		dir = filepath.Dir(dir)
	}
}

// Save writes what changed, the store first and the index last, each file in
// one step: whenever it is cut off, the store is whole, and the next Save
// finishes. It returns the paths of the files that changed.
func (v *Vault) Save(need secret.Need) ([]string, error) {
	if _, err := parseRecipients(slices.Concat(need.Readers(), need.ClusterReaders(), need.NodeReaders())); err != nil {
		return nil, err
	}
	if err := v.complete(need); err != nil {
		return nil, err
	}
	files, index, err := v.encrypted(need)
	if err != nil {
		return nil, err
	}
	return v.write(files, index)
}

// complete refuses to write while something is missing: what reads it would
// get an empty value.
func (v *Vault) complete(need secret.Need) error {
	var problems diag.List
	for _, m := range need.Materials {
		if v.Values[m.Name] == "" {
			problems.Add(diag.Diagnostic{Message: m.Name + " is not there: " + m.Description})
		}
	}
	return problems.ErrorOrNil()
}

// encrypted returns all files of the folder and their index.
func (v *Vault) encrypted(need secret.Need) (map[string][]byte, secret.Index, error) {
	files := map[string][]byte{}
	index := secret.Index{Secrets: map[string]secret.Entry{}, Files: map[string]secret.Made{}}
	if v.key == "" {
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, index, err
		}
		v.key = hex.EncodeToString(key)
	}
	for name := range v.Values {
		index.Secrets[name] = v.entry(need, name)
	}
	for _, path := range need.Files() {
		data, err := v.file(need, path, index)
		if err != nil {
			return nil, index, err
		}
		made := need.Expected(path, index)
		made.SHA256 = secret.Digest(data)
		files[path], index.Files[path] = data, made
	}
	return files, index, nil
}

// entry describes a value; what stays the same stays as old as it is.
func (v *Vault) entry(need secret.Need, name string) secret.Entry {
	value := v.Values[name]
	m, _ := need.Material(name)
	entry := secret.Entry{
		Kind: m.Kind, Form: m.Form(), Created: v.now().UTC().Truncate(time.Second),
		Fingerprint: secret.Fingerprint(v.key, name, value), Expires: expires(value),
	}
	if old, ok := v.folder.Index.Secrets[name]; ok && old.Fingerprint == entry.Fingerprint {
		entry.Created = old.Created
	}
	switch {
	case name == secret.AuthorityCertificate || name == secret.AuthorityKey:
		entry.Kind = "authority"
	case m.Kind == "":
		entry.Kind = v.folder.Index.Secrets[name].Kind
		entry.Form = v.folder.Index.Secrets[name].Form
	}
	return entry
}

// file returns one encrypted file: the bytes that there are, if they still
// hold the right values for the right readers.
func (v *Vault) file(need secret.Need, path string, index secret.Index) ([]byte, error) {
	old, had := v.folder.Files[path]
	before := v.folder.Index.Files[path]
	now := need.Expected(path, index)
	intact := had && before.SHA256 == secret.Digest(old)
	switch {
	case path == secret.StoreFile:
		return v.store(need, old)
	case intact && slices.Equal(before.Recipients, now.Recipients) && maps.Equal(before.Holds, now.Holds) && before.Sealed == now.Sealed:
		return old, nil
	case path == secret.NodeFile:
		return v.node(need, old, before, now)
	}
	for _, s := range need.Cluster {
		if secret.ClusterFile(s.Name) != path {
			continue
		}
		if need.Provider == secret.Sealed {
			return v.sealed(need, s, old, before, now)
		}
		if !intact || before.Sealed != "" {
			old = nil
		}
		return v.cluster(need, s, old, before, now)
	}
	return nil, fmt.Errorf("nobody knows how to make %s", path)
}

// store encrypts all values, or those that changed.
func (v *Vault) store(need secret.Need, old []byte) ([]byte, error) {
	if old == nil {
		document, err := artifact.EncodeYAML(map[string]any{"fingerprint_key": v.key, "secrets": anyMap(v.Values)})
		if err != nil {
			return nil, err
		}
		return v.sops.Encrypt(document, []string{"fingerprint_key", "secrets"}, need.Readers())
	}
	data := old
	var err error
	if !maps.Equal(v.before, v.Values) {
		if data, err = v.sops.Set(data, "secrets", v.Values); err != nil {
			return nil, err
		}
	}
	return v.shared(data, need.Readers())
}

// cluster encrypts a Secret as SOPS does, which Flux decrypts by itself.
func (v *Vault) cluster(need secret.Need, s secret.Secret, old []byte, before, now secret.Made) ([]byte, error) {
	if old == nil {
		document, err := artifact.EncodeYAML(s.Object(v.Values))
		if err != nil {
			return nil, err
		}
		return v.sops.Encrypt(document, []string{"data", "stringData"}, need.ClusterReaders())
	}
	data := old
	var err error
	if !maps.Equal(before.Holds, now.Holds) {
		if data, err = v.sops.Set(data, "stringData", s.Data(v.Values)); err != nil {
			return nil, err
		}
	}
	return v.shared(data, need.ClusterReaders())
}

// shared gives a document the readers that it must have.
func (v *Vault) shared(document []byte, readers []string) ([]byte, error) {
	present, err := documentReaders(document)
	if err != nil || slices.Equal(present, readers) {
		return document, err
	}
	removed := slices.ContainsFunc(present, func(key string) bool { return !slices.Contains(readers, key) })
	return v.sops.Share(document, readers, removed)
}

func (v *Vault) sealed(need secret.Need, s secret.Secret, old []byte, before, now secret.Made) ([]byte, error) {
	key, err := controllerKey(need.Certificate, v.now())
	if err != nil {
		return nil, err
	}
	return seal(s, s.Data(v.Values), sealedBefore(old, before, now), key)
}

func (v *Vault) node(need secret.Need, old []byte, before, now secret.Made) ([]byte, error) {
	recipients, err := parseRecipients(need.NodeReaders())
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, name := range need.Node {
		values[name] = v.Values[name]
	}
	return sealNode(values, nodeBefore(old, before, now), recipients)
}

func anyMap(values map[string]string) map[string]any {
	out := make(map[string]any, len(values))
	for key, value := range values {
		out[key] = value
	}
	return out
}
