package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
)

// settings are those of 1.x that the tests ask for, by the variable of each.
var settings = map[string]string{
	"mysql_host": "MYSQL_HOST", "mysql_port": "MYSQL_PORT", "mysql_username": "MYSQL_USR", "mysql_password": "MYSQL_PWD",
	"mysql_database": "MYSQL_DATABASE", "ext_endpoint": "EXT_ENDPOINT", "admin_initial_password": "HARBOR_ADMIN_PASSWORD",
	"auth_mode": "AUTH_MODE",
}

// repeated are read at every start; the others only with RESET, or once.
var repeated = map[string]bool{"mysql_password": true, "ext_endpoint": true}

// runAdminserver stands in for harbor-adminserver: it keeps the settings in a
// file and gives them to those who know a secret.
func runAdminserver() error {
	if err := wanted("UI_SECRET", "JOBSERVICE_SECRET"); err != nil {
		return err
	}
	key, err := os.ReadFile("/etc/adminserver/key")
	if err != nil {
		return err
	}
	if len(key) != 16 {
		return fmt.Errorf("crypto/aes: invalid key size %d", len(key))
	}
	path := os.Getenv("JSON_CFG_STORE_PATH")
	values, err := merged(path)
	if err != nil {
		return err
	}
	data, err := json.Marshal(values)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/configurations", func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie("secret")
		if err != nil || cookie.Value != os.Getenv("UI_SECRET") && cookie.Value != os.Getenv("JOBSERVICE_SECRET") {
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "unauthorized")
			return
		}
		answer(w, http.StatusOK, values)
	})
	return serve(":80", mux)
}

// merged reads what is kept, and the variables over it as RESET says.
func merged(path string) (map[string]string, error) {
	values := map[string]string{}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &values)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for name, variable := range settings {
		if _, kept := values[name]; !kept || os.Getenv("RESET") == "true" || repeated[name] {
			values[name] = os.Getenv(variable)
		}
	}
	return values, nil
}

// configured asks adminserver for the settings, for a minute.
func configured() (map[string]string, error) {
	values := map[string]string{}
	return values, patiently("adminserver", func() error {
		request, err := http.NewRequest(http.MethodGet, "http://adminserver/api/configurations", nil)
		if err != nil {
			return err
		}
		request.AddCookie(&http.Cookie{Name: "secret", Value: strings.TrimSpace(os.Getenv("UI_SECRET"))})
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return errors.New(response.Status)
		}
		return json.NewDecoder(response.Body).Decode(&values)
	})
}

// runOldJobservice stands in for harbor-jobservice 1.x.
func runOldJobservice() error {
	if err := wanted("UI_SECRET", "JOBSERVICE_SECRET"); err != nil {
		return err
	}
	for _, path := range []string{os.Getenv("CONFIG_PATH"), "/etc/jobservice/key"} {
		if _, err := os.ReadFile(path); err != nil {
			return err
		}
	}
	values, err := configured()
	if err != nil {
		return err
	}
	if _, err := openMySQL(values); err != nil {
		return err
	}
	return serve(":80", jobRoutes("Harbor-Secret "+os.Getenv("UI_SECRET")))
}
