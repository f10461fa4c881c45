package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"strings"
	"time"
)

func hashed(password string) string {
	sum := sha256.Sum256([]byte("standin" + password))
	return hex.EncodeToString(sum[:])
}

func random() string {
	text := make([]byte, 16)
	_, _ = rand.Read(text)
	return hex.EncodeToString(text)
}

// checks a user and password against the database.
func (c *core) checks(user, password string) bool {
	var stored string
	err := c.db.QueryRow(`SELECT password FROM harbor_user WHERE name = $1`, user).Scan(&stored)
	return err == nil && stored == hashed(password)
}

// who names the user of a request, by its password or its session in Redis.
func (c *core) who(r *http.Request) string {
	if user, password, given := r.BasicAuth(); given {
		if c.checks(user, password) {
			return user
		}
		return ""
	}
	if cookie, err := r.Cookie("sid"); err == nil {
		user, _ := c.redis.Get(r.Context(), "session:"+cookie.Value).Result()
		return user
	}
	return ""
}

// named lets known users alone pass.
func (c *core) named(next func(http.ResponseWriter, *http.Request, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user := c.who(r)
		if user == "" {
			refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "unauthorized")
			return
		}
		next(w, r, user)
	}
}

func (c *core) login(w http.ResponseWriter, r *http.Request) {
	user := r.PostFormValue("principal")
	if !c.checks(user, r.PostFormValue("password")) {
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED", "invalid user name or password")
		return
	}
	sid := random()
	if err := c.redis.Set(context.Background(), "session:"+sid, user, time.Hour).Err(); err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: sid, Path: "/", HttpOnly: true})
}

func signature(nonce string) string {
	mac := hmac.New(sha256.New, []byte(os.Getenv("CSRF_KEY")))
	mac.Write([]byte(nonce))
	return hex.EncodeToString(mac.Sum(nil))
}

// protected wants the token of a form with whatever a session changes. A key of
// another length than 32 answers every request with an error, as the real one.
func (c *core) protected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _, basic := r.BasicAuth()
		own := strings.HasPrefix(r.URL.Path, "/v2/") || strings.HasPrefix(r.URL.Path, "/service/") || r.Header.Get("Authorization") != ""
		switch {
		case len(os.Getenv("CSRF_KEY")) != 32 && !strings.HasSuffix(r.URL.Path, "/ping"):
			refuse(w, http.StatusInternalServerError, "UNKNOWN", "the CSRF key is not 32 bytes long")
		case own || basic:
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			nonce := random()
			http.SetCookie(w, &http.Cookie{Name: "_gorilla_csrf", Value: nonce, Path: "/", HttpOnly: true})
			w.Header().Set("X-Harbor-CSRF-Token", signature(nonce))
			next.ServeHTTP(w, r)
		default:
			cookie, err := r.Cookie("_gorilla_csrf")
			if err != nil || !hmac.Equal([]byte(r.Header.Get("X-Harbor-CSRF-Token")), []byte(signature(cookie.Value))) {
				refuse(w, http.StatusForbidden, "FORBIDDEN", "CSRF token invalid")
				return
			}
			next.ServeHTTP(w, r)
		}
	})
}
