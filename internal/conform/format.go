package conform

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// grammar is the form of a text, in words and as an expression.
type grammar struct {
	pattern string
	longest int
	words   string
}

const (
	label     = `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
	qualified = `([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?`
)

// grammars are the formats of texts that an expression can say.
func grammars() map[string]grammar {
	return map[string]grammar{
		"dns-label":     {label, 63, "small letters, digits and - in between, at most 63"},
		"dns-subdomain": {label + `(\.` + label + `)*`, 253, "small letters, digits, - and . in between, at most 253"},
		"service":       {`[a-z]([-a-z0-9]*[a-z0-9])?`, 63, "small letters, digits and - in between, a letter first, at most 63"},
		"host":          {`(\*\.)?` + label + `(\.` + label + `)*`, 253, "a name such as hub.example.com, without port and path"},
		"portname":      {`[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+(-[a-z0-9]+)*`, 15, "small letters, digits and single - in between, at most 15"},
		"envname":       {`[-._a-zA-Z][-._a-zA-Z0-9]*`, 0, "letters, digits, _, - and ., no digit first"},
		"envname34":     {`[ -<>-~]+`, 0, "printable characters but no ="},
		"filekey":       {`[-._a-zA-Z0-9]+`, 253, "letters, digits, -, _ and ., at most 253"},
		"label-key":     {qualified, 317, "letters, digits, -, _ and ., with or without a domain and / before it"},
		"label-value":   {`([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?`, 63, "letters, digits, -, _ and . in between, at most 63"},
		"segment":       {`[^/%]+`, 0, "no / and no %"},
	}
}

var compiled = sync.OnceValue(func() map[string]*regexp.Regexp {
	out := map[string]*regexp.Regexp{}
	for name, g := range grammars() {
		out[name] = regexp.MustCompile(`^(?:` + g.pattern + `)$`)
	}
	return out
})

var known = sync.OnceValue(grammars)

// matches reports a text that is not in a format.
func (w *walker) matches(format, text, what string) {
	if w.valid[[2]string{format, text}] {
		return
	}
	g := known()[format]
	if (g.longest == 0 || len(text) <= g.longest) && compiled()[format].MatchString(text) {
		w.valid[[2]string{format, text}] = true
		return
	}
	w.report(what, w.reader+" wants "+g.words, "")
}

// checkText holds a text against a format; an empty one is as good as none.
func (w *walker) checkText(format, text string) {
	if text == "" {
		return
	}
	switch format {
	case "", "optional", "required", "nonnegative", "labels", "annotations", "filekeys":
	case "envname":
		w.envName(text)
	case "portref":
		w.portReference(text)
	case "cron":
		w.schedule(text)
	case "relative":
		if strings.HasPrefix(text, "/") || hasParent(text) {
			w.report("must be a path below the volume", w.reader+" takes no path that begins with / or leads up by ..", "")
		}
	case "mountpath":
		if strings.Contains(text, ":") {
			w.report("is no path to mount at", w.reader+" takes none with a colon", "")
		}
	case "port", "hostport", "positive":
	default:
		w.matches(format, text, "is not a valid name")
	}
}

func hasParent(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// envName follows the API server, which takes nearly any name since 1.34.
func (w *walker) envName(name string) {
	if w.catalog.minor >= 34 {
		w.matches("envname34", name, "is not a valid name")
		return
	}
	w.matches("envname", name, "is not a valid name")
}

// portReference is a number, or the name of a port of the container.
func (w *walker) portReference(text string) {
	if _, err := strconv.Atoi(text); err == nil {
		w.report("is a number between quotes, which is the name of a port", w.reader+" finds no port of that name", "remove the quotes")
		return
	}
	w.matches("portname", text, "is not a valid name of a port")
}

func (w *walker) checkNumber(format string, n float64) {
	switch {
	case (format == "port" || format == "portref") && (n < 1 || n > 65535):
		w.report("is no port", "ports are 1 to 65535", "")
	case format == "hostport" && (n < 0 || n > 65535):
		w.report("is no port", "ports are 1 to 65535", "")
	case format == "positive" && n < 1:
		w.report("must be greater than 0", w.reader+" refuses it", "")
	case format == "nonnegative" && n < 0:
		w.report("must not be negative", w.reader+" refuses it", "")
	}
}

// key checks the key of a mapping, and its value where both have a format.
func (w *walker) key(format, key string, value any) {
	switch format {
	case "labels":
		w.matches("label-key", key, "is not a valid key of a label")
		if text, ok := value.(string); ok {
			w.matches("label-value", text, "is not a valid value of a label")
		}
	case "annotations":
		w.matches("label-key", strings.ToLower(key), "is not a valid key of an annotation")
	case "filekeys":
		w.matches("filekey", key, "is not a valid key")
		if key == "." || strings.HasPrefix(key, "..") {
			w.report("is not a valid key", w.reader+" makes files of keys, and none may begin with ..", "")
		}
	}
}
