package conform

import (
	"encoding/base64"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

var quantity = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$`)
})

func (w *walker) scalar(f *form, format string, v any) {
	switch f.name {
	case "any":
		return
	case "object":
		if !isMap(v) {
			w.wrong(v, "a mapping", "")
		}
	case "null":
		if v != nil {
			w.wrong(v, "empty", "")
		}
	case "bool":
		if _, ok := v.(bool); !ok {
			w.wrong(v, "true or false", "write it without quotes")
		}
	case "int32", "int64", "number":
		w.number(f, format, v)
	case "intstr":
		w.numberOrText(format, v)
	case "quantity":
		w.quantity(v)
	default:
		w.text(f, format, v)
	}
}

func (w *walker) number(f *form, format string, v any) {
	n, ok := artifact.Number(v)
	if !ok || f.name != "number" && n != math.Trunc(n) {
		want := "a whole number"
		if f.name == "number" {
			want = "a number"
		}
		w.wrong(v, want, "write it without quotes")
		return
	}
	if f.name == "int32" && (n > math.MaxInt32 || n < math.MinInt32) {
		w.report("is too large a number", w.reader+" keeps it in 32 bits", "")
		return
	}
	w.checkNumber(format, n)
}

func (w *walker) numberOrText(format string, v any) {
	if text, ok := v.(string); ok {
		w.checkText(format, text)
		return
	}
	w.number(&form{kind: 's', name: "int32"}, format, v)
}

func (w *walker) quantity(v any) {
	if _, ok := artifact.Number(v); ok {
		return
	}
	text, ok := v.(string)
	if !ok {
		w.wrong(v, "a quantity", "write a number with a unit, such as 500m or 512Mi")
		return
	}
	if !quantity().MatchString(text) {
		fix := "write a number with a unit, such as 500m or 512Mi"
		if strings.HasSuffix(text, "B") || strings.HasSuffix(text, "b") {
			fix = "units have no B: write Mi for MiB, M for MB"
		}
		w.report("is no quantity", w.reader+" knows the units m, k, M, G, T, Ki, Mi, Gi, Ti", fix)
	}
}

func (w *walker) text(f *form, format string, v any) {
	text, ok := v.(string)
	if !ok {
		w.wrong(v, "a text", quotes(v))
		return
	}
	if text == "" && w.defaults {
		return
	}
	if len(f.values) > 0 && !slices.Contains(f.values, text) {
		fix := ""
		if near := diag.Nearest(text, f.values); near != "" {
			fix = "write " + near
		}
		w.report("is none of "+strings.Join(f.values, ", "), w.reader+" knows no other value", fix)
		return
	}
	switch f.name {
	case "bytes":
		if _, err := base64.StdEncoding.DecodeString(text); err != nil {
			fix := "encode it"
			if len(w.path) == 2 && w.path[0] == "data" {
				fix = "put plain text into stringData"
			}
			w.report("is not base64", w.reader+" cannot decode it", fix)
		}
	case "time":
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			w.report("is no time", w.reader+" reads times as 2006-01-02T15:04:05Z", "")
		}
	}
	w.checkText(format, text)
}

func quotes(v any) string {
	switch v.(type) {
	case bool, int, int64, float64:
		return "write it between quotes"
	}
	return ""
}
