package site

import (
	"bufio"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focused tells what has the focus.
const focused = `(document.activeElement.getAttribute("href") || document.activeElement.id || document.activeElement.tagName)`

// Somebody finds a file by its text, follows it to its ConfigMap and that to the
// line of the spec.
func TestFindAndFollow(t *testing.T) {
	p := open(t, "file://"+out+"/hub-2-15/site/files.html")
	p.click("#search")
	p.do(chromedp.KeyEvent("maxsurge"))
	p.until(`document.querySelector(".hits").textContent.startsWith("8 ")`)
	if shown := eval[int](p, `[...document.querySelectorAll(".side a[data-find]")].filter(a => a.checkVisibility()).length`); shown != 8 {
		t.Errorf("%d files are shown, not the 8 Deployments", shown)
	}
	p.click(`.side a[href="#kubernetes/deployment-core.yaml"]`)
	p.seen(`article:target`)
	if n := eval[int](p, `CSS.highlights.get("hit").size`); n != 1 {
		t.Errorf("%d places are marked", n)
	}
	if n := eval[int](p, `CSS.highlights.get("key").size`); n < 50 {
		t.Errorf("only %d keys are coloured", n)
	}
	p.click(`article:target a[href="#kubernetes/configmap-core-env.yaml"]`)
	p.until(`document.querySelector("article:target")?.id === "kubernetes/configmap-core-env.yaml"`)
	if back := eval[int](p, `document.querySelectorAll('article:target a[href="#kubernetes/deployment-core.yaml"]').length`); back != 1 {
		t.Error("the ConfigMap does not lead back to its pods")
	}
	line := eval[string](p, `[...document.querySelectorAll("article:target dd li")].find(li => li.textContent.includes("database.host")).querySelector("a").hash`)
	p.click(`article:target dd a[href="` + line + `"]`)
	p.until(`document.querySelector(":target")?.classList.contains("l")`)
	if text := eval[string](p, `document.querySelector(":target").textContent`); !strings.Contains(text, `host = "postgres.example.com"`) {
		t.Errorf("the line of the spec is %q", text)
	}
	if !eval[bool](p, `document.querySelector(":target").checkVisibility()`) {
		t.Error("the line is not shown")
	}
}

// The raw file is what the page shows.
func TestRawFile(t *testing.T) {
	p := open(t, served+"/hub-2-15/site/files.html#balancer/haproxy.cfg")
	p.seen("article:target")
	link := eval[string](p, `document.querySelector("article:target dd a").href`)
	data, err := os.ReadFile(out + strings.TrimPrefix(link, served))
	if err != nil {
		t.Fatal(err)
	}
	if text := eval[string](p, `document.querySelector("article:target pre code").textContent`); text != string(data) {
		t.Errorf("got %q", text)
	}
}

// A command is copied, a step ticked, and the tick is there again later.
func TestCopyAndTick(t *testing.T) {
	address := served + "/hub-2-15/site/runbook-node1.html"
	p := open(t, address)
	p.do(browser.GrantPermissions([]browser.PermissionType{browser.PermissionTypeClipboardReadWrite, browser.PermissionTypeClipboardSanitizedWrite}).WithOrigin(served))
	p.click(".step .copy")
	p.until(`document.querySelector(".copy").textContent === "copied"`)
	if text := eval[string](p, `navigator.clipboard.readText()`); !strings.HasPrefix(text, "install -d -m 0755 /opt/hagen/hub-2-15\n") {
		t.Errorf("copied %q", text)
	}
	p.click(".tick")
	p.until(`document.querySelector(".tick").checked`)
	again := open(t, address)
	again.until(`document.querySelector(".tick").checked`)
}

// With the keyboard alone: past the navigation, through the picture, to a file.
func TestKeyboard(t *testing.T) {
	p := open(t, "file://"+out+"/hub-2-15/index.html")
	p.do(chromedp.KeyEvent(kb.Tab))
	if at := eval[string](p, focused); at != "#content" {
		t.Errorf("the first stop is %s, not the way past the navigation", at)
	}
	seen := map[string]bool{}
	for range 120 {
		p.do(chromedp.KeyEvent(kb.Tab))
		at := eval[string](p, focused)
		seen[at] = true
		if !eval[bool](p, `(e => e === document.body || e.checkVisibility() && (getComputedStyle(e).outlineStyle !== "none" || !!e.closest("svg,label")))(document.activeElement)`) {
			t.Errorf("the focus on %s is not seen", at)
		}
		if at == "site/files.html#kubernetes/deployment-core.yaml" {
			break
		}
	}
	for _, want := range []string{"site/runbook-node2.html", "wayx", "balancer", "site/files.html#balancer/haproxy.cfg", "site/files.html#kubernetes/deployment-core.yaml"} {
		if want != "balancer" && !seen[want] {
			t.Errorf("the keyboard does not come to %s", want)
		}
	}
	p.until(`document.querySelector("#picture-kubernetes").classList.contains("dim") || document.activeElement.closest("#picture-kubernetes")`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.querySelector("article:target h2")?.textContent === "kubernetes/deployment-core.yaml"`)
	p.do(chromedp.KeyEvent("/"))
	p.until(`document.activeElement.id === "search"`)
}

// A way that is chosen stands out, without a script too; pointing shows neighbours.
func TestWays(t *testing.T) {
	p := open(t, "file://"+out+"/hub-2-15/index.html")
	faint := `[...document.querySelectorAll("#picture-inside .box")].filter(e => getComputedStyle(e).opacity < 1).map(e => e.dataset.of).sort().join(" ")`
	if got := eval[string](p, faint); got != "" {
		t.Errorf("before: %s", got)
	}
	p.click(`label:has(#way0)`)
	p.until(`getComputedStyle(document.querySelector("#way0-says")).display === "block"`)
	if got := eval[string](p, faint); got != "exporter jobservice log portal registryctl trivy-adapter" {
		t.Errorf("a pull does not touch %s", got)
	}
	p.click(`label:has(#wayx)`)
	p.do(chromedp.Evaluate(`document.querySelector('#picture-inside [data-of="portal"]').focus()`, nil))
	p.until(`document.querySelector("#picture-inside").classList.contains("dim")`)
	if got := eval[string](p, `[...document.querySelectorAll("#picture-inside .box.on")].map(e => e.dataset.of).sort().join(" ")`); got != "core portal proxy" {
		t.Errorf("portal speaks to %s", got)
	}
}

// hagen site serve shows a spec while it is written: pages load again, and a spec
// that is wrong leaves them as they are.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "hagen.toml")
	spec, err := os.ReadFile(filepath.Join(repository, "examples", "hub-vm.toml"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(old, new string) {
		t.Helper()
		text := strings.Replace(string(spec), old, new, 1)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("", "")
	cmd := hagen("site", "serve", name, "--listen", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("it ends with %v", err)
		}
	}()
	lines := bufio.NewScanner(output)
	lines.Scan()
	address := strings.TrimSuffix(lines.Text(), "/")
	old := served
	served = address
	t.Cleanup(func() { served = old })
	p := open(t, address+"/hub-vm/")
	p.until(`document.querySelector("h1").textContent === "hub-vm" && document.querySelectorAll("#picture-vm .place").length === 3`)
	write("8070", "8071")
	p.until(`document.querySelector(".lead a").textContent === "http://hub.tonybai.com:8071"`)
	write("mysql.internal", "db.internal")
	p.until(`document.querySelector("#picture-vm").textContent.includes("db.internal")`)
	write("version", "versoin")
	write("mysql.internal", "sql.internal")
	p.until(`document.querySelector("#picture-vm").textContent.includes("sql.internal")`)
	request, err := http.NewRequest(http.MethodGet, address+"/hub-vm/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "evil.example.com"
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another name is answered with %s", answer.Status)
	}
	p.do(chromedp.Navigate("about:blank"))
}
