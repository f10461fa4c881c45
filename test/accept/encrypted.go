package accept

import (
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// checkEncryptedSecret wants what Flux hands to the API server, once it has
// decrypted the file and taken away what SOPS added, to be a Secret; and not
// one value in the clear. A SealedSecret is for its controller to judge.
func checkEncryptedSecret(file File) error {
	var object map[string]any
	if err := yaml.UnmarshalStrict(file.Data, &object); err != nil {
		return err
	}
	if object["kind"] == "SealedSecret" || object["kind"] == "ExternalSecret" {
		return nil
	}
	if _, ok := object["sops"].(map[string]any); !ok {
		return errors.New("SOPS did not write it")
	}
	delete(object, "sops")
	data, _ := object["stringData"].(map[string]any)
	if len(data) == 0 || object["data"] != nil {
		return errors.New("its values are not in stringData")
	}
	for key, value := range data {
		if text, _ := value.(string); !strings.HasPrefix(text, "ENC[AES256_GCM,") {
			return fmt.Errorf("%s is in the clear", key)
		}
	}
	plain, err := yaml.Marshal(object)
	if err != nil {
		return err
	}
	file.Data = plain
	return checkManifest(file)
}

// checkNodeSecrets wants a line with a name before each block of age, and
// nothing else.
func checkNodeSecrets(file File) error {
	rest := file.Data
	for len(rest) > 0 {
		heading, after, _ := strings.Cut(string(rest), "\n")
		if !strings.HasPrefix(heading, "secret ") || len(strings.Fields(heading)) != 2 {
			return fmt.Errorf("%q is no heading", heading)
		}
		block, left := pem.Decode([]byte(after))
		if block == nil || !strings.HasPrefix(after, "-----BEGIN AGE ENCRYPTED FILE-----") {
			return fmt.Errorf("no block of age follows %q", heading)
		}
		if !strings.HasPrefix(string(block.Bytes), "age-encryption.org/v1\n") {
			return fmt.Errorf("what follows %q is not of age", heading)
		}
		rest = left
	}
	return nil
}
