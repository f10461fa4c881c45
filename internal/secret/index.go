package secret

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// The files of a folder of secrets, slash-separated.
const (
	// StoreFile holds all values, encrypted by SOPS: the truth.
	StoreFile = "secrets.yaml"
	// IndexFile says what there is, without values.
	IndexFile = "index.json"
	// NodeFile is what the nodes decrypt: for each material a line "secret NAME"
	// and its value in the ASCII armour of age.
	NodeFile = "secrets.age"
	// ClusterFolder holds a file for each Secret of the cluster.
	ClusterFolder = "kubernetes"
)

// A private authority is kept beside what the registry needs, so that it can
// sign the next certificate too.
const (
	AuthorityCertificate = "authority.crt"
	AuthorityKey         = "authority.key"
)

// ClusterFile is the path of one Secret's file.
func ClusterFile(name string) string { return ClusterFolder + "/" + name + ".yaml" }

const indexFormat = 1

// Index is what is known of the secrets without a key. It stands beside the
// encrypted files and is public.
type Index struct {
	Format  int              `json:"format"`
	Secrets map[string]Entry `json:"secrets"`
	Files   map[string]Made  `json:"files"`
}

// Entry is one material.
type Entry struct {
	Kind string `json:"kind"`
	// Created is when the value became what it is.
	Created time.Time `json:"created"`
	// Fingerprint tells values apart. It is keyed by a value of the store, so
	// that nobody can try passwords on it.
	Fingerprint string `json:"fingerprint"`
	// Expires is the end of a certificate.
	Expires *time.Time `json:"expires,omitempty"`
	// Form is the digest of what a composed material was made from, but for the
	// secret parts.
	Form string `json:"form,omitempty"`
}

// Made is one encrypted file: its digest, and for what is made from the store
// what it holds and who can read it.
type Made struct {
	SHA256     string            `json:"sha256"`
	Holds      map[string]string `json:"holds,omitempty"`
	Recipients []string          `json:"recipients,omitempty"`
	// Sealed is the digest of the certificate, namespace and name that a
	// SealedSecret is bound to.
	Sealed string `json:"sealed,omitempty"`
}

// maxIndex is far above what a registry needs; more is no index.
const maxIndex = 1 << 20

// ErrIndex is an index that cannot be read.
var ErrIndex = errors.New("it is not an index of secrets, or damaged")

// DecodeIndex reads an index.
func DecodeIndex(data []byte) (Index, error) {
	var index Index
	if len(data) > maxIndex {
		return index, ErrIndex
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&index); err != nil {
		return Index{}, ErrIndex
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Index{}, ErrIndex
	}
	if index.Format != indexFormat {
		return Index{}, fmt.Errorf("its format is %d, this hagen reads %d", index.Format, indexFormat)
	}
	if index.Secrets == nil {
		index.Secrets = map[string]Entry{}
	}
	if index.Files == nil {
		index.Files = map[string]Made{}
	}
	return index, nil
}

// Encode writes an index, the same bytes for the same content.
func (x Index) Encode() ([]byte, error) {
	x.Format = indexFormat
	data, err := json.MarshalIndent(x, "", "  ")
	return append(data, '\n'), err
}

// Digest is the hex SHA-256 of data.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Fingerprint tells values of one material apart, keyed. Sixteen hexadecimal
// digits are enough to see a change.
func Fingerprint(key, material, value string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(material + "\x00" + value))
	return hex.EncodeToString(mac.Sum(nil))[:16]
}

// Form digests what a composed material is made from.
func (m Material) Form() string {
	if m.Kind != Composed {
		return ""
	}
	data, _ := json.Marshal(m.Parts)
	return Digest(data)[:16]
}

// Holds lists the keys of a Secret with the fingerprints of their values. A
// value that is not secret stands for itself.
func (s Secret) Holds(index Index) map[string]string {
	holds := map[string]string{}
	for _, item := range s.Items {
		if item.Material == "" {
			holds[item.Key] = "=" + item.Value
			continue
		}
		holds[item.Key] = index.Secrets[item.Material].Fingerprint
	}
	return holds
}

// NodeHolds lists the materials of the nodes with their fingerprints.
func (n Need) NodeHolds(index Index) map[string]string {
	holds := map[string]string{}
	for _, name := range n.Node {
		holds[name] = index.Secrets[name].Fingerprint
	}
	return holds
}

// ClusterHolds lists the materials of the cluster with their fingerprints.
func (n Need) ClusterHolds(index Index) map[string]string {
	holds := map[string]string{}
	for _, s := range n.Cluster {
		for _, item := range s.Items {
			if item.Material != "" {
				holds[item.Material] = index.Secrets[item.Material].Fingerprint
			}
		}
	}
	return holds
}

// Bound digests what a SealedSecret is bound to.
func (n Need) Bound(s Secret) string {
	if n.Provider != Sealed {
		return ""
	}
	return Digest([]byte(n.Certificate + "\x00" + s.Namespace + "\x00" + s.Name))[:16]
}

// Files lists the paths that a folder of these secrets holds, sorted, but for
// the index.
func (n Need) Files() []string {
	files := []string{StoreFile}
	if len(n.Node) > 0 {
		files = append(files, NodeFile)
	}
	for _, s := range n.Cluster {
		files = append(files, ClusterFile(s.Name))
	}
	slices.Sort(files)
	return files
}

// clusterRecipients is who can read the cluster's files: with sealed-secrets
// that is the controller, by its certificate.
func (n Need) clusterRecipients() []string {
	if n.Provider == Sealed {
		return nil
	}
	return n.ClusterReaders()
}

// Expected returns what the index must say of a file that is made from the
// store, but for its digest.
func (n Need) Expected(path string, index Index) Made {
	if path == NodeFile {
		return Made{Holds: n.NodeHolds(index), Recipients: n.NodeReaders()}
	}
	for _, s := range n.Cluster {
		if path == ClusterFile(s.Name) {
			return Made{Holds: s.Holds(index), Recipients: n.clusterRecipients(), Sealed: n.Bound(s)}
		}
	}
	return Made{Recipients: n.Readers()}
}
