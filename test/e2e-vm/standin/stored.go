package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
)

// storedRoutes are the credentials of other registries, which secretkey encrypts
// in the database: its length and its value show only here.
func (c *core) storedRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v2.0/registries", c.named(c.store))
	mux.HandleFunc("POST /api/v2.0/registries/ping", c.named(c.ping))
	mux.HandleFunc("GET /api/v2.0/registries", c.named(c.stored))
	mux.HandleFunc("DELETE /api/v2.0/registries/{id}", c.named(func(w http.ResponseWriter, r *http.Request, _ string) {
		_, _ = c.db.Exec(`DELETE FROM registry WHERE id = $1::int`, r.PathValue("id"))
	}))
}

func seal() (cipher.AEAD, error) {
	key, err := os.ReadFile("/etc/core/key")
	if err != nil {
		return nil, err
	}
	if len(key) != 16 {
		return nil, aes.KeySizeError(len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (c *core) store(w http.ResponseWriter, r *http.Request, _ string) {
	var wish struct {
		Name       string `json:"name"`
		Credential struct {
			Secret string `json:"access_secret"`
		} `json:"credential"`
	}
	if err := json.NewDecoder(r.Body).Decode(&wish); err != nil {
		refuse(w, http.StatusBadRequest, "BAD_REQUEST", err.Error())
		return
	}
	box, err := seal()
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce)
	sealed := base64.StdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(wish.Credential.Secret), nil))
	if _, err := c.db.Exec(`INSERT INTO registry (name, secret) VALUES ($1, $2)`, wish.Name, sealed); err != nil {
		refuse(w, http.StatusConflict, "CONFLICT", "registry "+wish.Name+" already exists")
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func (c *core) stored(w http.ResponseWriter, _ *http.Request, _ string) {
	rows, err := c.db.Query(`SELECT id, name FROM registry`)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	defer rows.Close()
	list := []map[string]any{}
	for rows.Next() {
		var id int
		var name string
		if rows.Scan(&id, &name) == nil {
			list = append(list, map[string]any{"id": id, "name": name})
		}
	}
	answer(w, http.StatusOK, list)
}

// ping decrypts what is stored, which needs the key that encrypted it.
func (c *core) ping(w http.ResponseWriter, r *http.Request, _ string) {
	var wish struct {
		ID int `json:"id"`
	}
	_ = json.NewDecoder(r.Body).Decode(&wish)
	var text string
	if err := c.db.QueryRow(`SELECT secret FROM registry WHERE id = $1`, wish.ID).Scan(&text); err != nil {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "registry not found")
		return
	}
	box, err := seal()
	if errors.As(err, new(aes.KeySizeError)) || errors.Is(err, os.ErrPermission) {
		refuse(w, http.StatusInternalServerError, "UNKNOWN", err.Error())
		return
	}
	data, _ := base64.StdEncoding.DecodeString(text)
	if err == nil && len(data) > box.NonceSize() {
		_, err = box.Open(nil, data[:box.NonceSize()], data[box.NonceSize():], nil)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "BAD_REQUEST", "the registry is unhealthy")
	}
}
