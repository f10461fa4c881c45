// Package site opens the pages of the examples in a real browser, from the disk and
// over loopback, and uses them as people do. HAGEN_SHOTS names the folder for the
// pictures that it takes, bin/e2e-site if not said.
package site

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const repository = "../.."

// limit is generous: the machine may have other things to do.
const limit = 30 * time.Second

var (
	out, served string
	chrome      context.Context
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// changes is the page of hagen diff beside those of the renderings.
const changes = "changes.html"

// compare shows what becomes of an example with another database, more registries
// and without metrics.
func compare(dir string) error {
	examples := filepath.Join(repository, "examples")
	data, err := os.ReadFile(filepath.Join(examples, "hub-2.15.toml"))
	if err != nil {
		return err
	}
	text := strings.NewReplacer("postgres.example.com", "other.example.com", "[metrics]\nenabled = true", "[metrics]\nenabled = false").Replace(string(data)) +
		"\n[components.registry]\nreplicas = 5\n"
	spec := filepath.Join(dir, "changed", "hub-2.15.toml")
	if err := os.CopyFS(filepath.Dir(spec), os.DirFS(examples)); err != nil {
		return err
	}
	if err := os.WriteFile(spec, []byte(text), 0o644); err != nil {
		return err
	}
	var said strings.Builder
	diff := hagen("diff", "--exit-zero", "--format", "html", "-o", out, spec)
	diff.Stderr = &said
	page, err := diff.Output()
	if err != nil {
		return fmt.Errorf("hagen diff: %w: %s", err, &said)
	}
	return os.WriteFile(filepath.Join(out, changes), page, 0o644)
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hagen-site-")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	out = filepath.Join(dir, "out")
	specs, _ := filepath.Glob(filepath.Join(repository, "examples", "*.toml"))
	if output, err := hagen(append([]string{"build", "-q", "-o", out}, specs...)...).CombinedOutput(); err != nil {
		return fail(fmt.Errorf("%w\n%s", err, output))
	}
	if err := compare(dir); err != nil {
		return fail(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(out)))
	defer server.Close()
	served = server.URL
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath("/usr/bin/chromium"),
		chromedp.NoSandbox, chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("force-color-profile", "srgb"), chromedp.WSURLReadTimeout(limit))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	browser, stopBrowser := chromedp.NewContext(allocated)
	defer stopBrowser()
	if err := chromedp.Run(browser); err != nil {
		return fail(err)
	}
	chrome = browser
	return m.Run()
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func hagen(args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(repository, "bin", "hagen"), args...)
}

// tab is a page of the browser, and what it did.
type tab struct {
	context.Context
	t  *testing.T
	mu sync.Mutex
	// asked are the addresses that the page asked for, said what it complained of.
	asked, said []string
}

func open(t *testing.T, address string) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(chrome)
	ctx, cancel := context.WithTimeout(ctx, 3*limit)
	p := &tab{Context: ctx, t: t}
	t.Cleanup(func() {
		cancel()
		stop()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, text := range p.said {
			t.Errorf("the page complains: %s", text)
		}
		for _, asked := range p.asked {
			if !strings.HasPrefix(asked, "file://"+out) && !strings.HasPrefix(asked, served) && !strings.HasPrefix(asked, "data:") {
				t.Errorf("the page asks for %s", asked)
			}
		}
	})
	chromedp.ListenTarget(ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			p.asked = append(p.asked, e.Request.URL)
		case *runtime.EventExceptionThrown:
			p.said = append(p.said, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError && !strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
				p.said = append(p.said, e.Entry.Text)
			}
		}
	})
	p.do(network.Enable(), log.Enable(), runtime.Enable(), chromedp.Navigate(address), chromedp.WaitReady("main"))
	return p
}

func (p *tab) do(actions ...chromedp.Action) {
	p.t.Helper()
	if err := chromedp.Run(p, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// eval runs a script in the page.
func eval[T any](p *tab, script string) T {
	p.t.Helper()
	var value T
	p.do(chromedp.Evaluate(script, &value, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	return value
}

// seen waits until something is shown.
func (p *tab) seen(selector string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector(%q)?.checkVisibility()`, selector))
}

// click presses the mouse where something is shown.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.seen(selector)
	at := eval[[]float64](p, fmt.Sprintf(`(e => { e.scrollIntoView({ block: "center", behavior: "instant" }); const r = e.getClientRects()[0]; return [r.x + r.width / 2, r.y + r.height / 2]; })(document.querySelector(%q))`, selector))
	p.do(chromedp.MouseClickXY(at[0], at[1]))
}

// until waits for a script to say true. A page that is on its way to another has
// no answer yet.
func (p *tab) until(script string) {
	p.t.Helper()
	var last error
	for start := time.Now(); time.Since(start) < limit; {
		yes := false
		if last = chromedp.Run(p, chromedp.Evaluate("!!("+script+")", &yes)); yes {
			return
		}
		select {
		case <-p.Done():
			p.t.Fatalf("the browser is gone: %v", last)
		case <-time.After(20 * time.Millisecond):
		}
	}
	said := ""
	_ = chromedp.Run(p, chromedp.Evaluate(`document.activeElement.outerHTML.slice(0, 200) + " at " + location.hash + ": " + (document.querySelector(".hits")?.textContent || "")`, &said))
	p.t.Fatalf("it does not come to: %s (%v; %s)", script, last, said)
}

// pages lists the pages below the output folder.
func pages(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(out, func(path string, entry os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".html" {
			relative, _ := filepath.Rel(out, path)
			found = append(found, filepath.ToSlash(relative))
		}
		return err
	})
	if err != nil || len(found) < 30 {
		t.Fatalf("%d pages, %v", len(found), err)
	}
	return found
}
