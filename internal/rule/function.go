package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"hagen/internal/artifact"
)

// function is one that rules may call beside those of CEL.
type function struct {
	name   string
	params []*types.Type
	result *types.Type
	// run is nil for get, which takes the values of CEL as they are.
	run func(e *Evaluator, args []any) (any, error)
}

var (
	text = types.StringType
	dyn  = types.DynType
	list = types.NewListType(types.DynType)
)

// functions are all of them, sorted by name. Those that only take texts apart
// are in reader.go, network.go and port.go, what is known of pods in podsecurity.go.
func functions() []function {
	return []function{
		{"base64", []*types.Type{text}, text, decodeBase64},
		{"cidrContains", []*types.Type{text, text}, types.BoolType, cidrContains},
		{"cidrNetwork", []*types.Type{text}, text, cidrNetwork},
		{"cidrOverlap", []*types.Type{text, text}, types.BoolType, cidrOverlap},
		{"clashes", []*types.Type{dyn}, list, clashes},
		{"compareVersions", []*types.Type{text, text}, types.IntType, compareVersions},
		{"directives", []*types.Type{text, text}, list, directives},
		{"distinct", []*types.Type{dyn}, list, distinct},
		{"entries", []*types.Type{dyn}, list, entries},
		{"enumerate", []*types.Type{dyn}, list, enumerate},
		{"env", []*types.Type{text}, dyn, envText},
		{"flatten", []*types.Type{dyn}, list, flatten},
		{"get", []*types.Type{dyn, text, dyn}, dyn, nil},
		{"holds", []*types.Type{dyn, dyn}, types.BoolType, holds},
		{"hostPort", []*types.Type{text}, dyn, hostPort},
		{"insecure", []*types.Type{dyn, text, dyn}, list, insecure},
		{"isAddress", []*types.Type{text}, types.BoolType, isAddress},
		{"isText", []*types.Type{dyn}, types.BoolType, isText},
		{"join", []*types.Type{dyn, text}, text, join},
		{"keys", []*types.Type{dyn}, list, keys},
		{"max", []*types.Type{dyn, dyn}, types.DoubleType, maximum},
		{"nginx", []*types.Type{text}, list, nginx},
		{"quantity", []*types.Type{dyn}, types.DoubleType, quantity},
		{"quote", []*types.Type{dyn}, text, quote},
		{"repeated", []*types.Type{dyn}, list, repeated},
		{"replace", []*types.Type{text, text, text}, text, replace},
		{"seconds", []*types.Type{text}, types.DoubleType, seconds},
		{"selectedBy", []*types.Type{dyn, dyn}, list, selectedBy},
		{"selects", []*types.Type{dyn, dyn}, types.BoolType, selects},
		{"split", []*types.Type{text, text}, list, split},
		{"sum", []*types.Type{dyn}, types.DoubleType, sum},
		{"trim", []*types.Type{text}, text, trim},
		{"url", []*types.Type{text}, dyn, parseURL},
		{"yaml", []*types.Type{text}, dyn, yamlText},
	}
}

// bind makes what the interpreter calls.
func (f function) bind(e *Evaluator) func(args ...ref.Val) ref.Val {
	if f.run == nil {
		return func(args ...ref.Val) ref.Val { return get(e, args) }
	}
	return func(args ...ref.Val) ref.Val {
		values := make([]any, len(args))
		for i, arg := range args {
			values[i] = plain(arg)
		}
		for i, param := range f.params {
			if _, isText := values[i].(string); param == text && !isText {
				return types.NewErr("%s: argument %d is no text", f.name, i+1)
			}
		}
		result, err := f.run(e, values)
		if err != nil {
			return types.NewErr("%s: %s", f.name, err.Error())
		}
		return e.adapter.NativeToValue(result)
	}
}

// get follows a dotted path through tables; what is not there is the default.
// A key may hold dots itself, as names of files and annotations do. Rules call it
// more than all others together, mostly for the default.
func get(e *Evaluator, args []ref.Val) ref.Val {
	text, ok := args[1].(types.String)
	if !ok {
		return types.NewErr("get: argument 2 is no text")
	}
	value := plain(args[0])
	for path := string(text); path != ""; {
		table, ok := value.(map[string]any)
		if !ok {
			return args[2]
		}
		name, rest := path, ""
		if _, all := table[path]; !all {
			name, rest, _ = strings.Cut(path, ".")
		}
		if value, ok = table[name]; !ok || value == nil {
			return args[2]
		}
		path = rest
	}
	return e.adapter.NativeToValue(whole(value))
}

func isText(_ *Evaluator, args []any) (any, error) {
	_, ok := args[0].(string)
	return ok, nil
}

func keys(_ *Evaluator, args []any) (any, error) {
	table, _ := args[0].(map[string]any)
	out := []any{}
	for _, key := range sortedKeys(table) {
		out = append(out, key)
	}
	return out, nil
}

func sortedKeys(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

func entries(_ *Evaluator, args []any) (any, error) {
	table, _ := args[0].(map[string]any)
	out := []any{}
	for _, key := range sortedKeys(table) {
		out = append(out, map[string]any{"key": key, "value": whole(table[key])})
	}
	return out, nil
}

func enumerate(_ *Evaluator, args []any) (any, error) {
	items, _ := args[0].([]any)
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = map[string]any{"i": int64(i), "v": whole(item)}
	}
	return out, nil
}

func flatten(_ *Evaluator, args []any) (any, error) {
	items, _ := args[0].([]any)
	out := []any{}
	for _, item := range items {
		if below, ok := item.([]any); ok {
			out = append(out, below...)
			continue
		}
		out = append(out, item)
	}
	return out, nil
}

func distinct(_ *Evaluator, args []any) (any, error) {
	items, _ := args[0].([]any)
	out, seen := []any{}, map[string]bool{}
	for _, item := range items {
		if key := fmt.Sprint(item); !seen[key] {
			seen[key] = true
			out = append(out, item)
		}
	}
	return out, nil
}

// repeated lists the indexes of items that stand further up already.
func repeated(_ *Evaluator, args []any) (any, error) {
	items, _ := args[0].([]any)
	out, seen := []any{}, map[string]bool{}
	for i, item := range items {
		key := fmt.Sprint(item)
		if seen[key] {
			out = append(out, int64(i))
		}
		seen[key] = true
	}
	return out, nil
}

func sum(_ *Evaluator, args []any) (any, error) {
	items, _ := args[0].([]any)
	total := 0.0
	for _, item := range items {
		n, ok := artifact.Number(item)
		if !ok {
			return nil, fmt.Errorf("%v is no number", item)
		}
		total += n
	}
	return total, nil
}

func maximum(_ *Evaluator, args []any) (any, error) {
	a, _ := artifact.Number(args[0])
	b, _ := artifact.Number(args[1])
	return max(a, b), nil
}

// selects tells whether all labels of a selector are among others; an empty
// selector selects nothing here.
func selects(_ *Evaluator, args []any) (any, error) {
	return matches(artifact.Map(args[0]), artifact.Map(args[1])), nil
}

func matches(selector, labels map[string]any) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return len(selector) > 0
}

// selectedBy returns the pod templates of workloads that a Service selects in its
// namespace.
func selectedBy(_ *Evaluator, args []any) (any, error) {
	service := artifact.Object(artifact.Map(args[0]))
	selector := artifact.Map(artifact.Map(service["spec"])["selector"])
	workloads, _ := args[1].([]any)
	found := []any{}
	for _, item := range workloads {
		workload := artifact.Object(artifact.Map(item))
		template := artifact.Map(artifact.Map(workload["spec"])["template"])
		labels := artifact.Map(artifact.Map(template["metadata"])["labels"])
		if workload.Namespace() == service.Namespace() && matches(selector, labels) {
			found = append(found, template)
		}
	}
	return found, nil
}
