package accept

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"gopkg.in/ini.v1"
	"gopkg.in/yaml.v2"
)

// jobserviceConfig has the keys that jobservice reads (goharbor/harbor,
// src/jobservice/config), which is not to be had as a module.
type jobserviceConfig struct {
	Protocol    string          `yaml:"protocol"`
	Port        uint16          `yaml:"port"`
	HTTPSConfig *certificate    `yaml:"https_config"`
	WorkerPool  *workerPool     `yaml:"worker_pool"`
	JobLoggers  []jobLogger     `yaml:"job_loggers"`
	Loggers     []jobLogger     `yaml:"loggers"`
	Metric      *metricListener `yaml:"metric"`
	Reaper      *struct {
		MaxUpdateHours   int `yaml:"max_update_hours"`
		MaxDanglingHours int `yaml:"max_dangling_hours"`
	} `yaml:"reaper"`
	MaxRetrieveSizeMB int `yaml:"max_retrieve_size_mb"`
}

type certificate struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

type workerPool struct {
	Workers   uint   `yaml:"workers"`
	Backend   string `yaml:"backend"`
	RedisPool *struct {
		RedisURL          string `yaml:"redis_url"`
		Namespace         string `yaml:"namespace"`
		IdleTimeoutSecond int64  `yaml:"idle_timeout_second"`
	} `yaml:"redis_pool"`
}

type jobLogger struct {
	Name     string         `yaml:"name"`
	Level    string         `yaml:"level"`
	Settings map[string]any `yaml:"settings"`
	Sweeper  *struct {
		Duration int            `yaml:"duration"`
		Settings map[string]any `yaml:"settings"`
	} `yaml:"sweeper"`
}

type metricListener struct {
	Enabled bool   `yaml:"enabled"`
	Path    string `yaml:"path"`
	Port    int    `yaml:"port"`
}

// checkJobservice decodes strictly and applies the checks that jobservice makes at
// its start. The Redis URL may come from the environment, where passwords belong.
func checkJobservice(file File) error {
	var config jobserviceConfig
	if err := yaml.UnmarshalStrict(file.Data, &config); err != nil {
		return err
	}
	return errors.Join(
		checkListener(config.Protocol, int(config.Port), config.HTTPSConfig),
		checkWorkerPool(config.WorkerPool),
		checkLoggers("loggers", config.Loggers),
		checkLoggers("job_loggers", config.JobLoggers),
	)
}

func checkListener(protocol string, port int, certificate *certificate) error {
	if protocol != "http" && protocol != "https" {
		return fmt.Errorf("protocol is %q, want http or https", protocol)
	}
	if port < 1 || port > 65535 {
		return fmt.Errorf("port is %d, want 1 to 65535", port)
	}
	if protocol == "https" && (certificate == nil || certificate.Cert == "" || certificate.Key == "") {
		return errors.New("protocol is https, and https_config names no certificate and key")
	}
	return nil
}

func checkWorkerPool(pool *workerPool) error {
	if pool == nil || pool.Backend != "redis" || pool.RedisPool == nil {
		return errors.New("worker_pool has no redis backend")
	}
	if pool.Workers == 0 {
		return errors.New("worker_pool.workers is 0")
	}
	if pool.RedisPool.Namespace == "" {
		return errors.New("worker_pool.redis_pool.namespace is empty")
	}
	if _, err := url.Parse(pool.RedisPool.RedisURL); err != nil {
		return errors.New("worker_pool.redis_pool.redis_url is no URL") // the URL may hold a password
	}
	return nil
}

func checkLoggers(where string, loggers []jobLogger) error {
	if len(loggers) == 0 {
		return fmt.Errorf("%s is empty", where)
	}
	for i, logger := range loggers {
		switch logger.Name {
		case "STD_OUTPUT", "DB":
		case "FILE":
			if logger.Settings["base_dir"] == nil {
				return fmt.Errorf("%s[%d] (FILE) has no settings.base_dir", where, i)
			}
		default:
			return fmt.Errorf("%s[%d].name is %q, want STD_OUTPUT, FILE or DB", where, i, logger.Name)
		}
		if !strings.Contains(" DEBUG INFO WARNING ERROR FATAL ", " "+logger.Level+" ") {
			return fmt.Errorf("%s[%d].level is %q", where, i, logger.Level)
		}
	}
	return nil
}

// checkRegistryctl decodes strictly into what registryctl reads (src/registryctl/config).
func checkRegistryctl(file File) error {
	var config struct {
		Protocol       string       `yaml:"protocol"`
		Port           string       `yaml:"port"`
		LogLevel       string       `yaml:"log_level"`
		HTTPSConfig    *certificate `yaml:"https_config"`
		RegistryConfig string       `yaml:"registry_config"`
	}
	if err := yaml.UnmarshalStrict(file.Data, &config); err != nil {
		return err
	}
	port, err := strconv.Atoi(config.Port)
	if err != nil {
		return fmt.Errorf("port: %w", err)
	}
	if config.RegistryConfig == "" {
		return errors.New("registry_config is empty")
	}
	return checkListener(config.Protocol, port, config.HTTPSConfig)
}

// checkBeego parses an INI file and wants the port that the program listens at, in
// the section of its run mode.
func checkBeego(file File) error {
	options := ini.LoadOptions{PreserveSurroundedQuote: true}
	config, err := ini.LoadSources(options, file.Data)
	if err != nil {
		return err
	}
	mode := config.Section("").Key("runmode").String()
	if mode == "" {
		return errors.New("runmode is not set")
	}
	port := config.Section(mode).Key("httpport").String()
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("[%s] httpport is %q", mode, port)
	}
	return nil
}
