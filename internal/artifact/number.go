package artifact

import (
	"strconv"
	"strings"
)

// Number returns v as a float64; false is what is no number.
func Number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// factors are the suffixes of quantities.
var factors = map[string]float64{
	"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
	"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50,
}

// Quantity reads an amount as Kubernetes writes it, such as 5Gi or 250m; false
// is a text that is none.
func Quantity(text string) (float64, bool) {
	digits := strings.TrimRight(text, "kKMGTPim")
	factor, known := factors[text[len(digits):]]
	n, err := strconv.ParseFloat(digits, 64)
	return n * factor, known && err == nil
}
