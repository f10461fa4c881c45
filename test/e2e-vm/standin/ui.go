package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"
)

// openMySQL connects as 1.x does: the settings of adminserver, no TLS.
func openMySQL(values map[string]string) (*sql.DB, error) {
	config := mysql.NewConfig()
	config.User, config.Passwd, config.DBName = values["mysql_username"], values["mysql_password"], values["mysql_database"]
	config.Net, config.Addr = "tcp", values["mysql_host"]+":"+values["mysql_port"]
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	return db, patiently("mysql", db.Ping)
}

// sessions of the web framework: in Redis by _REDIS_URL, else in the memory of
// one ui.
type sessions struct {
	redis  *redis.Client
	memory sync.Map
}

// openSessions reads host:port, pool size, password, database.
func openSessions(text string) (*sessions, error) {
	if text == "" {
		return &sessions{}, nil
	}
	parts := append(strings.Split(text, ","), "", "", "", "")
	database, err := strconv.Atoi(parts[3] + strings.Repeat("0", 1-min(1, len(parts[3]))))
	if err != nil {
		return nil, err
	}
	client := redis.NewClient(&redis.Options{Addr: parts[0], Password: parts[2], DB: database})
	return &sessions{redis: client}, pingRedis(client)
}

func (s *sessions) keep(id, user string) error {
	if s.redis == nil {
		s.memory.Store(id, user)
		return nil
	}
	return s.redis.Set(context.Background(), "beego:"+id, user, time.Hour).Err()
}

func (s *sessions) user(id string) string {
	if s.redis == nil {
		user, _ := s.memory.Load(id)
		text, _ := user.(string)
		return text
	}
	user, _ := s.redis.Get(context.Background(), "beego:"+id).Result()
	return user
}

// ui stands in for harbor-ui 1.2: web interface, API, token service, and the
// way to the registry.
type ui struct {
	db       *sql.DB
	sessions *sessions
	registry *httputil.ReverseProxy
	values   map[string]string
}

func runUI() error {
	if err := wanted("UI_SECRET", "JOBSERVICE_SECRET", "CONFIG_PATH"); err != nil {
		return err
	}
	for _, path := range []string{os.Getenv("CONFIG_PATH"), "/etc/ui/key"} {
		if _, err := os.ReadFile(path); err != nil {
			return err
		}
	}
	u := &ui{registry: &httputil.ReverseProxy{FlushInterval: -1, Director: func(r *http.Request) {
		r.URL.Scheme, r.URL.Host = "http", "registry:5000"
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/registryproxy")
	}}}
	var err error
	if u.values, err = configured(); err != nil {
		return err
	}
	if u.db, err = openMySQL(u.values); err != nil {
		return err
	}
	// it does not make its tables
	if _, err = u.db.Exec("UPDATE user SET password = ? WHERE username = 'admin' AND password = ''", hashed(u.values["admin_initial_password"])); err != nil {
		return err
	}
	if u.sessions, err = openSessions(os.Getenv("_REDIS_URL")); err != nil {
		return err
	}
	return serve(":80", u.routes())
}

func (u *ui) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "stand-in of ui") })
	mux.HandleFunc("GET /api/systeminfo", func(w http.ResponseWriter, _ *http.Request) {
		external, _ := url.Parse(u.values["ext_endpoint"])
		answer(w, http.StatusOK, map[string]string{
			"harbor_version": os.Getenv("STANDIN_VERSION") + "-standin", "registry_url": external.Host, "auth_mode": u.values["auth_mode"],
		})
	})
	mux.HandleFunc("POST /login", u.login)
	mux.HandleFunc("GET /api/users/current", u.named(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"username": "admin"})
	}))
	mux.HandleFunc("GET /service/token", u.token)
	mux.HandleFunc("POST /service/notifications", u.notified)
	mux.HandleFunc("/registryproxy/v2/", u.registry.ServeHTTP)
	mux.HandleFunc("POST /api/projects", u.named(u.makeProject))
	mux.HandleFunc("GET /api/projects", u.named(u.projects))
	mux.HandleFunc("DELETE /api/projects/{id}", u.named(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = u.db.Exec("DELETE FROM project WHERE project_id = ?", r.PathValue("id"))
	}))
	mux.HandleFunc("GET /api/repositories", u.named(u.repositories))
	mux.HandleFunc("DELETE /api/repositories/{name...}", u.named(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = u.db.Exec("DELETE FROM repository WHERE name = ?", r.PathValue("name"))
	}))
	return mux
}

func (u *ui) checks(user, password string) bool {
	var stored string
	err := u.db.QueryRow("SELECT password FROM user WHERE username = ?", user).Scan(&stored)
	return err == nil && stored == hashed(password)
}

func (u *ui) who(r *http.Request) string {
	if user, password, given := r.BasicAuth(); given {
		if u.checks(user, password) {
			return user
		}
		return ""
	}
	cookie, err := r.Cookie("beegosessionID")
	if err != nil {
		return ""
	}
	return u.sessions.user(cookie.Value)
}

func (u *ui) named(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if u.who(r) == "" {
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "UnAuthorize")
			return
		}
		next(w, r)
	}
}

func (u *ui) login(w http.ResponseWriter, r *http.Request) {
	user := r.PostFormValue("principal")
	if !u.checks(user, r.PostFormValue("password")) {
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "invalid user name or password")
		return
	}
	id := random()
	if err := u.sessions.keep(id, user); err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "beegosessionID", Value: id, Path: "/"})
}

func (u *ui) token(w http.ResponseWriter, r *http.Request) {
	user := u.who(r)
	if _, _, given := r.BasicAuth(); given && user == "" {
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "invalid user name or password")
		return
	}
	granted := []access{}
	for _, wish := range wishes(r) {
		var public bool
		_ = u.db.QueryRow("SELECT public FROM project WHERE name = ?", project(wish.Name)).Scan(&public)
		switch {
		case user != "":
			granted = append(granted, wish)
		case public:
			granted = append(granted, access{wish.Type, wish.Name, []string{"pull"}})
		}
	}
	text, err := sign("/etc/ui/private_key.pem", "harbor-token-issuer", user, r, granted)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	answer(w, http.StatusOK, map[string]any{"token": text, "expires_in": 1800})
}

// notified lists what the registry says was pushed, by those who call themselves docker.
func (u *ui) notified(_ http.ResponseWriter, r *http.Request) {
	var said struct {
		Events []struct {
			Action  string
			Target  struct{ Repository, MediaType string }
			Request struct{ UserAgent string }
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&said)
	for _, event := range said.Events {
		if event.Action == "push" && strings.Contains(event.Target.MediaType, "manifest") && strings.HasPrefix(event.Request.UserAgent, "docker") {
			_, _ = u.db.Exec("INSERT IGNORE INTO repository (name) VALUES (?)", event.Target.Repository)
		}
	}
}

func (u *ui) makeProject(w http.ResponseWriter, r *http.Request) {
	var wish struct {
		Name   string `json:"project_name"`
		Public int    `json:"public"`
	}
	if err := json.NewDecoder(r.Body).Decode(&wish); err != nil {
		refuse(w, http.StatusBadRequest, "BAD_REQUEST", err.Error())
		return
	}
	if _, err := u.db.Exec("INSERT INTO project (name, public) VALUES (?, ?)", wish.Name, wish.Public); err != nil {
		refuse(w, http.StatusConflict, "CONFLICT", err.Error())
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func (u *ui) projects(w http.ResponseWriter, r *http.Request) {
	list := []map[string]any{}
	var id int
	name := r.URL.Query().Get("project_name")
	if u.db.QueryRow("SELECT project_id FROM project WHERE name = ?", name).Scan(&id) == nil {
		list = append(list, map[string]any{"project_id": id, "name": name})
	}
	answer(w, http.StatusOK, list)
}

func (u *ui) repositories(w http.ResponseWriter, _ *http.Request) {
	rows, err := u.db.Query("SELECT name FROM repository ORDER BY name")
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	defer rows.Close()
	list := []string{}
	for rows.Next() {
		var name string
		if rows.Scan(&name) == nil {
			list = append(list, name)
		}
	}
	answer(w, http.StatusOK, list)
}
