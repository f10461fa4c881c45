package material_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hagen/internal/material"
	"hagen/internal/secret"
)

// installed is what the library says of an installation, cut down.
var installed = secret.Need{
	Public: []string{"Harbor12345", "placeholder"},
	Import: secret.Sources{
		YAML: map[string]string{
			"harbor.yml:harbor_admin_password":             "harbor_admin_password",
			"harbor.yml:external_database.harbor.password": "database_password",
			"config.yml:http.secret":                       "registry_http_secret",
		},
		INI:   map[string]string{"db_password": "database_password"},
		Files: map[string]string{"server.crt": "tls.crt"},
	},
	Materials: []secret.Material{
		{Name: "secretkey", Kind: secret.Random, Length: 16, Uses: []secret.Use{{As: "file /etc/core/key"}}},
		{Name: "core_secret", Kind: secret.Random, Length: 16, Uses: []secret.Use{{As: "variable CORE_SECRET"}}},
		{Name: "harbor_admin_password", Kind: secret.Random, Uses: []secret.Use{{As: "variable HARBOR_ADMIN_PASSWORD"}}},
		{Name: "registry_http_secret", Kind: secret.Random},
		{Name: "private_key.pem", Kind: secret.RSA},
		{Name: "database_password", Kind: secret.Given},
		{Name: "redis_url", Kind: secret.Composed, Uses: []secret.Use{{As: "variable _REDIS_URL"}}},
		{Name: "tls.crt", Kind: secret.Given, Format: secret.FormatCertificate},
	},
}

func TestImport(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  material.Values
		err   string
	}{
		"files": {
			files: map[string]string{"secret/keys/secretkey": "0123456789abcdef\n", "core/private_key.pem": "-----BEGIN X\n", "cert/server.crt": "pem\n"},
			want:  material.Values{"secretkey": "0123456789abcdef", "private_key.pem": "-----BEGIN X\n", "tls.crt": "pem\n"},
		},
		"env": {
			files: map[string]string{"core/env": "# comment\nCORE_SECRET=a=b c\n\n_REDIS_URL=host:1\nOTHER=x\n", "jobservice/env": "CORE_SECRET=a=b c\n"},
			want:  material.Values{"core_secret": "a=b c"},
		},
		"quoted env":            {files: map[string]string{"core.env": "CORE_SECRET='it is'\n"}, want: material.Values{"core_secret": "it is"}},
		"harbor.yml":            {files: map[string]string{"harbor.yml": "harbor_admin_password: s3cret\nexternal_database:\n  harbor:\n    password: 12345\n"}, want: material.Values{"harbor_admin_password": "s3cret", "database_password": "12345"}},
		"no text in harbor.yml": {files: map[string]string{"harbor.yml": "harbor_admin_password: 1e5\nexternal_database: &x\n  harbor: {password: ~}\n"}, want: material.Values{"harbor_admin_password": "1e5"}},
		"long lines":            {files: map[string]string{"core.env": "X=" + strings.Repeat("x", 1<<17) + "\nCORE_SECRET=y\n"}, want: material.Values{"core_secret": "y"}},
		"harbor.cfg":            {files: map[string]string{"harbor.cfg": "[configuration]\n#db_password = old\ndb_password = new one\n"}, want: material.Values{"database_password": "new one"}},
		"what everybody knows":  {files: map[string]string{"registry/config.yml": "http:\n  secret: placeholder\n", "harbor.yml": "harbor_admin_password: Harbor12345\n"}, want: material.Values{}},
		"two values": {
			files: map[string]string{"core/env": "CORE_SECRET=one\n", "registryctl/env": "CORE_SECRET=two\n"},
			want:  material.Values{"core_secret": "one"}, err: "core_secret has one value in core/env and another in registryctl/env",
		},
		"no YAML": {files: map[string]string{"harbor.yml": "a: [\n"}, want: material.Values{}, err: "it is not YAML"},
		"nothing": {files: map[string]string{"config.yml": "a: b\n"}, want: material.Values{}},
	} {
		t.Run(name, func(t *testing.T) {
			var sources []material.Source
			for _, path := range sorted(c.files) {
				if !material.Imports(installed, path) {
					t.Errorf("%s would not be read", path)
				}
				sources = append(sources, material.Source{Path: path, Data: []byte(c.files[path])})
			}
			got, err := material.Import(installed, sources)
			if !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if err != nil && strings.Contains(err.Error(), "two") && strings.Contains(err.Error(), "=two") {
				t.Error("the error shows a value")
			}
		})
	}
}

func TestImportsNothingElse(t *testing.T) {
	for _, name := range []string{"README.md", "environment", "private_key.pem.bak", "core_secret"} {
		if material.Imports(installed, name) {
			t.Errorf("%s would be read", name)
		}
	}
}

func sorted(files map[string]string) []string {
	return slices.Sorted(maps.Keys(files))
}

// FuzzImport reads files that nobody vouches for: no crash, nothing that is not
// in them, and no value in an error.
func FuzzImport(f *testing.F) {
	f.Add("harbor.yml", []byte("harbor_admin_password: &a [*a]\n"))
	f.Add("harbor.yml", []byte("harbor_admin_password: &a s3cret-value\nexternal_database: {harbor: {password: *a}}\n"))
	f.Add("core.env", []byte("CORE_SECRET='it is'\n\r\nCORE_SECRET="))
	f.Add("harbor.cfg", []byte("db_password = a = b\n"))
	f.Add("secretkey", []byte("0123456789abcdef\n"))
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		if !material.Imports(installed, path) {
			return
		}
		values, err := material.Import(installed, []material.Source{{Path: path, Data: data}})
		for name, value := range values {
			if _, known := installed.Material(name); !known || value == "" {
				t.Errorf("%q: %q", name, value)
			}
			if err != nil && len(value) > 8 && !strings.Contains(path, value) && strings.Contains(err.Error(), value) {
				t.Errorf("the error shows a value: %v", err)
			}
		}
		twice, _ := material.Import(installed, []material.Source{{Path: path, Data: data}, {Path: path, Data: data}})
		if !maps.Equal(values, twice) {
			t.Errorf("once %v, twice %v", values, twice)
		}
	})
}
