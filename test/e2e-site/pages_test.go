package site

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

//go:embed check.js
var check string

// Every page opens from the disk and over loopback, complains of nothing, loads
// nothing, has its names, its contrast in light and dark, and nothing that overlaps.
func TestEveryPage(t *testing.T) {
	for _, name := range pages(t) {
		t.Run(name, func(t *testing.T) {
			for _, address := range []string{"file://" + out, served} {
				p := open(t, address+"/"+name)
				for _, scheme := range []string{"light", "dark"} {
					p.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
					for _, problem := range eval[[]string](p, check) {
						t.Errorf("%s, %s: %s", address[:4], scheme, problem)
					}
				}
			}
		})
	}
}

// The page of changes shows both pictures, with what differs marked by more than
// colour and said to those who do not see it.
func TestChanges(t *testing.T) {
	p := open(t, "file://"+out+"/"+changes)
	for selector, want := range map[string]int{
		"svg.picture":                                                    4,
		"#picture-r0-before-vm .removed":                                 3,
		"#picture-r0-before-vm .backing.changed":                         1,
		"#picture-r0-after-vm .backing.changed":                          1,
		"#picture-r0-after-vm .removed":                                  0,
		"#picture-r0-after-kubernetes [aria-label^='registry:'].changed": 1,
		"svg a": 0, "script": 0,
	} {
		if got := eval[int](p, fmt.Sprintf("document.querySelectorAll(%q).length", selector)); got != want {
			t.Errorf("%s: %d, wanted %d", selector, got, want)
		}
	}
	if said := eval[string](p, `document.querySelector("#picture-r0-before-vm .removed").getAttribute("aria-label")`); !strings.HasSuffix(said, "(removed)") {
		t.Errorf("a mark says %q", said)
	}
	if signs := eval[string](p, `document.querySelector("#picture-r0-before-vm .removed circle.sign + .bang").textContent`); signs != "−" {
		t.Errorf("the sign is %q", signs)
	}
}

// screens are how people look at a page.
var screens = []struct {
	name          string
	width, height int64
	scheme        string
}{{"light", 1440, 900, "light"}, {"dark", 1440, 900, "dark"}, {"phone", 390, 844, "light"}, {"wide", 1920, 1080, "light"}}

// Pictures of the pages are kept for people to look at, and nothing is wider than
// its screen but what scrolls by itself.
func TestScreens(t *testing.T) {
	shots := os.Getenv("HAGEN_SHOTS")
	if shots == "" {
		shots = filepath.Join(repository, "bin", "e2e-site")
	}
	if err := os.MkdirAll(shots, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range pages(t) {
		if strings.Contains(name, "/site/") && !strings.HasPrefix(name, "hub-2-15/") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p := open(t, "file://"+out+"/"+name)
			file := filepath.Join(shots, strings.ReplaceAll(strings.TrimSuffix(name, ".html"), "/", "+"))
			if strings.HasSuffix(name, "site/files.html") {
				p.do(chromedp.Evaluate(`location.hash = "kubernetes/deployment-core.yaml"`, nil))
				p.seen(`article:target`)
			}
			for _, screen := range screens {
				var picture []byte
				p.do(
					emulation.SetDeviceMetricsOverride(screen.width, screen.height, 1, screen.name == "phone"),
					emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: screen.scheme}}),
					chromedp.FullScreenshot(&picture, 100),
				)
				keep(t, file+"+"+screen.name+".png", picture)
				if over := eval[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
					t.Errorf("%s: the page is %d pixels too wide", screen.name, over)
				}
			}
			p.do(chromedp.ActionFunc(func(ctx context.Context) error {
				paper, _, err := page.PrintToPDF().WithPrintBackground(true).WithPaperWidth(8.27).WithPaperHeight(11.69).Do(ctx)
				keep(t, file+"+print.pdf", paper)
				return err
			}))
		})
	}
}

func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	if len(data) < 1000 {
		t.Errorf("%s has %d bytes", name, len(data))
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// What is hostile is shown as text.
func TestHostile(t *testing.T) {
	dir := t.TempDir()
	spec, err := os.ReadFile(filepath.Join(repository, "examples", "hub-vm.toml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(spec) + "\n[[waive]]\nrule = \"HG040\"\nreason = \"<script>document.title='obeyed'</script>\\\"><img src=x onerror=document.title='obeyed'> \\u001b[31m " + strings.Repeat("x", 10_000) + "\"\n"
	if err := os.WriteFile(filepath.Join(dir, "hagen.toml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	built := filepath.Join(out, "hostile")
	if output, err := hagen("build", "-q", "-o", built, filepath.Join(dir, "hagen.toml")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	defer os.RemoveAll(built)
	for _, name := range []string{"index.html", "site/files.html"} {
		p := open(t, "file://"+built+"/hub-vm/"+name)
		said := eval[string](p, `document.body.textContent`)
		for _, want := range []string{"<script>document.title='obeyed'</script>", `"><img src=x onerror=`} {
			if strings.HasSuffix(name, "files.html") {
				want = strings.ReplaceAll(want, `"`, `\"`)
			}
			if !strings.Contains(said, want) {
				t.Errorf("%s does not show %s", name, want)
			}
		}
		if title := eval[string](p, `document.title`); strings.Contains(title, "obeyed") {
			t.Errorf("%s obeyed it", name)
		}
		p.do(emulation.SetDeviceMetricsOverride(390, 844, 1, true))
		if over := eval[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("%s: a long line makes the page %d pixels too wide", name, over)
		}
		for _, problem := range eval[[]string](p, check) {
			t.Error(fmt.Sprintf("%s: %s", name, problem))
		}
	}
}
