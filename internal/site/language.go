package site

import (
	"encoding/json"
	"fmt"
	"html/template"
	"sync"

	"hagen/schema"
)

// language is what pages say: schema/site holds a file for each language.
type language struct {
	Code       string                   `json:"language"`
	Backings   map[string]backingText   `json:"backings"`
	Components map[string]componentText `json:"components"`
	Ways       []way                    `json:"ways"`
	Failures   map[string]string        `json:"failures"`
	Texts      map[string]string        `json:"texts"`
}

// backingText is what is known of something that all instances share.
type backingText struct {
	Title, Does, Lost, Mend string
	// Hosts are the variables in which components have its address.
	Hosts []struct{ Host, Port, TLS, Name string }
	// Plain are the values of the variable TLS that mean none.
	Plain []string
	// Materials are how the names of secrets with its address begin.
	Materials []string
}

type componentText struct{ Does, Lost string }

// way is what a request goes through.
type way struct {
	Name, Says string
	Through    []string
}

var english = sync.OnceValues(func() (*language, error) {
	data, err := schema.Site.ReadFile("site/en.json")
	if err != nil {
		return nil, err
	}
	var l language
	if err := json.Unmarshal(data, &l); err != nil {
		return nil, fmt.Errorf("read what pages say: %w", err)
	}
	return &l, nil
})

// text is a text of the pages, with values in it.
func (l *language) text(key string, values ...any) string {
	return fill(l.Texts[key], values)
}

func (l *language) failure(key string, values ...any) string {
	return fill(l.Failures[key], values)
}

func fill(text string, values []any) string {
	if len(values) == 0 {
		return text
	}
	return fmt.Sprintf(text, values...)
}

// marked is a text with marks of HTML in it; the values are escaped.
func (l *language) marked(key string, values ...any) template.HTML {
	for i, value := range values {
		values[i] = template.HTMLEscapeString(fmt.Sprint(value))
	}
	return template.HTML(fill(l.Texts[key], values)) // #nosec: the text is ours
}
