package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hagen/internal/compile"
	"hagen/internal/diag"
	"hagen/internal/secret"
)

// inBundles compares what the rendered bundles hand to the nodes with each
// other and with what lies beside the spec. Where nothing is rendered, nothing
// is compared.
func inBundles(need compile.Needs, folder secret.Folder, output string) ([]diag.Diagnostic, error) {
	made, ok := folder.Index.Files[secret.NodeFile]
	if !ok {
		return nil, nil
	}
	files, err := filepath.Glob(filepath.Join(output, need.Name, need.Environment, "compose", "*", "host", secret.NodeFile))
	if err != nil {
		return nil, err
	}
	nodes := map[bool][]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		current := secret.Digest(data) == made.SHA256
		nodes[current] = append(nodes[current], filepath.Base(filepath.Dir(filepath.Dir(file))))
	}
	return differing(need, nodes[true], nodes[false]), nil
}

func differing(need compile.Needs, current, old []string) []diag.Diagnostic {
	slices.Sort(old)
	d := diag.Diagnostic{Fix: "run: " + need.Command("build")}
	switch {
	case len(old) == 0:
		return nil
	case len(current) == 0:
		d.Severity = diag.Warning
		d.Message = "the bundles are of before the last change of the secrets"
		d.Reason = "nodes would start with the old values"
	default:
		d.Message = fmt.Sprintf("the secrets differ between nodes: the bundles of %s hold others than the rest", strings.Join(old, ", "))
		d.Reason = "what one instance signs or stores the next one refuses: logins and pushes fail now and then"
	}
	return []diag.Diagnostic{d}
}
