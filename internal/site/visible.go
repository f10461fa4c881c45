package site

import (
	"bytes"
	"unicode/utf8"
)

// visible writes what would steer a reader unseen as something that is seen:
// control characters, and those that turn the order of reading.
func visible(page []byte) []byte {
	at := unseen(page)
	if at < 0 {
		return page
	}
	var b bytes.Buffer
	b.Grow(len(page))
	for ; at >= 0; at = unseen(page) {
		b.Write(page[:at])
		r, size := utf8.DecodeRune(page[at:])
		switch {
		case r < ' ':
			b.WriteRune('\u2400' + r)
		case r == 0x7f:
			b.WriteRune('\u2421')
		default:
			b.WriteRune(utf8.RuneError)
		}
		page = page[at+size:]
	}
	b.Write(page)
	return b.Bytes()
}

// unseen returns where the first such character stands, or -1.
func unseen(text []byte) int {
	for i, c := range text {
		switch {
		case c < ' ' && c != '\n' && c != '\t', c == 0x7f:
			return i
		case c == 0xc2 && i+1 < len(text) && text[i+1] < 0xa0:
			return i
		case c == 0xe2 && i+2 < len(text) && (text[i+1] == 0x80 && text[i+2] >= 0xaa && text[i+2] <= 0xae || text[i+1] == 0x81 && text[i+2] >= 0xa6 && text[i+2] <= 0xa9):
			return i
		}
	}
	return -1
}
