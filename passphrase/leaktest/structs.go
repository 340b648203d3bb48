package leaktest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// Structs returns the names of the exported struct types of the package in a folder, tests left
// out: a test that prints one of each can show that it forgot none. It fails when a file cannot
// be parsed or there is none.
func Structs(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("leaktest: %w", err)
	}
	var names []string
	read := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("leaktest: %w", err)
		}
		read++
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				if _, ok := spec.Type.(*ast.StructType); ok {
					names = append(names, spec.Name.Name)
				}
			}
			return true
		})
	}
	if read == 0 {
		return nil, fmt.Errorf("leaktest: no Go file in %s", dir)
	}
	return names, nil
}
