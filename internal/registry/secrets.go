package registry

import (
	"maps"
	"path"
	"slices"
	"strings"

	"hagen/internal/artifact"
	"hagen/internal/parse"
)

// readSecrets reads in SECRETS.md which Secrets of the cluster have which keys:
// the material that people are told to make is the only one that there will be.
func (r *reader) readSecrets() {
	r.entries = map[string]bool{}
	for _, k := range parse.SecretKeys(r.text(parse.SecretsDocument)) {
		r.entries[k.Secret+"/"+k.Key] = true
	}
	r.secrets = map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(r.files)) {
		if !strings.Contains(name, "secret") || path.Ext(name) != ".yaml" || strings.HasPrefix(name, "compose/") {
			continue
		}
		if o := artifact.Object(r.files[name].Table()); strings.HasSuffix(o.Kind(), "Secret") {
			r.secrets[o.Name()] = append(r.secrets[o.Name()], name)
		}
	}
}

// readSecrets reads the list of secrets that a bundle carries: which service
// gets which variable of which material, and which materials lie as files;
// and in .env, where Compose finds them.
func (b *bundleReader) readSecrets() {
	b.variables, b.secretFiles = map[string]map[string]string{}, map[string]bool{}
	list := b.folder + "/host/secrets.list"
	for line := range strings.SplitSeq(b.text(list), "\n") {
		words := strings.Split(line, " ")
		switch {
		case len(words) == 4 && words[0] == "variable":
			if b.variables[words[1]] == nil {
				b.variables[words[1]] = map[string]string{}
			}
			b.variables[words[1]][words[2]] = words[3]
		case len(words) == 5 && words[0] == "file":
			b.secretFiles[words[1]] = true
		case len(words) == 3 && words[0] == "fingerprint":
			b.target.Prints[words[1]] = Print{words[2], list}
		}
	}
	file, _ := strings.CutPrefix(strings.TrimSpace(b.text(b.folder+"/.env")), "COMPOSE_FILE=docker-compose.yml:")
	b.secrets = path.Dir(scalar(interpolated(file)))
	if path.Base(file) != "docker-compose.secrets.yml" {
		b.target.Secrets = "(Compose does not read them)"
	}
}

// secretFile returns the material that a file of the secrets directory holds.
func (b *bundleReader) secretFile(name string) string {
	if !b.secretFiles[name] {
		return "(secrets.list does not name " + name + ")"
	}
	return name
}

// readPrints reads the fingerprints of what the Secrets of the cluster hold, by
// material. An object that only refers to values kept elsewhere has none.
func (c *clusterReader) readPrints() {
	c.target.Prints = map[string]Print{}
	for _, name := range slices.Sorted(maps.Keys(c.secrets)) {
		for _, file := range c.secrets[name] {
			object := artifact.Object(c.files[file].Table())
			carried, prints := object.Carried(), object.Fingerprints()
			for _, key := range slices.Sorted(maps.Keys(prints)) {
				if _, ok := carried[key]; ok {
					c.readPrint(file, key, prints[key])
				}
			}
		}
	}
}

func (c *clusterReader) readPrint(file, key, text string) {
	material, sum := artifact.Material(key, text)
	before, twice := c.target.Prints[material]
	switch {
	case material == "":
	case twice && before.Sum != sum:
		c.target.Prints[material] = Print{before.Sum + " in " + before.Artifact + ", " + sum + " in " + file, file}
	default:
		c.target.Prints[material] = Print{sum, file}
	}
}
