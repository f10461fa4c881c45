package site

import "strings"

// finder finds the values of a spec in texts: all at once, by the first word of
// each, because a search for one after the other takes longer than all else.
type finder struct {
	values []Value
	// byWord are the numbers of the values that begin with a word.
	byWord map[string][]int
	// offset is how many bytes of a value stand before its first word.
	offset []int
}

func newFinder(values []Value) *finder {
	f := &finder{values: values, byWord: map[string][]int{}, offset: make([]int, len(values))}
	for i, value := range values {
		start := strings.IndexFunc(value.Text, isWord)
		if start < 0 {
			continue
		}
		end := start
		for end < len(value.Text) && isWord(rune(value.Text[end])) {
			end++
		}
		f.offset[i] = start
		word := value.Text[start:end]
		f.byWord[word] = append(f.byWord[word], i)
		if start == 0 && word[0] >= '0' && word[0] <= '9' {
			f.byWord["v"+word] = append(f.byWord["v"+word], i) // the tag of a version
		}
	}
	return f
}

func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// in returns the values that stand in a text, in their order.
func (f *finder) in(text string) []Value {
	found := make([]bool, len(f.values))
	for at := 0; at < len(text); {
		if !isWord(rune(text[at])) {
			at++
			continue
		}
		end := at + 1
		for end < len(text) && isWord(rune(text[end])) {
			end++
		}
		for _, i := range f.byWord[text[at:end]] {
			found[i] = found[i] || f.at(text, at, i)
		}
		at = end
	}
	var list []Value
	for i, ok := range found {
		if ok {
			list = append(list, f.values[i])
		}
	}
	return list
}

// at tells whether a value stands around a word of a text, and ends there.
func (f *finder) at(text string, word, i int) bool {
	value := f.values[i].Text
	start := word - f.offset[i]
	if value[0] >= '0' && value[0] <= '9' && text[word] == 'v' {
		start++
	}
	if start < 0 || !strings.HasPrefix(text[start:], value) {
		return false
	}
	end := start + len(value)
	return end == len(text) || !isWord(rune(text[end]))
}
