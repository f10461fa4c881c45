package conform

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hagen/internal/diag"
)

// directive is one way in which a directive of nginx may stand: in which
// blocks, with how many arguments.
type directive struct {
	places, counts []string
}

// nginxTable reads the directives when they are first asked for.
type nginxTable func() map[string][]directive

func readDirectives(text string) map[string][]directive {
	out := map[string][]directive{}
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		if len(words) != 3 || words[0] == "#" {
			continue
		}
		out[words[0]] = append(out[words[0]], directive{strings.Split(words[1], ","), strings.Split(words[2], ",")})
	}
	return out
}

// check parses a configuration and holds each directive against the table.
func (t nginxTable) check(text string) []diag.Diagnostic {
	reader := &nginxReader{text: text, line: 1}
	statements, err := reader.statements(false)
	var wrong nginxError
	if errors.As(err, &wrong) {
		return []diag.Diagnostic{wrongNginx(wrong.line, wrong.message, "")}
	}
	return t.block(t(), "main", statements)
}

func (t nginxTable) block(known map[string][]directive, place string, statements []statement) []diag.Diagnostic {
	var found []diag.Diagnostic
	for _, s := range statements {
		ways, ok := known[s.name]
		if !ok {
			found = append(found, unknownDirective(known, s))
			continue
		}
		if message := misplaced(ways, place, s); message != "" {
			found = append(found, wrongNginx(s.line, message, ""))
			continue
		}
		if below := inside(place, s.name); s.block && below != "" {
			found = append(found, t.block(known, below, s.body)...)
		}
	}
	return found
}

func unknownDirective(known map[string][]directive, s statement) diag.Diagnostic {
	fix := "look for a missing semicolon or quote before it"
	if near := diag.Nearest(s.name, slices.Sorted(maps.Keys(known))); near != "" {
		fix = "write " + near
	}
	return wrongNginx(s.line, "there is no directive "+s.name, fix)
}

// inside names the block that a directive opens; "" if nginx leaves its
// content to the directive.
func inside(place, name string) string {
	switch name {
	case "events", "http", "stream", "mail":
		return name
	case "server", "upstream", "location", "limit_except":
		protocol, _, _ := strings.Cut(place, "/")
		return protocol + "/" + name
	case "if":
		return place + "/if"
	}
	return ""
}

// misplaced says why a directive cannot stand as it does, or "".
func misplaced(ways []directive, place string, s statement) string {
	reason := ""
	for _, way := range ways {
		switch {
		case !slices.Contains(way.places, place) && !slices.Contains(way.places, "*"):
			if reason == "" {
				reason = s.name + " cannot stand in " + place + ", only in " + strings.Join(way.places, ", ")
			}
		case slices.Contains(way.counts, "block") != s.block:
			reason = "no semicolon behind " + s.name
			if !s.block {
				reason = s.name + " needs a block in braces"
			}
		case slices.Contains(way.counts, "flag") && !way.takes(s):
			reason = s.name + " must be on or off"
		case !way.takes(s):
			reason = fmt.Sprintf("%s cannot have %d arguments", s.name, len(s.args))
		default:
			return ""
		}
	}
	return reason
}

func (d directive) takes(s statement) bool {
	n := len(s.args)
	for _, count := range d.counts {
		least, more := strings.CutSuffix(count, "+")
		number, err := strconv.Atoi(least)
		switch {
		case count == "flag":
			if n == 1 && (strings.EqualFold(s.args[0], "on") || strings.EqualFold(s.args[0], "off")) {
				return true
			}
		case err == nil && (n == number || more && n >= number):
			return true
		}
	}
	return len(d.counts) == 1 && d.counts[0] == "block" && n == 0
}
