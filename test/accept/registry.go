package accept

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/docker/distribution/configuration"
	"github.com/docker/distribution/registry/storage/driver/factory"
	_ "github.com/docker/distribution/registry/storage/driver/filesystem" // the drivers that hagen renders
	_ "github.com/docker/distribution/registry/storage/driver/s3-aws"
	"github.com/sirupsen/logrus"
	"gopkg.in/yaml.v2"
)

// harborRedis are the fields that Harbor's own build of the registry adds to the
// redis section (goharbor/distribution, release/2.8). Its YAML parser minds the case
// of letters: enableTLS is not enabletls.
type harborRedis struct {
	Redis struct {
		SentinelMasterSet string `yaml:"sentinelMasterSet"`
		EnableTLS         bool   `yaml:"enabletls"`
		Username          string `yaml:"username"`
	} `yaml:"redis"`
}

// onlyHarbor are the redis keys that the stock registry does not know; enableTLS is
// the spelling of Harbor's own installer, which no registry reads.
var onlyHarbor = regexp.MustCompile(`field (sentinelMasterSet|enabletls|enableTLS|username) not found in type struct`)

// onlyHarborEnv are the same fields as variables.
var onlyHarborEnv = regexp.MustCompile(`REGISTRY_REDIS_(SENTINELMASTERSET|ENABLETLS|USERNAME)"?$`)

// checkRegistry has the registry parse its configuration, in the environment of its
// container, refuses keys that would be dropped silently, and wants to see that
// storage, auth and redis arrived.
func checkRegistry(file File) error {
	config, err := parseRegistry(file)
	if err != nil {
		return err
	}
	return errors.Join(knownKeys(file.Data), registryStorage(config), registryAuth(config), registryRedis(file, config))
}

// parseRegistry parses as the registry does: variables REGISTRY_… win over the file,
// and one that it would ignore with a warning is an error.
func parseRegistry(file File) (*configuration.Configuration, error) {
	for name, value := range file.Env {
		if !strings.HasPrefix(name, "REGISTRY_") {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
		defer os.Unsetenv(name)
	}
	var warnings bytes.Buffer
	logrus.SetOutput(&warnings)
	defer logrus.SetOutput(os.Stderr)
	config, err := configuration.Parse(bytes.NewReader(file.Data))
	for _, line := range strings.Split(strings.TrimSpace(warnings.String()), "\n") {
		if line != "" && !onlyHarborEnv.MatchString(line) {
			err = errors.Join(err, errors.New(line))
		}
	}
	return config, err
}

// knownKeys refuses keys that the registry does not read.
func knownKeys(data []byte) error {
	err := yaml.UnmarshalStrict(data, new(configuration.Configuration))
	unknown := new(yaml.TypeError)
	if !errors.As(err, &unknown) {
		return err
	}
	var lines []string
	for _, line := range unknown.Errors {
		if !onlyHarbor.MatchString(line) {
			line, _, _ = strings.Cut(line, " in type ")
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New(strings.Join(lines, "; "))
}

func registryStorage(config *configuration.Configuration) error {
	kind := config.Storage.Type()
	if kind != "filesystem" && kind != "s3" {
		return fmt.Errorf("storage is %q, want filesystem or s3", kind)
	}
	if root := config.Storage.Parameters()["rootdirectory"]; root == nil || root == "" {
		return fmt.Errorf("storage.%s.rootdirectory did not arrive", kind)
	}
	if redirect, ok := config.Storage["redirect"]; ok {
		if _, ok := redirect["disable"].(bool); !ok {
			return errors.New("storage.redirect.disable is no boolean: the registry ends in a panic")
		}
	}
	_, err := factory.Create(config.Storage.Type(), config.Storage.Parameters())
	return err
}

// authParameters are what each sort of authentication cannot do without.
var authParameters = map[string][]string{
	"htpasswd": {"realm", "path"},
	"token":    {"realm", "service", "issuer", "rootcertbundle"},
}

func registryAuth(config *configuration.Configuration) error {
	wanted, known := authParameters[config.Auth.Type()]
	if !known {
		return fmt.Errorf("auth is %q, want htpasswd or token: anyone could push", config.Auth.Type())
	}
	var errs []error
	for _, name := range wanted {
		if value := config.Auth.Parameters()[name]; value == nil || value == "" {
			errs = append(errs, fmt.Errorf("auth.%s.%s did not arrive", config.Auth.Type(), name))
		}
	}
	return errors.Join(errs...)
}

// registryRedis wants the cache's Redis to be configured, with TLS under the name
// that the registry reads.
func registryRedis(file File, config *configuration.Configuration) error {
	if !cachesInRedis(config) {
		return nil
	}
	if config.Redis.Addr == "" {
		return errors.New("storage.cache is redis, and redis.addr did not arrive")
	}
	harbor, asWritten := harborRedis{}, struct{ Redis map[string]any }{}
	if err := errors.Join(yaml.Unmarshal(file.Data, &harbor), yaml.Unmarshal(file.Data, &asWritten)); err != nil {
		return err
	}
	wanted := asWritten.Redis["enableTLS"] == true
	arrived := harbor.Redis.EnableTLS || file.Env["REGISTRY_REDIS_ENABLETLS"] == "true"
	if wanted && !arrived {
		return errors.New("redis.enabletls did not arrive: the registry does not read the spelling enableTLS")
	}
	if strings.Contains(config.Redis.Addr, ",") && harbor.Redis.SentinelMasterSet == "" {
		return errors.New("redis.addr lists sentinels, and redis.sentinelMasterSet did not arrive")
	}
	return nil
}

func cachesInRedis(config *configuration.Configuration) bool {
	cache := config.Storage["cache"]
	return cache["layerinfo"] == "redis" || cache["blobdescriptor"] == "redis"
}
