package postgres

import (
	"errors"
	"fmt"
	"strings"
)

// DefaultSchema is used when none is named.
const DefaultSchema = "sertel"

// ErrIdentifier is returned for a schema or role that is not a plain identifier.
var ErrIdentifier = errors.New("sqlstore: not a plain identifier")

// Identifier quotes a name of 1 to 63 lower-case letters, digits and underscores that begins with
// a letter and not with "pg_", which PostgreSQL keeps for itself. Others are [ErrIdentifier]:
// what needs quoting is a mistake more often than a wish.
func Identifier(name string) (string, error) {
	const letters, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789_"
	if name == "" || len(name) > 63 || !strings.Contains(letters, name[:1]) ||
		strings.Trim(name, letters+digits) != "" || strings.HasPrefix(name, "pg_") {
		return "", fmt.Errorf("%w: %.70q", ErrIdentifier, name)
	}
	return `"` + name + `"`, nil
}

// Schema puts the quoted schema into a statement in place of {schema}.
type Schema struct{ quoted string }

// NewSchema returns the schema of that name, [DefaultSchema] for the empty one. Errors match
// [ErrIdentifier].
func NewSchema(name string) (Schema, error) {
	if name == "" {
		name = DefaultSchema
	}
	quoted, err := Identifier(name)
	return Schema{quoted}, err
}

// In returns the statement with the schema in it.
func (s Schema) In(statement string) string {
	return strings.ReplaceAll(statement, "{schema}", s.quoted)
}

// name returns the schema without quotes.
func (s Schema) name() string { return strings.Trim(s.quoted, `"`) }

// Grants puts schema and role into statements, in place of {schema} and {role}, after the one that
// lets the role see the schema at all. Errors match [ErrIdentifier].
func Grants(schema, role string, statements []string) ([]string, error) {
	s, err := NewSchema(schema)
	if err != nil {
		return nil, err
	}
	quoted, err := Identifier(role)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(statements)+1)
	for _, statement := range append([]string{`GRANT USAGE ON SCHEMA {schema} TO {role}`}, statements...) {
		out = append(out, strings.ReplaceAll(s.In(statement), "{role}", quoted))
	}
	return out, nil
}
