package rule

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"hagen/internal/artifact"
)

// published is a port of a node, or a range of them, that leads to a service.
type published struct {
	service, target, ip, protocol string
	index, first, last            int
}

// clashes lists the ports that services of a Compose file publish and that one
// further up has on the same node already, with that one.
func clashes(_ *Evaluator, args []any) (any, error) {
	services, _ := args[0].(map[string]any)
	var taken []published
	out := []any{}
	for _, name := range sortedKeys(services) {
		for i, entry := range artifact.List(artifact.Map(services[name])["ports"]) {
			p, ok := publishedBy(entry)
			if !ok {
				continue
			}
			p.service, p.index = name, i
			for _, other := range taken {
				if p.overlaps(other) {
					out = append(out, p.against(other))
					break
				}
			}
			taken = append(taken, p)
		}
	}
	return out, nil
}

func (p published) against(other published) map[string]any {
	return map[string]any{
		"port": int64(max(p.first, other.first)), "service": p.service, "index": int64(p.index), "target": p.target,
		"other": other.service, "other_target": other.target,
	}
}

func (p published) overlaps(other published) bool {
	return p.protocol == other.protocol && p.first <= other.last && other.first <= p.last && sameAddress(p.ip, other.ip)
}

// sameAddress tells whether two addresses to listen on share one; none is all.
func sameAddress(a, b string) bool {
	if a == b || a == "" || b == "" {
		return true
	}
	isSix := strings.Contains(a, ":")
	if isSix != strings.Contains(b, ":") {
		return false
	}
	every := map[bool]string{false: "0.0.0.0", true: "::"}[isSix]
	return a == every || b == every
}

// publishedBy reads an entry of ports, short or long; false is one to which
// Docker gives a port that is free.
func publishedBy(entry any) (published, bool) {
	var p published
	var port string
	if table := artifact.Map(entry); table != nil {
		p.ip, p.target, p.protocol = artifact.Text(table["host_ip"]), show(table["target"]), artifact.Text(table["protocol"])
		port = show(table["published"])
	} else {
		var text string
		text, p.protocol, _ = strings.Cut(fmt.Sprint(entry), "/")
		parts := strings.Split(text, ":")
		if len(parts) < 2 {
			return p, false
		}
		p.target, port = parts[len(parts)-1], parts[len(parts)-2]
		p.ip = strings.Trim(strings.Join(parts[:len(parts)-2], ":"), "[]")
	}
	p.protocol = cmp.Or(p.protocol, "tcp")
	first, last, isRange := strings.Cut(port, "-")
	if !isRange {
		last = first
	}
	var err, errLast error
	p.first, err = strconv.Atoi(first)
	p.last, errLast = strconv.Atoi(last)
	return p, err == nil && errLast == nil && p.first > 0
}
