package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// jobRoutes hand small jobs to the jobservice of the node, and read its log.
func (c *core) jobRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v2.0/system/purgeaudit/schedule", c.named(c.collect))
	mux.HandleFunc("GET /api/v2.0/system/purgeaudit/{id}/log", c.named(c.jobLog))
}

// ask speaks to the jobservice by CORE_SECRET.
func (c *core) ask(method, path string) (int, string, error) {
	request, err := http.NewRequest(method, os.Getenv("JOBSERVICE_URL")+path, nil)
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Harbor-Secret "+os.Getenv("CORE_SECRET"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func (c *core) collect(w http.ResponseWriter, _ *http.Request, _ string) {
	status, uuid, err := c.ask(http.MethodPost, "/api/v1/jobs")
	if err != nil || status != http.StatusAccepted {
		refuse(w, max(status, http.StatusBadRequest), "UNAUTHORIZED", fmt.Sprint("jobservice: ", strings.TrimSpace(uuid), err))
		return
	}
	var id int
	if err := c.db.QueryRow(`INSERT INTO job (uuid) VALUES ($1) RETURNING id`, uuid).Scan(&id); err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	w.Header().Set("Location", fmt.Sprintf("/api/v2.0/system/purgeaudit/%d", id))
	w.WriteHeader(http.StatusCreated)
}

func (c *core) jobLog(w http.ResponseWriter, r *http.Request, _ string) {
	var uuid string
	if err := c.db.QueryRow(`SELECT uuid FROM job WHERE id = $1::int`, r.PathValue("id")).Scan(&uuid); err != nil {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "job not found")
		return
	}
	status, text, err := c.ask(http.MethodGet, "/api/v1/jobs/"+uuid+"/log")
	if err != nil || status != http.StatusOK {
		refuse(w, max(status, http.StatusBadRequest), "NOT_FOUND", "the log of the job: "+strings.TrimSpace(text))
		return
	}
	_, _ = io.WriteString(w, text)
}

// internalConfig is for the jobservice alone, which says so by JOBSERVICE_SECRET.
func (c *core) internalConfig(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Harbor-Secret "+os.Getenv("JOBSERVICE_SECRET") {
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "only internal service is allowed to call this API")
		return
	}
	answer(w, http.StatusOK, map[string]any{"postgresql_host": os.Getenv("POSTGRESQL_HOST")})
}

const jobLogs = "/var/log/jobs"

// runJobservice stands in for harbor-jobservice 2.x.
func runJobservice() error {
	if err := wanted("CORE_URL", "CORE_SECRET", "JOBSERVICE_SECRET", "JOB_SERVICE_POOL_REDIS_URL"); err != nil {
		return err
	}
	var config struct {
		Port int `json:"port"`
	}
	data, err := os.ReadFile("/etc/jobservice/config.yml")
	if err == nil {
		err = yaml.Unmarshal(data, &config)
	}
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodGet, os.Getenv("CORE_URL")+"/api/v2.0/internalconfig", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Harbor-Secret "+os.Getenv("JOBSERVICE_SECRET"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("panic: load system configuration: %w", err)
	}
	body, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("panic: load system configuration: %s %s", response.Status, body)
	}
	queue, err := openRedis(os.Getenv("JOB_SERVICE_POOL_REDIS_URL"))
	if err != nil {
		return err
	}
	if err := pingRedis(queue); err != nil {
		return err
	}
	return serve(fmt.Sprintf(":%d", config.Port), jobRoutes("Harbor-Secret "+os.Getenv("CORE_SECRET")))
}

// jobRoutes serve jobs to whom knows the secret; a log is a file, which only
// those instances see that share its directory.
func jobRoutes(authorization string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/stats", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, map[string]any{}) })
	known := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != authorization {
				refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "unauthorized")
				return
			}
			next(w, r)
		}
	}
	mux.HandleFunc("POST /api/v1/jobs", known(func(w http.ResponseWriter, _ *http.Request) {
		uuid := random()
		if err := os.WriteFile(filepath.Join(jobLogs, uuid+".log"), []byte("done on "+hostname()+"\n"), 0o644); err != nil {
			refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
			return
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, uuid)
	}))
	mux.HandleFunc("GET /api/v1/jobs/{id}/log", known(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(jobLogs, filepath.Base(r.PathValue("id"))+".log"))
	}))
	return mux
}

func hostname() string {
	name, _ := os.Hostname()
	return name
}

// runRegistryctl stands in for harbor-registryctl: it reads its configuration
// and the registry's, and answers.
func runRegistryctl() error {
	if err := wanted("CORE_SECRET", "JOBSERVICE_SECRET"); err != nil {
		return err
	}
	var config struct {
		Port     int    `json:"port"`
		Registry string `json:"registry_config"`
	}
	data, err := os.ReadFile("/etc/registryctl/config.yml")
	if err == nil {
		err = yaml.Unmarshal(data, &config)
	}
	if err == nil {
		_, err = os.ReadFile(config.Registry)
	}
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/health", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "healthy") })
	return serve(fmt.Sprintf(":%d", config.Port), mux)
}
