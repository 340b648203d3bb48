package identity_test

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"html/template"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// personal is one value of each type with the part of it that must not show.
type personal struct {
	name   string
	value  any // the value
	ptr    any // a new zero value of its type to read into
	whole  string
	secret []string
}

func personalValues(t testing.TB) []personal {
	t.Helper()
	must := func(v any, err error) any { require.NoError(t, err); return v }
	return []personal{
		{"NIK", must(identity.ParseNIK(nikMan)), new(identity.NIK), nikMan, []string{"337199", "010185"}},
		{"NIP", must(identity.ParseNIP(nipMan)), new(identity.NIP), nipMan, []string{"19850101", "201001"}},
		{"NIPPPK", must(identity.ParseNIPPPK(pppk)), new(identity.NIPPPK), pppk, []string{"19900101", "202121"}},
		{"NRP", must(identity.ParseNRP(polri)), new(identity.NRP), polri, []string{"850109"}},
		{"EmployeeNumber", must(identity.ParseEmployeeNumber(nipWoman)), new(identity.EmployeeNumber), nipWoman, []string{"19850101", "201001"}},
		{"Phone", must(identity.ParsePhone("081298765901")), new(identity.Phone), "+6281298765901", []string{"8129876", "98765"}},
		{"Email", must(identity.ParseEmail("budi.contoh@pns.magelangkota.go.id")), new(identity.Email), "budi.contoh@pns.magelangkota.go.id", []string{"budi", "contoh"}},
		{"Name", must(identity.ParseName("Dr. Budi Contoh, S.T.")), new(identity.Name), "Dr. Budi Contoh, S.T.", []string{"Budi", "Contoh", "S.T."}},
	}
}

// mustNotShow searches output for the secret parts in plain, hex and base64.
func mustNotShow(t *testing.T, p personal, how, output string) {
	t.Helper()
	lower := strings.ToLower(output)
	for _, s := range append([]string{p.whole}, p.secret...) {
		for _, form := range []string{s, hex.EncodeToString([]byte(s)), fmt.Sprint([]byte(s))[1 : len(fmt.Sprint([]byte(s)))-1],
			base64.RawStdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s))} {
			assert.NotContains(t, lower, strings.ToLower(form), "%s shows %s", how, p.name)
		}
	}
}

type nested struct {
	Shown  any
	hidden any
}

func TestNothingPrintsThePersonalPart(t *testing.T) {
	for _, p := range personalValues(t) {
		t.Run(p.name, func(t *testing.T) {
			typ := reflect.TypeOf(p.value)
			// A struct whose unexported field has the very type: fmt calls no method there.
			inner := unexportedHolder(p.value)
			innerPtr := reflect.New(reflect.TypeOf(inner)) // &inner would point to an interface
			innerPtr.Elem().Set(reflect.ValueOf(inner))
			ptr := reflect.New(typ)
			ptr.Elem().Set(reflect.ValueOf(p.value))
			slice := reflect.MakeSlice(reflect.SliceOf(typ), 0, 1)
			slice = reflect.Append(slice, reflect.ValueOf(p.value))
			keyed := reflect.MakeMap(reflect.MapOf(typ, reflect.TypeFor[int]()))
			keyed.SetMapIndex(reflect.ValueOf(p.value), reflect.ValueOf(1))
			for shape, v := range map[string]any{
				"value": p.value, "pointer": ptr.Interface(), "slice": slice.Interface(), "map key": keyed.Interface(),
				"exported field": nested{Shown: p.value}, "unexported interface": nested{hidden: p.value},
				"unexported field": inner, "pointer to unexported field": innerPtr.Interface(),
				"error": fmt.Errorf("wrapped: %w", errors.New(fmt.Sprint(p.value))),
			} {
				mustNotShow(t, p, shape, leaktest.Printed(v)+fmt.Sprint(v)+fmt.Sprintf("%-30v", v))
				if reflect.TypeOf(v).Kind() == reflect.Struct { // of the others %p is an address alone
					verb := "%p"
					mustNotShow(t, p, shape, fmt.Sprintf(verb, v))
				}
				var page bytes.Buffer
				require.NoError(t, template.Must(template.New("").Parse(`<p>{{.}}</p>`)).Execute(&page, v))
				mustNotShow(t, p, shape+" template", page.String())
			}
		})
	}
}

// holders have one unexported field each; a generic one shows the type itself.
type holder[T any] struct{ v T }

func unexportedHolder(v any) any {
	switch v := v.(type) {
	case identity.NIK:
		return holder[identity.NIK]{v}
	case identity.NIP:
		return holder[identity.NIP]{v}
	case identity.NIPPPK:
		return holder[identity.NIPPPK]{v}
	case identity.NRP:
		return holder[identity.NRP]{v}
	case identity.EmployeeNumber:
		return holder[identity.EmployeeNumber]{v}
	case identity.Phone:
		return holder[identity.Phone]{v}
	case identity.Email:
		return holder[identity.Email]{v}
	case identity.Name:
		return holder[identity.Name]{v}
	}
	panic(fmt.Sprintf("no holder for %T", v))
}

func TestMaskedTextIsUseful(t *testing.T) {
	for _, p := range personalValues(t) {
		text, err := p.value.(encoding.TextMarshaler).MarshalText()
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint(p.value), string(text))
		assert.Contains(t, string(text), "*")
		assert.Equal(t, string(text), p.value.(slog.LogValuer).LogValue().String())
		assert.Equal(t, `"`+string(text)+`"`, fmt.Sprintf("%q", p.value))
	}
}

func TestMaskedTextIsNotReadBack(t *testing.T) {
	for _, p := range personalValues(t) {
		t.Run(p.name, func(t *testing.T) {
			js, err := json.Marshal(p.value)
			require.NoError(t, err)
			assert.ErrorIs(t, json.Unmarshal(js, p.ptr), identity.ErrMasked)
			assert.ErrorIs(t, p.ptr.(sql.Scanner).Scan(fmt.Sprint(p.value)), identity.ErrMasked)
			assert.True(t, reflect.ValueOf(p.ptr).Elem().IsZero(), "nothing is written on error")
		})
	}
}

func TestDatabaseValuesAreWholeAndReadBack(t *testing.T) {
	for _, p := range personalValues(t) {
		t.Run(p.name, func(t *testing.T) {
			v, err := p.value.(driver.Valuer).Value()
			require.NoError(t, err)
			assert.Equal(t, p.whole, v)
			for _, src := range []any{v, []byte(p.whole)} {
				require.NoError(t, p.ptr.(sql.Scanner).Scan(src))
				assert.Equal(t, p.value, reflect.ValueOf(p.ptr).Elem().Interface())
			}
			require.NoError(t, p.ptr.(encoding.TextUnmarshaler).UnmarshalText([]byte(p.whole)))
			for _, src := range []any{nil, int64(3371990101850901), 3371990101850901.0, true} {
				err := p.ptr.(sql.Scanner).Scan(src)
				assert.Equal(t, []identity.Rule{identity.RuleType}, rulesOf(t, err))
				assert.NotContains(t, err.Error(), "3371")
			}
			zero := reflect.Zero(reflect.TypeOf(p.value)).Interface()
			_, err = zero.(driver.Valuer).Value()
			assert.ErrorIs(t, err, identity.ErrZero)
			assert.Equal(t, "(none)", fmt.Sprint(zero))
			assert.True(t, zero.(interface{ IsZero() bool }).IsZero())
		})
	}
}

func TestErrorsHoldNoInput(t *testing.T) {
	for _, text := range []string{"33719901018509AB", "3371990101850000", "198513012010135000", "budi.contoh@@x", "Budi 3371990101850901", "0211234567"} {
		for _, parse := range parsers() {
			err := parse.of(text)
			if err == nil {
				continue
			}
			for _, out := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err)} {
				for _, part := range []string{text, "337199", "19851301", "budi", "0211234567"} {
					assert.NotContains(t, strings.ToLower(out), strings.ToLower(part), parse.name)
				}
			}
		}
	}
}

func TestNoTypeConvertsIntoAnother(t *testing.T) {
	values := personalValues(t)
	for _, a := range values {
		for _, b := range values {
			if a.name != b.name {
				assert.False(t, reflect.TypeOf(a.value).ConvertibleTo(reflect.TypeOf(b.value)), "%s to %s", a.name, b.name)
			}
		}
	}
}

func TestOnlyTheStandardLibraryIsImported(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		require.NoError(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), f, src, parser.ImportsOnly)
		require.NoError(t, err)
		for _, imp := range file.Imports {
			first, _, _ := strings.Cut(strings.Trim(imp.Path.Value, `"`), "/")
			assert.NotContains(t, first, ".", "%s imports %s", f, imp.Path.Value)
		}
	}
}
