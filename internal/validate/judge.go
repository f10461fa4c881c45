package validate

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// asWhole judges by type, const and enum: of a value that fails there, no more
// is said.
func asWhole(node map[string]any, value any) any {
	if want, ok := node["type"].(string); ok {
		got := typeOf(value)
		if got != want && (want != "integer" || !isInteger(value)) {
			return &kind.Type{Got: got, Want: []string{want}}
		}
	}
	if want, ok := node["const"]; ok && !equal(value, want) {
		return &kind.Const{Got: value, Want: want}
	}
	if want, ok := node["enum"].([]any); ok && !slices.ContainsFunc(want, func(w any) bool { return equal(value, w) }) {
		return &kind.Enum{Got: value, Want: want}
	}
	return nil
}

func (s *Schema) listFailures(p part, node map[string]any, at location, list []any) []*failure {
	var found []*failure
	if limit, ok := count(node, "minItems"); ok && len(list) < limit {
		found = append(found, p.fail(at, &kind.MinItems{Got: len(list), Want: limit}))
	}
	if limit, ok := count(node, "maxItems"); ok && len(list) > limit {
		found = append(found, p.fail(at, &kind.MaxItems{Got: len(list), Want: limit}))
	}
	if node["uniqueItems"] == true {
		if i, j, twice := duplicate(list); twice {
			found = append(found, p.fail(at, &kind.UniqueItems{Duplicates: [2]int{i, j}}))
		}
	}
	if items, ok := p.below("items"); ok {
		for i, item := range list {
			if f := s.evaluate(items, location{item, below(at.path, i)}); f != nil {
				found = append(found, f)
			}
		}
	}
	return found
}

// duplicate returns the first two entries that are equal: their JSON is.
func duplicate(list []any) (int, int, bool) {
	first := make(map[string]int, len(list))
	for j, item := range list {
		data, _ := json.Marshal(item)
		if i, twice := first[string(data)]; twice {
			return i, j, true
		}
		first[string(data)] = j
	}
	return 0, 0, false
}

func (s *Schema) textFailures(p part, node map[string]any, at location, value string) []*failure {
	var found []*failure
	if limit, ok := count(node, "minLength"); ok && utf8.RuneCountInString(value) < limit {
		found = append(found, p.fail(at, &kind.MinLength{Got: utf8.RuneCountInString(value), Want: limit}))
	}
	if limit, ok := count(node, "maxLength"); ok && utf8.RuneCountInString(value) > limit {
		found = append(found, p.fail(at, &kind.MaxLength{Got: utf8.RuneCountInString(value), Want: limit}))
	}
	if pattern := text(node, "pattern"); pattern != "" && !s.matches(pattern, value) {
		found = append(found, p.fail(at, &kind.Pattern{Got: value, Want: pattern}))
	}
	return found
}

func numberFailures(p part, node map[string]any, at location) []*failure {
	var found []*failure
	if limit := rational(node["minimum"]); limit != nil && rational(at.value).Cmp(limit) < 0 {
		found = append(found, p.fail(at, &kind.Minimum{Got: rational(at.value), Want: limit}))
	}
	if limit := rational(node["maximum"]); limit != nil && rational(at.value).Cmp(limit) > 0 {
		found = append(found, p.fail(at, &kind.Maximum{Got: rational(at.value), Want: limit}))
	}
	return found
}

func count(node map[string]any, keyword string) (int, bool) {
	number, ok := node[keyword].(json.Number)
	n, err := strconv.Atoi(string(number))
	return n, ok && err == nil
}

func rational(v any) *big.Rat {
	switch v.(type) {
	case json.Number, int64, float64:
		r, _ := new(big.Rat).SetString(fmt.Sprint(v))
		return r
	}
	return nil
}

// typeOf is the JSON type of a value.
func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "number"
}

func isInteger(v any) bool {
	number := rational(v)
	return number != nil && number.IsInt()
}

// equal compares scalars: const and enum take no others.
func equal(value, want any) bool {
	if number := rational(value); number != nil {
		other := rational(want)
		return other != nil && number.Cmp(other) == 0
	}
	switch value.(type) {
	case string, bool, nil:
		return value == want
	}
	return false
}

// matches compiles a pattern when a value first meets it: a spec meets few.
func (s *Schema) matches(pattern, value string) bool {
	known, ok := s.patterns.Load(pattern)
	if !ok {
		known, _ = s.patterns.LoadOrStore(pattern, regexp.MustCompile(pattern))
	}
	return known.(*regexp.Regexp).MatchString(value)
}
