package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/v9"
)

// trusted are the system's authorities and those of the bundle.
func trusted() *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	files, _ := filepath.Glob("/harbor_cust_cert/*.crt")
	for _, name := range files {
		if data, err := os.ReadFile(name); err == nil {
			pool.AppendCertsFromPEM(data)
		}
	}
	return pool
}

// openRedis reads the addresses as Harbor 2.x writes them, with Sentinel and TLS.
func openRedis(address string) (redis.UniversalClient, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	options := &redis.UniversalOptions{Addrs: strings.Split(u.Host, ",")}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if strings.HasSuffix(u.Scheme, "+sentinel") {
		options.MasterName, parts = parts[0], parts[1:]
	}
	if len(parts) > 0 && parts[0] != "" {
		if options.DB, err = strconv.Atoi(parts[0]); err != nil {
			return nil, err
		}
	}
	options.Username = u.User.Username()
	options.Password, _ = u.User.Password()
	if strings.HasPrefix(u.Scheme, "rediss") {
		options.TLSConfig = &tls.Config{RootCAs: trusted()}
	}
	return redis.NewUniversalClient(options), nil
}

func pingRedis(client redis.UniversalClient) error {
	return patiently("redis", func() error { return client.Ping(context.Background()).Err() })
}

// openPostgres reads the variables of core.
func openPostgres() (*sql.DB, error) {
	config, err := pgx.ParseConfig("host=" + os.Getenv("POSTGRESQL_HOST") + " port=" + os.Getenv("POSTGRESQL_PORT") +
		" sslmode=" + os.Getenv("POSTGRESQL_SSLMODE"))
	if err != nil {
		return nil, err
	}
	config.User, config.Password, config.Database = os.Getenv("POSTGRESQL_USERNAME"), os.Getenv("POSTGRESQL_PASSWORD"), os.Getenv("POSTGRESQL_DATABASE")
	if config.TLSConfig != nil && !config.TLSConfig.InsecureSkipVerify {
		config.TLSConfig.RootCAs = trusted()
	}
	db := stdlib.OpenDB(*config)
	return db, patiently("postgresql", db.Ping)
}
