package sinks

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// nasty are texts that some format reads as something else, or not at all.
var nasty = []string{
	"", " ", "  both ends  ", "a b", `"`, `""`, `'`, `''`, `'"'`, `"quoted"`, `'quoted'`, `say "hi"`, "it's",
	`\`, `\\`, `\\\`, `a\`, `\a`, `\n`, `\"`, `\'`, `\$`, `a\ b`, `C:\new`, `\040`, `\x41`, `\u0041`, `\134`,
	"$", "$$", "$$$", "a$", "$a", "$HOME", "${HOME}", "${HOME", "${", "${}", "${HOME:-x}", "${HOME||x}", "$(id)", "$((1))", "`id`", "$$HOME", "a${b}c",
	"%", "%%", "%s", "%d %v", "%n", "%2F", "%zz", "100%",
	"#", " # no comment", "a#b", "a #b", "#a", ";", "a;b", "; a", "//a", "/* a */", "<!-- a -->", "--", "-n", "-", "--version",
	"=", "a=b", "key = value", "[section]", "[", "]", "{", "}", "{{x}}", "{a: b}", "a{b}c", ",", "a,b", "a|b", "(", ")", "<", ">", "&", "!", "?", "*", "~", "^",
	":", "a: b", "a:", ":5000", "- a", "? a", "! a", "!!str a", "&a", "*a", "|", ">", "|-", "@a", "`", "%YAML 1.1", "---", "...", "<<",
	"null", "Null", "true", "True", "yes", "No", "on", "off", "y", "n", "0", "1", "-1", "0777", "0o17", "0x1f", "1e3", "1_000", ".5", "1.", ".inf", ".nan", "12:30:45", "1:30", "2026-01-02", "2026-01-02T03:04:05Z", "=",
	"\t", "a\tb", "\ta", "a\t", "a\nb", "a\n", "\na", "a\n\nb", "\n", "a\r\nb", "\r", "a\rb", " a\n  b\n", "a\n b\n\n", "a \nb",
	"ä", "Ärger", "漢字", "🐳", "\u00a0a\u00a0", "\u2028", "a\u2029b", "\u0085", "\ufeff", "\ufeffa", "e\u0301", "\u200b", "\u202e", "\ufffd", "\U0010ffff",
	"\x01", "\x07", "\x1b[31m", "\x7f", "\u009f",
	"p@ss:w/rd#1?&=%20+ \"'$\\", "user:pass@host", "http://a:b@c/d?e#f", "a+b", "a&b=c", "é=1",
	strings.Repeat("long text with blanks ", 20), strings.Repeat("x", 5000), strings.Repeat("$", 33), strings.Repeat(`\`, 8) + `"`,
}

// pieces are what random texts are made of.
var pieces = []string{
	"a", "Z", "0", "9", " ", "  ", "\t", "\n", "\r\n", `"`, "'", `\`, "$", "${", "}", "{", "$(", ")", "%", "#", ";", ":", ": ", "=", "&", "*", "!", "|", ">", "<", "@", "/", "?", "+",
	",", "[", "]", "-", "- ", "~", "^", "`", "ä", "漢", "🐳", "\u00a0", "\u2028", "\ufeff", "\x01", "null", "HOME", " #",
}

// texts returns the fixed texts and many random ones, the same in every run.
func texts() []string {
	random := rand.New(rand.NewPCG(20, 26))
	out := slices.Clone(nasty)
	for range 250 {
		var text strings.Builder
		for range 1 + random.IntN(10) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		out = append(out, text.String())
	}
	return out
}

// without returns the texts that hold none of the given parts.
func without(all []string, parts ...string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(text string) bool { return holdsAny(text, parts...) })
}

func holdsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}
