package render

import (
	"maps"
	"runtime"
	"sync"

	"github.com/google/go-jsonnet"
	"github.com/google/go-jsonnet/ast"
)

// Two VMs share the trees of the library and the work of one spec: one takes
// the objects from the first on, the other from the last on, until they meet.
// Each makes the model for itself, but only the parts of it that its objects
// need.

// Pair returns a VM that renders on two cores, for one spec that nothing else
// is rendered beside. Without a baked library, which a second VM would parse
// again, without a second core and for specs with extensions it is a VM like
// any other.
func (l *Library) Pair(dir string, read func(path string) ([]byte, error)) *VM {
	v := l.VM(dir, read)
	if l.baked != nil && runtime.GOMAXPROCS(0) > 1 {
		v.partner = l.VM(dir, read)
	}
	return v
}

// renderBoth returns false if either VM failed: which of the errors comes
// first is then for one VM to say.
func (v *VM) renderBoth(in Input) (Output, bool) {
	shared := &work{taken: map[int]bool{}, objects: map[int]any{}}
	var errs [2]error
	var group sync.WaitGroup
	for i, vm := range []*VM{v, v.partner} {
		vm.input, vm.work = inputValue(in), shared
		group.Go(func() { errs[i] = vm.evaluate(sharedProgram(i == 1)) })
	}
	group.Wait()
	if errs[0] != nil || errs[1] != nil {
		return Output{}, false
	}
	out, err := outputOf(shared.value())
	return out, err == nil
}

// work is what the two VMs of a pair have done and have still to do.
type work struct {
	mu      sync.Mutex
	taken   map[int]bool
	objects map[int]any
	rest    map[string]any
}

// claim gives a piece of work to the first that asks.
func (w *work) claim(piece int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.taken[piece] {
		return false
	}
	w.taken[piece] = true
	return true
}

func (w *work) put(piece int, value any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if piece < 0 {
		w.rest, _ = value.(map[string]any)
		return
	}
	w.objects[piece] = value
}

// value is what one VM would have emitted.
func (w *work) value() any {
	objects := make([]any, len(w.objects))
	for i, object := range w.objects {
		objects[i] = object
	}
	whole := maps.Clone(w.rest)
	whole["objects"] = objects
	return whole
}

// workFunctions are the native functions of sharedProgram.
func (v *VM) workFunctions() []*jsonnet.NativeFunction {
	return []*jsonnet.NativeFunction{
		{
			Name: "claim", Params: ast.Identifiers{"piece"},
			Func: func(args []any) (any, error) { return v.work.claim(int(args[0].(float64))), nil },
		},
		{
			Name: "put", Params: ast.Identifiers{"piece", "value"},
			Func: func(args []any) (any, error) { v.work.put(int(args[0].(float64)), args[1]); return nil, nil },
		},
	}
}

// sharedProgram is program for one of two VMs; all that is no object is piece
// -1. An array's elements are evaluated one after the other, when it is
// written.
func sharedProgram(backwards bool) string {
	index := "i"
	if backwards {
		index = "std.length(whole.objects) - 1 - i"
	}
	return "local whole = " + call(nil) + ";" +
		"local piece(at, value) = if std.native('claim')(at) then std.native('put')(at, value);" +
		"local rest = piece(-1, whole { objects:: null });" +
		"local objects = [piece(" + index + ", whole.objects[" + index + "]) for i in std.range(0, std.length(whole.objects) - 1)];" +
		"objects + [rest]"
}
