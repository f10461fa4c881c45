// Package render evaluates the Jsonnet library over a spec. A spec and the
// user's own Jsonnet go in, objects and facts come out.
//
// Values cross the border as Go values, by native functions: JSON text in
// either direction would cost more than the evaluation itself.
package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"

	"hagen/internal/artifact"
	"hagen/internal/diag"
)

// Input is what the library reads.
type Input struct {
	// Spec is the document with its defaults filled in.
	Spec map[string]any
	// Files holds the text of the files that the spec names, by their path.
	Files map[string]string
	// Environment names the environment, or is empty.
	Environment string
	// Shared are other environments that have the same place, by its name.
	Shared map[string][]string
	// Extensions are the paths of the user's Jsonnet files, as the library's
	// importer finds them; each holds an object that is added to the model.
	Extensions []string
}

// Output is what the library made.
type Output struct {
	Objects []artifact.Object
	// Facts are what follows from the spec and the rules read: whole numbers are
	// int64.
	Facts map[string]any
	// Overlays names the shipped components that the spec asks for.
	Overlays []string
	// Secrets says which secrets the rendering needs and where they belong; it
	// holds no value.
	Secrets map[string]any
}

// VM evaluates the library. It keeps what it parsed, so one VM serves many
// specs; it serves one at a time.
type VM struct {
	vm     *jsonnet.VM
	baked  ast.Node
	input  any
	output any
	// partner is the second VM of a pair, and work what the two share.
	partner *VM
	work    *work
}

// New makes a VM that imports by an importer, whose library it parses.
func New(importer jsonnet.Importer) *VM {
	v := &VM{vm: jsonnet.MakeVM()}
	v.vm.Importer(importer)
	v.vm.ErrorFormatter.SetMaxStackTraceSize(12)
	for _, function := range natives() {
		v.vm.NativeFunction(function)
	}
	v.vm.NativeFunction(&jsonnet.NativeFunction{
		Name: "input",
		Func: func([]any) (any, error) { return v.input, nil },
	})
	v.vm.NativeFunction(&jsonnet.NativeFunction{
		Name: "emit", Params: ast.Identifiers{"value"},
		Func: func(args []any) (any, error) { v.output = args[0]; return nil, nil },
	})
	for _, function := range v.workFunctions() {
		v.vm.NativeFunction(function)
	}
	return v
}

// Render evaluates the library once. An error of the user's own Jsonnet comes
// back with Jsonnet's trace.
func (v *VM) Render(in Input) (Output, error) {
	// Extensions may trace what they do: once, and in order.
	if v.partner != nil && len(in.Extensions) == 0 {
		if out, ok := v.renderBoth(in); ok {
			return out, nil
		}
	}
	v.input = inputValue(in)
	v.output = nil
	if err := v.evaluate(program(in.Extensions)); err != nil {
		return Output{}, evaluationError(err, in.Extensions)
	}
	return outputOf(v.output)
}

func (v *VM) evaluate(source string) error {
	if v.baked == nil {
		_, err := v.vm.EvaluateAnonymousSnippet("hagen", source)
		return err
	}
	node, err := link(source, v.baked)
	if err != nil {
		return err
	}
	if _, err := v.vm.Evaluate(node); err != nil {
		return errors.New(v.vm.ErrorFormatter.Format(err))
	}
	return nil
}

func inputValue(in Input) any {
	files := make(map[string]any, len(in.Files))
	for path, text := range in.Files {
		files[path] = text
	}
	var environment any
	if in.Environment != "" {
		environment = in.Environment
	}
	shared := make(map[string]any, len(in.Shared))
	for place, others := range in.Shared {
		names := make([]any, len(others))
		for i, name := range others {
			names[i] = name
		}
		shared[place] = names
	}
	return jsonValue(map[string]any{"spec": in.Spec, "files": files, "environment": environment, "shared": shared})
}

// jsonValue turns integers into the float64 that Jsonnet's numbers are.
func jsonValue(v any) any {
	switch value := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(value))
		for key, item := range value {
			m[key] = jsonValue(item)
		}
		return m
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = jsonValue(item)
		}
		return list
	case int64:
		return float64(value)
	case int:
		return float64(value)
	case json.Number:
		f, _ := value.Float64()
		return f
	}
	return v
}

// program is made from text: imports take literals.
func program(extensions []string) string {
	return "std.native('emit')(" + call(extensions) + ")"
}

// call has the library render the input.
func call(extensions []string) string {
	var b strings.Builder
	b.WriteString("(import 'main.libsonnet').render(std.native('input')(), [")
	for _, path := range extensions {
		quoted, _ := json.Marshal(path)
		b.WriteString("import " + string(quoted) + ",")
	}
	b.WriteString("])")
	return b.String()
}

// evaluationError keeps Jsonnet's own trace: it is what the author of an
// extension needs.
func evaluationError(err error, extensions []string) error {
	text := strings.TrimSpace(strings.TrimPrefix(err.Error(), "RUNTIME ERROR: "))
	message, trace, _ := strings.Cut(text, "\n")
	if strings.Contains(message, "INTERNAL ERROR") {
		trace = "" // A stack of Go's own says nothing to the reader.
	}
	d := diag.Diagnostic{Message: message, Reason: strings.TrimRight(trace, "\n \t")}
	if len(extensions) > 0 {
		d.Fix = "the extensions are " + strings.Join(extensions, ", ")
	}
	return fmt.Errorf("render: %w", d)
}

func outputOf(value any) (Output, error) {
	root, ok := value.(map[string]any)
	if !ok {
		return Output{}, errors.New("render: the library returned no object")
	}
	var out Output
	for _, item := range artifact.List(root["objects"]) {
		object := artifact.Map(item)
		if object == nil {
			return Output{}, errors.New("render: an entry of objects is no object")
		}
		out.Objects = append(out.Objects, object)
	}
	out.Facts = artifact.Map(wholeNumbers(root["facts"]))
	for _, item := range artifact.List(root["overlays"]) {
		out.Overlays = append(out.Overlays, artifact.Text(item))
	}
	out.Secrets = artifact.Map(root["secrets"])
	return out, nil
}

// wholeNumbers turns the float64 of Jsonnet back into integers.
func wholeNumbers(v any) any {
	switch value := v.(type) {
	case map[string]any:
		for key, item := range value {
			value[key] = wholeNumbers(item)
		}
	case []any:
		for i, item := range value {
			value[i] = wholeNumbers(item)
		}
	case float64:
		if n := int64(value); float64(n) == value {
			return n
		}
	}
	return v
}
