package report

import (
	"fmt"
	"io"
	"strings"

	"hagen/internal/diag"
)

// writeGitHub writes workflow commands, which annotate the lines of a pull
// request.
func writeGitHub(w io.Writer, found []diag.Diagnostic) error {
	for _, d := range found {
		command := map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Note: "notice"}[d.Severity]
		var properties []string
		add := func(name, value string) {
			if value != "" && value != "0" {
				properties = append(properties, name+"="+escapeProperty(value))
			}
		}
		add("file", d.Place.File)
		add("line", fmt.Sprint(d.Place.Line))
		add("col", fmt.Sprint(d.Place.Column))
		add("title", d.Rule)
		space := ""
		if len(properties) > 0 {
			space = " "
		}
		_, err := fmt.Fprintf(w, "::%s%s%s::%s\n", command, space, strings.Join(properties, ","), escapeData(wholeText(d)))
		if err != nil {
			return err
		}
	}
	return nil
}

var data = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

func escapeData(s string) string { return data.Replace(s) }

// escapeProperty also hides what ends a property.
func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escapeData(s))
}
