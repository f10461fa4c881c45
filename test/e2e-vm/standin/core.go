package main

import (
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/redis/go-redis/v9"
)

// core stands in for harbor-core: API, sessions, token service and the door to
// the registry.
type core struct {
	db       *sql.DB
	redis    redis.UniversalClient
	registry *httputil.ReverseProxy
	external *url.URL
}

// tables of what the tests ask for; the lock serialises cores that start at once.
const tables = `
BEGIN;
SELECT pg_advisory_xact_lock(20151);
CREATE TABLE IF NOT EXISTS harbor_user (name text PRIMARY KEY, password text NOT NULL);
CREATE TABLE IF NOT EXISTS project (name text PRIMARY KEY, public boolean NOT NULL);
CREATE TABLE IF NOT EXISTS repository (name text PRIMARY KEY, project text NOT NULL);
CREATE TABLE IF NOT EXISTS registry (id serial PRIMARY KEY, name text UNIQUE, secret text NOT NULL);
CREATE TABLE IF NOT EXISTS job (id serial PRIMARY KEY, uuid text NOT NULL);
INSERT INTO project VALUES ('library', true) ON CONFLICT DO NOTHING;
COMMIT;`

func runCore() error {
	if err := wanted("_REDIS_URL_CORE", "POSTGRESQL_HOST", "POSTGRESQL_PORT", "POSTGRESQL_PASSWORD", "JOBSERVICE_URL",
		"REGISTRY_CREDENTIAL_USERNAME", "REGISTRY_CREDENTIAL_PASSWORD", "REGISTRY_URL"); err != nil {
		return err
	}
	if _, err := os.ReadFile("/etc/core/app.conf"); err != nil {
		return err
	}
	c := &core{external: &url.URL{Scheme: "https"}}
	if text := os.Getenv("EXT_ENDPOINT"); text != "" {
		var err error
		if c.external, err = url.Parse(text); err != nil {
			return err
		}
	}
	var err error
	if c.redis, err = openRedis(os.Getenv("_REDIS_URL_CORE")); err != nil {
		return err
	}
	if err = pingRedis(c.redis); err != nil {
		return err
	}
	if c.db, err = openPostgres(); err != nil {
		return err
	}
	if _, err = c.db.Exec(tables); err != nil {
		return err
	}
	if _, err = c.db.Exec(`INSERT INTO harbor_user VALUES ('admin', $1) ON CONFLICT DO NOTHING`, hashed(os.Getenv("HARBOR_ADMIN_PASSWORD"))); err != nil {
		return err
	}
	if c.registry, err = newDoor(); err != nil {
		return err
	}
	return serve(":"+os.Getenv("PORT"), c.routes())
}

func (c *core) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2.0/ping", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("Pong")) })
	mux.HandleFunc("GET /api/v2.0/systeminfo", c.systemInfo)
	mux.HandleFunc("GET /api/v2.0/health", c.health)
	mux.HandleFunc("GET /api/v2.0/users/current", c.named(func(w http.ResponseWriter, _ *http.Request, user string) {
		answer(w, http.StatusOK, map[string]any{"username": user})
	}))
	mux.HandleFunc("POST /c/login", c.login)
	mux.HandleFunc("GET /service/token", c.token)
	mux.HandleFunc("/v2/", c.images)
	mux.HandleFunc("GET /api/v2.0/internalconfig", c.internalConfig)
	c.projectRoutes(mux)
	c.storedRoutes(mux)
	c.jobRoutes(mux)
	return c.protected(mux)
}

func (c *core) systemInfo(w http.ResponseWriter, r *http.Request) {
	info := map[string]any{"auth_mode": "db_auth", "registry_url": c.external.Host, "external_url": c.external.String()}
	if c.who(r) != "" {
		info["harbor_version"] = os.Getenv("STANDIN_VERSION") + "-standin"
	}
	answer(w, http.StatusOK, info)
}

// health asks what core needs, each by the address of the bundle.
func (c *core) health(w http.ResponseWriter, r *http.Request) {
	status := "healthy"
	var components []map[string]string
	report := func(name string, err error) {
		entry := map[string]string{"name": name, "status": "healthy"}
		if err != nil {
			entry["status"], entry["error"], status = "unhealthy", err.Error(), "unhealthy"
		}
		components = append(components, entry)
	}
	report("database", c.db.Ping())
	report("redis", c.redis.Ping(r.Context()).Err())
	for name, address := range map[string]string{
		"jobservice":  os.Getenv("JOBSERVICE_URL") + "/api/v1/stats",
		"registryctl": os.Getenv("REGISTRY_CONTROLLER_URL") + "/api/health",
		"registry":    os.Getenv("REGISTRY_URL") + "/",
		"portal":      os.Getenv("PORTAL_URL") + "/",
	} {
		response, err := http.Get(address)
		if err == nil {
			response.Body.Close()
		}
		report(name, err)
	}
	answer(w, http.StatusOK, map[string]any{"status": status, "components": components})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print(err)
	}
}

// refuse answers as Harbor and the registry do.
func refuse(w http.ResponseWriter, status int, code, message string) {
	log.Printf("%d %s: %s", status, code, message)
	answer(w, status, map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
}
