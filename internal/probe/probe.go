// Package probe looks at a registry that runs: it asks through the public
// address and through every node, lets tokens, sessions and uploads of one node
// meet the others, and says which of the known symptoms it sees and what causes
// them. What it makes, a private project with a tiny image, it removes again.
package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
)

// Options say what to look at.
type Options struct {
	URL            string
	Nodes          []string
	User, Password string
	// ReadOnly makes nothing: no project, no image, no job.
	ReadOnly bool
	Insecure bool
	// Authority is the PEM of certificates to trust beside the system's.
	Authority []byte
	// Symptoms holds symptoms.json.
	Symptoms fs.FS
}

// Report is what was seen.
type Report struct {
	URL      string    `json:"url"`
	Harbor   string    `json:"harbor,omitempty"`
	Points   []string  `json:"points"`
	Checks   []string  `json:"checks"`
	Findings []Finding `json:"findings"`
	// Left is what could not be removed.
	Left []string `json:"left,omitempty"`
}

type probe struct {
	options Options
	known   symptoms
	// points are the public address and the nodes; nodes those that tell which
	// of them answers, or the public address alone.
	points, nodes []*point
	api           api
	project       string
	report        Report
	undo          []func(context.Context) error
}

// check is one thing to look at.
type check struct {
	title  string
	writes bool
	// user: it needs a password
	user bool
	run  func(*probe, context.Context)
}

// checks are done in their order.
func checks() []check {
	return []check{
		{"every door answers", false, false, (*probe).reach},
		{"token address", false, false, (*probe).realm},
		{"versions and settings are the same", false, true, (*probe).compare},
		{"components are healthy", false, true, (*probe).health},
		{"sessions hold on every node", false, true, (*probe).sessions},
		{"tokens hold on every node", false, true, (*probe).tokens},
		{"pushes and pulls of a private project", true, true, (*probe).images},
		{"uploads change the node", true, true, (*probe).uploads},
		{"stored credentials", true, true, (*probe).stored},
		{"jobs and their logs", true, true, (*probe).jobs},
	}
}

// Run looks, and cleans up. The error is about looking itself; what is wrong with
// the registry is in the report.
func Run(ctx context.Context, options Options) (Report, error) {
	p, err := newProbe(options)
	if err != nil {
		return Report{}, err
	}
	defer func() { p.cleanUp(context.WithoutCancel(ctx)) }()
	for _, check := range checks() {
		if check.writes && options.ReadOnly || check.user && options.Password == "" || len(p.nodes) == 0 {
			continue
		}
		check.run(p, ctx)
		if err := ctx.Err(); err != nil {
			return p.report, err
		}
		p.report.Checks = append(p.report.Checks, check.title)
	}
	p.cleanUp(context.WithoutCancel(ctx))
	return p.report, nil
}

func newProbe(options Options) (*probe, error) {
	known, err := readSymptoms(options.Symptoms)
	if err != nil {
		return nil, err
	}
	public, err := address(options.URL, "https")
	if err != nil {
		return nil, err
	}
	transport, err := transportOf(options)
	if err != nil {
		return nil, err
	}
	p := &probe{options: options, known: known, project: randomName()}
	p.points = []*point{newPoint("the balancer", public, nil, transport)}
	p.nodes = p.points
	for _, text := range options.Nodes {
		node, err := address(text, public.Scheme)
		if err != nil {
			return nil, err
		}
		p.points = append(p.points, newPoint(node.Host, public, node, transport))
	}
	if len(p.points) > 1 {
		p.nodes = p.points[1:]
	}
	p.report = Report{URL: public.String(), Findings: []Finding{}}
	for _, point := range p.points {
		p.report.Points = append(p.report.Points, point.name)
	}
	return p, nil
}

// address reads a URL, or a host with a port of the scheme that is usual.
func address(text, scheme string) (*url.URL, error) {
	if !strings.Contains(text, "://") {
		text = scheme + "://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.User != nil {
		return nil, errors.New("that is no address of a registry: write it as https://hub.example.com, without path and password")
	}
	u.Path = "/"
	return u, nil
}

func transportOf(options Options) (*http.Transport, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if len(options.Authority) > 0 && !pool.AppendCertsFromPEM(options.Authority) {
		return nil, errors.New("the file of --ca-file holds no certificate")
	}
	return &http.Transport{
		Proxy:           http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{RootCAs: pool, InsecureSkipVerify: options.Insecure},
	}, nil
}

// later remembers how to remove what was made.
func (p *probe) later(what string, remove func(context.Context) error) {
	p.undo = append(p.undo, func(ctx context.Context) error {
		if err := remove(ctx); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		return nil
	})
}

func (p *probe) cleanUp(ctx context.Context) {
	for len(p.undo) > 0 {
		last := p.undo[len(p.undo)-1]
		p.undo = p.undo[:len(p.undo)-1]
		if err := last(ctx); err != nil {
			p.report.Left = append(p.report.Left, err.Error())
		}
	}
}
