package conform_test

import (
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"hagen/internal/artifact"
	"hagen/internal/conform"
	"hagen/schema"
)

const goodRegistry = "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: /storage\n"

// Every parser takes what is right and says where and what is wrong, without
// the text around it.
func TestTexts(t *testing.T) {
	checker := conform.New(schema.Artifacts)
	file, err := os.ReadFile("../../examples/ca.crt")
	block, _ := pem.Decode(file)
	if err != nil || block == nil {
		t.Fatal("no certificate", err)
	}
	authority, der := string(file), string(block.Bytes)
	for name, test := range map[string]struct{ component, file, text, want string }{
		"json":                  {"clients", "daemon.json", `{"a": [1, 2]}`, ""},
		"json comma":            {"clients", "daemon.json", "{\n\"a\": 1,\n}", "is no valid JSON: line 3: "},
		"json twice":            {"clients", "daemon.json", "{} {}", "is no valid JSON: line 1: text behind"},
		"yaml":                  {"jobservice", "config.yml", "a: 1\n---\nb: 2\n", ""},
		"yaml indent":           {"jobservice", "config.yml", "a: 1\n b: 2\n", "is no valid YAML: line 2: "},
		"yaml twice":            {"jobservice", "config.yml", "a: 1\na: 2\n", `is no valid YAML: `},
		"unit":                  {"compose", "harbor.service", "[Unit]\nA=b\n[Service]\nExecStart=/bin/true\n", ""},
		"unit of long lines":    {"compose", "x.mount", "[Mount]\nOptions=" + strings.Repeat(`\`, 5000) + "\n[Install]\n", ""},
		"unit after long lines": {"compose", "x.mount", "[Mount]\nOptions=" + strings.Repeat("x", 5000) + "\n[Instal]\nA=b\n", "there is no section Instal"},
		"unit section":          {"compose", "harbor.service", "[Servcie]\nExecStart=/bin/true\n", "there is no section Servcie"},
		"unit line":             {"compose", "x.mount", "[Mount]\nWhat\n", "is no valid unit"},
		"fstab":                 {"compose", "fstab", "# c\na /b ceph defaults 0 0\n", ""},
		"fstab fields":          {"compose", "fstab", "\na /b ceph\n", "line 2 has 3 fields"},
		"env":                   {"own", "my.env", "A=b\n# c\nC='d e'\n", ""},
		"env quote":             {"own", "my.env", "A='geheim\n", "is no valid file of variables"},
		"ini":                   {"ui", "app.conf", "a = 1\n[prod]\nb = 2\n", ""},
		"ini line":              {"ui", "app.conf", "[prod\nb = 2\n", "is no valid INI"},
		"ini value":             {"ui", "app.conf", "geheim\n", "is no valid INI"},
		"certificate":           {"own", "ca.crt", "nothing", "no PEM block"},
		"certificate key":       {"own", "ca.crt", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "block 1 is a PRIVATE KEY"},
		"certificate cut":       {"own", "ca.crt", authority + authority[:300], "block 2 cannot be read"},
		"certificate of none":   {"own", "ca.crt", "-----BEGIN CERTIFICATE-----\n", "block 1 cannot be read"},
		"certificate DER":       {"own", "ca.crt", der, "it is in DER, not in PEM"},
		"certificates":          {"own", "ca.crt", "a comment\n" + authority + authority, ""},
		"certificate broken":    {"own", "ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "block 1 cannot be read"},
		"registry":              {"registry", "config.yml", goodRegistry, ""},
		"registry of Harbor":    {"registry", "config.yml", goodRegistry + "redis:\n  sentinelMasterSet: m\n  enabletls: true\n", ""},
		"registry key":          {"registry", "config.yml", goodRegistry + "helth: {}\n", "line 5: the registry knows no key helth there"},
		"registry type":         {"registry", "config.yml", goodRegistry + "http:\n  relativeurls: geheim\n", "a value of type str stands where bool is wanted"},
		"registry version":      {"registry", "config.yml", "version: 0.9\nstorage: {filesystem: {}}\n", "unsupported version"},
		"registry storage":      {"registry", "config.yml", "version: 0.1\n", "no storage configuration"},
		"registry driver":       {"registry", "config.yml", "version: 0.1\nstorage:\n  s3: {bucket: b, region: r, regionendpoint: \"https://s\", secure: true, skipverify: false}\n", ""},
		"registry parameter":    {"registry", "config.yml", "version: 0.1\nstorage:\n  s3: {bucket: b, region: r, forcepathstyle: true}\n", "the driver s3 of the registry knows no parameter forcepathstyle"},
		"another's config":      {"jobservice", "config.yml", "version: 0.9\n", ""},
		"nginx":                 {"proxy", "nginx.conf", "events {}\nhttp { map $a $b { default \"x y\"; ~^/v1 ${b}z; } server { listen 80; } }\n", ""},
		"nginx if":              {"proxy", "nginx.conf", "http { server { location ~ ^/[a-z]{2} { if ($a = '') { return 403; } } } }", "nginx.conf: line 1: "},
		"nginx quoted brace":    {"proxy", "nginx.conf", "http { server { location ~ \"^/[a-z]{2}\" { if ($a = '') { return 403; } } } }", ""},
		"nginx block":           {"proxy", "nginx.conf", "http { server { listen 80; }\n", "line 2: unexpected end of file, expecting }"},
		"nginx brace":           {"proxy", "nginx.conf", "events {}\n}\n", "line 2: unexpected }"},
		"nginx quote":           {"proxy", "nginx.conf", "events {}\nhttp { log_format a \"x; }\n", "line 2: premature end of file"},
		"nginx end":             {"proxy", "nginx.conf", "user nobody", "premature end of file"},
		"nginx unknown":         {"proxy", "nginx.conf", "http { keepalive_timout 5; }", "unknown directive keepalive_timout"},
		"nginx place":           {"proxy", "nginx.conf", "http { listen 80; }", "line 1: listen directive is not allowed here"},
		"nginx count":           {"proxy", "nginx.conf", "http { keepalive_timeout 1 2 3; }", "invalid number of arguments in keepalive_timeout"},
		"nginx flag":            {"proxy", "nginx.conf", "http { sendfile 1; }", "it must be on or off"},
		"nginx block missing":   {"proxy", "nginx.conf", "http { server; }", "server has no opening {"},
		"nginx semicolon block": {"proxy", "nginx.conf", "http { sendfile on { } }", "sendfile is not terminated by ;"},
		"other":                 {"log", "logrotate.conf", "{{{", ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := artifact.File{Path: "compose/n/config/x/" + test.file, Data: []byte(test.text), Component: test.component}
			report := checker.Check(artifact.Set{file}, "1.34")
			if test.want == "" {
				for _, d := range report.Findings {
					t.Errorf("%v", d)
				}
				return
			}
			if len(report.Findings) == 0 || !strings.Contains(report.Findings[0].Error(), test.want) {
				t.Fatalf("got %v, want %s", report.Findings, test.want)
			}
			if strings.Contains(report.Findings[0].Error(), "geheim") {
				t.Errorf("a value shows: %v", report.Findings[0])
			}
		})
	}
}

// The registry's parser tells what it found in another order each time.
func TestSameWordsEachTime(t *testing.T) {
	text := "version: 0.1\nstorage: {s3: {}, filesystem: {}, gcs: {}, azure: {}, swift: {}}\n"
	file := artifact.File{Path: "compose/n/config/registry/config.yml", Data: []byte(text), Component: "registry"}
	for range 20 {
		report := conform.New(schema.Artifacts).Check(artifact.Set{file}, "1.34")
		if got := report.Findings[0].Error(); !strings.Contains(got, "[azure filesystem gcs s3 swift]") {
			t.Fatalf("got %s", got)
		}
	}
}

// A text that several files share is told once, with all of them.
func TestSharedText(t *testing.T) {
	var files artifact.Set
	for _, node := range []string{"a", "b", "c"} {
		files = append(files, artifact.File{Path: node + "/nginx.conf", Data: []byte("bad 1; worse 2;"), Component: "proxy"})
	}
	report := conform.New(schema.Artifacts).Check(files, "")
	if len(report.Findings) != 2 {
		t.Fatal(report.Findings)
	}
	for _, d := range report.Findings {
		if d.Artifact != "a/nginx.conf" || !strings.HasSuffix(d.Reason, "\nthe same text is in b/nginx.conf, c/nginx.conf") {
			t.Errorf("%v\n%s", d, d.Reason)
		}
	}
}
