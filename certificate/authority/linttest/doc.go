// Package linttest lets zlint, the linter of public certification authorities,
// judge everything that package authority signs. It is a module of its own, so
// that the linter is in nobody's list of dependencies.
//
//	cd certificate/authority/linttest && go test ./...
package linttest
