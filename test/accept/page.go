package accept

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"golang.org/x/net/html"
)

// alone are the elements without an end.
var alone = []string{"meta", "br", "input", "img", "hr", "link"}

// checkPage wants elements that end in the order in which they began, names that
// are there once, and no address that a browser would load by itself.
func checkPage(file File) error {
	tokens := html.NewTokenizer(bytes.NewReader(file.Data))
	var open []string
	ids := map[string]bool{}
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				return err
			}
			if len(open) > 0 {
				return fmt.Errorf("<%s> does not end", open[len(open)-1])
			}
			return nil
		case html.StartTagToken:
			token := tokens.Token()
			if err := checkElement(token, ids); err != nil {
				return err
			}
			if !slices.Contains(alone, token.Data) {
				open = append(open, token.Data)
			}
		case html.SelfClosingTagToken:
			if err := checkElement(tokens.Token(), ids); err != nil {
				return err
			}
		case html.EndTagToken:
			name := tokens.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				return fmt.Errorf("</%s> ends what did not begin: %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func checkElement(token html.Token, ids map[string]bool) error {
	if slices.Contains([]string{"link", "img", "iframe", "object", "embed", "base"}, token.Data) {
		return fmt.Errorf("<%s> may load something", token.Data)
	}
	for _, a := range token.Attr {
		switch {
		case a.Key == "src" || a.Key == "style" || strings.HasPrefix(a.Key, "on"):
			return fmt.Errorf("<%s> has %s", token.Data, a.Key)
		case a.Key == "id" && ids[a.Val]:
			return fmt.Errorf("two elements are called %s", a.Val)
		case a.Key == "id":
			ids[a.Val] = true
		}
	}
	return nil
}

// checkImages wants a reference of an image on each line.
func checkImages(file File) error {
	for line := range strings.Lines(string(file.Data)) {
		if _, err := reference.ParseNormalizedNamed(strings.TrimSuffix(line, "\n")); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return nil
}
