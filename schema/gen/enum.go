package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"sort"
	"strconv"
	"strings"
)

// readEnums reads the values of closed texts from the OpenAPI definitions that
// are compiled into the API server, because the committed document leaves them
// out. The keys are a type's name, a blank and the field. Releases before 1.24
// have none.
func readEnums(file string) (map[string][]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	found := map[string][]string{}
	for _, declaration := range parsed.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(function.Name.Name, "schema_k8sio_api_") {
			continue
		}
		name := strings.ReplaceAll(strings.TrimPrefix(function.Name.Name, "schema_k8sio_api_"), "_", ".")
		ast.Inspect(function, func(node ast.Node) bool {
			if pair, ok := node.(*ast.KeyValueExpr); ok {
				if values := enumOf(pair.Value); len(values) > 0 {
					found[name+" "+text(pair.Key)] = values
				}
			}
			return true
		})
	}
	return found, nil
}

// enumOf returns the values that stand in the schema of one property.
func enumOf(property ast.Expr) []string {
	literal, ok := property.(*ast.CompositeLit)
	if !ok || literal.Type != nil {
		return nil
	}
	var values []string
	ast.Inspect(literal, func(node ast.Node) bool {
		pair, ok := node.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		if name, ok := pair.Key.(*ast.Ident); ok && name.Name == "Enum" {
			for _, value := range pair.Value.(*ast.CompositeLit).Elts {
				values = append(values, text(value))
			}
		}
		return true
	})
	sort.Strings(values)
	return values
}

func text(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok {
		value, _ := strconv.Unquote(literal.Value)
		return value
	}
	return ""
}
