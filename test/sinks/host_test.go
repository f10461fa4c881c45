package sinks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// TestNginx lets nginx itself say what it read: each text is the answer of a
// location.
func TestNginx(t *testing.T) {
	need(t, "nginx")
	dir := t.TempDir()
	// no variables, and no word beyond nginx's own buffer
	all := slices.DeleteFunc(without(texts(), "$"), func(text string) bool { return len(text) > 4000 })
	written, err := call(newVM(), "nginx", nginxTree(dir, all))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "nginx.conf", written)
	get := serve(t, dir)
	for i, text := range all {
		want(t, "answer", text, get(i))
	}
}

// nginxTree is a whole configuration with a location for each text.
func nginxTree(dir string, all []string) []any {
	server := []any{[]any{"listen", "unix:" + dir + "/socket"}}
	for i, text := range all {
		server = append(server, []any{"location", "=", fmt.Sprintf("/%d", i), []any{[]any{"return", 200, text}}})
	}
	web := []any{[]any{"access_log", "off"}, []any{"server", server}}
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		web = append(web, []any{kind + "_temp_path", dir + "/" + kind})
	}
	return []any{
		[]any{"daemon", "off"},
		[]any{"master_process", "off"},
		[]any{"pid", dir + "/pid"},
		[]any{"error_log", "stderr"},
		[]any{"events", []any{[]any{"worker_connections", 16}}},
		[]any{"http", web},
	}
}

// serve runs nginx until the test ends and returns what asks it for a location.
func serve(t *testing.T, dir string) func(i int) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, "nginx", "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr")
	var log strings.Builder
	command.Stderr = &log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = command.Wait() })
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", dir+"/socket")
	}}}
	get := func(i int) string { return answer(client, fmt.Sprintf("http://nginx/%d", i)) }
	for range 100 {
		if !strings.HasPrefix(get(0), "(") {
			return get
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nginx does not answer: %.1000s", log.String())
	return nil
}

func answer(client *http.Client, address string) string {
	response, err := client.Get(address)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return fmt.Sprintf("(%s, %v)", response.Status, err)
	}
	return string(body)
}

// TestFstab: options of the mount arrive by the reader of mount(8).
func TestFstab(t *testing.T) {
	need(t, "findmnt")
	// the schema takes neither blanks nor commas
	all := slices.DeleteFunc(texts(), func(text string) bool {
		return text == "" || len(text) > 500 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == ',' || r == 0x7f }) || strings.TrimSpace(text) != text || len(strings.Fields(text)) != 1
	})
	var options []string
	for i, text := range all {
		options = append(options, fmt.Sprintf("o%d=%s", i, text))
	}
	dir := t.TempDir()
	write(t, dir, "fstab", buildOptions(t, options)["compose/a/host/fstab"])
	out, err := run(t, "findmnt", "--tab-file", filepath.Join(dir, "fstab"), "--json", "--output", "SOURCE,TARGET,OPTIONS")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Filesystems []struct{ Source, Target, Options string }
	}
	if err := json.Unmarshal([]byte(out), &table); err != nil || len(table.Filesystems) != 1 {
		t.Fatalf("%v: %.500s", err, out)
	}
	read := strings.Split(table.Filesystems[0].Options, ",")
	for _, option := range options {
		if !slices.Contains(read, option) {
			t.Errorf("%.300q is lost", option)
		}
	}
}

func buildOptions(t *testing.T, options []string) site {
	t.Helper()
	list, err := toml.Marshal(map[string]any{"mount_options": options})
	if err != nil {
		t.Fatal(err)
	}
	return buildText(t, strings.Replace(specText, "[storage.cephfs]\n", "[storage.cephfs]\n"+string(list), 1))
}
