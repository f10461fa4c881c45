package diag

import "strings"

// Nearest returns the name that word was probably meant to be, or "".
func Nearest(word string, names []string) string {
	if whole := completion(word, names); whole != "" {
		return whole
	}
	if strings.Trim(word, "0123456789.") == "" {
		return "" // another version is no typing error
	}
	best, bestDistance := "", 1+min(3, (len(word)+1)/3)
	for _, name := range names {
		d := distance(strings.ToLower(word), strings.ToLower(name))
		if d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

// completion returns what word is the beginning of: the last of several
// versions, or the only name.
func completion(word string, names []string) string {
	last, count := "", 0
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, word)
		if !ok || rest == "" || len(word) < 3 {
			continue
		}
		last = name
		if rest[0] != '.' {
			count++
		}
	}
	if count > 1 {
		return ""
	}
	return last
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours between two words.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	previous, current, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range current {
		current[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(current[j]+1, next[j-1]+1, current[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], previous[j-2]+1)
			}
		}
		previous, current, next = current, next, previous
	}
	return current[len(b)]
}
