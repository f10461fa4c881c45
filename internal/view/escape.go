package view

import "strings"

// code writes a text as a span of code: nothing in it is Markdown, HTML or a
// mention. Its fence is longer than any run of backticks inside.
func code(text string, limit int) string {
	text = shorten(visible(text), limit)
	if text == "" {
		return "(empty)"
	}
	longest, run := 0, 0
	for _, r := range text {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if text[0] == '`' || text[len(text)-1] == '`' || strings.TrimSpace(text) != text {
		text = " " + text + " "
	}
	return fence + text + fence
}

// escape writes a text so that Markdown and HTML take nothing in it for more
// than a text, and nobody is mentioned.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@' || r == '#':
			b.WriteString(string(r) + "\u200b")
		case strings.ContainsRune("\\`*_{}[]|~!$", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	// An address would become a link.
	return strings.ReplaceAll(strings.ReplaceAll(b.String(), "://", ":\u200b//"), "www.", "www\u200b.")
}
