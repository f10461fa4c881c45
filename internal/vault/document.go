package vault

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"hagen/internal/diag"
)

// metadata is what SOPS writes at the end of a document.
type metadata struct {
	Age []struct {
		Recipient string `yaml:"recipient"`
	} `yaml:"age"`
	LastModified string `yaml:"lastmodified"`
	MAC          string `yaml:"mac"`
}

// readMetadata reads what SOPS wrote, and refuses a document that does not
// reach that far: SOPS's own words for it are about its insides.
func readMetadata(document []byte) (metadata, error) {
	var parsed struct {
		SOPS metadata `yaml:"sops"`
	}
	if yaml.Unmarshal(document, &parsed) != nil {
		return metadata{}, damaged("the file is not what SOPS writes: it was changed by hand, merged from two branches, or damaged",
			"nobody can decrypt it like this")
	}
	if parsed.SOPS.MAC == "" || parsed.SOPS.LastModified == "" {
		return metadata{}, damaged("the file is cut off: what SOPS writes at its end is missing",
			"without it nobody can decrypt it")
	}
	return parsed.SOPS, nil
}

func damaged(message, reason string) diag.Diagnostic {
	return diag.Diagnostic{Message: message, Reason: reason, Fix: "take the last good one from Git: git log -p -- FILE"}
}

// documentReaders lists the recipients of a document of SOPS, sorted.
func documentReaders(document []byte) ([]string, error) {
	found, err := readMetadata(document)
	if err != nil {
		return nil, err
	}
	var readers []string
	for _, entry := range found.Age {
		readers = append(readers, entry.Recipient)
	}
	slices.Sort(readers)
	return readers, nil
}
