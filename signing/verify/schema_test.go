package verify_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// schemaChecker holds values against JSON Schemas: the keywords of draft
// 2020-12 that ours use, and no others. It is stricter than the standard in one
// point: a key that the schema does not name is a fault.
type schemaChecker struct {
	files map[string]map[string]any // by file name
	met   map[string]bool           // properties that were held against a value
}

func newSchemaChecker(t *testing.T) *schemaChecker {
	t.Helper()
	c := &schemaChecker{files: map[string]map[string]any{}, met: map[string]bool{}}
	for _, name := range []string{"report.schema.json", "letter.schema.json"} {
		var schema map[string]any
		require.NoError(t, json.Unmarshal(must(os.ReadFile(name)), &schema))
		require.Equal(t, name, path.Base(schema["$id"].(string)), "what refers to it finds it")
		c.files[name] = schema
	}
	return c
}

// check lists what departs from the schema of that file.
func (c *schemaChecker) check(file string, document []byte) (faults []string) {
	var value any
	if err := json.Unmarshal(document, &value); err != nil {
		return []string{err.Error()}
	}
	c.value(file, "#", c.files[file], "", value, &faults)
	return faults
}

// at follows a pointer into a file.
func (c *schemaChecker) at(file, pointer string) map[string]any {
	node := c.files[file]
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "#"), "/")[1:] {
		node = node[step].(map[string]any)
	}
	return node
}

func (c *schemaChecker) value(file, pointer string, schema map[string]any, where string, value any, faults *[]string) {
	fault := func(format string, args ...any) {
		*faults = append(*faults, where+": "+fmt.Sprintf(format, args...))
	}
	text, isText := value.(string)
	for keyword, rule := range schema {
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description":
		case "$ref":
			name, target, _ := strings.Cut(rule.(string), "#")
			if name == "" {
				name = file
			}
			c.value(name, "#"+target, c.at(name, "#"+target), where, value, faults)
		case "type":
			if got := typeOf(value); got != rule && !(got == "integer" && rule == "number") {
				fault("is of type %s instead of %s", got, rule)
			}
		case "const":
			if value != rule {
				fault("%v instead of %v", value, rule)
			}
		case "enum":
			if !slices.Contains(rule.([]any), value) {
				fault("%v is none of %v", value, rule)
			}
		case "pattern":
			if isText && !regexp.MustCompile(rule.(string)).MatchString(text) {
				fault("%q does not match %s", text, rule)
			}
		case "format":
			if _, err := time.Parse(time.RFC3339, text); rule != "date-time" || err != nil {
				fault("%q is no %s", text, rule)
			}
		case "minimum":
			if n, ok := value.(float64); ok && n < rule.(float64) {
				fault("%v is below %v", n, rule)
			}
		case "minItems", "maxItems":
			items, _ := value.([]any)
			if n := float64(len(items)); keyword == "minItems" && n < rule.(float64) || keyword == "maxItems" && n > rule.(float64) {
				fault("%v items", n)
			}
		case "items":
			items, _ := value.([]any)
			for i, item := range items {
				c.value(file, pointer+"/items", rule.(map[string]any), fmt.Sprintf("%s[%d]", where, i), item, faults)
			}
		case "required":
			for _, key := range rule.([]any) {
				if object, ok := value.(map[string]any); ok {
					if _, present := object[key.(string)]; !present {
						fault("%s is missing", key)
					}
				}
			}
		case "properties":
			c.properties(file, pointer, rule.(map[string]any), where, value, faults)
		default:
			fault("keyword %s is unknown to this test", keyword)
		}
	}
}

func (c *schemaChecker) properties(file, pointer string, properties map[string]any, where string, value any, faults *[]string) {
	object, _ := value.(map[string]any)
	for key, member := range object {
		property, ok := properties[key].(map[string]any)
		if !ok {
			*faults = append(*faults, where+"."+key+": not in the schema")
			continue
		}
		inside := pointer + "/properties/" + key
		c.met[file+inside] = true
		c.value(file, inside, property, where+"."+key, member, faults)
	}
}

// named lists every property that the schemas name, in the form of met.
func (c *schemaChecker) named() []string {
	var all []string
	var walk func(at string, node any)
	walk = func(at string, node any) {
		object, _ := node.(map[string]any)
		for key, member := range object {
			inside := at + "/" + key
			if strings.HasSuffix(at, "/properties") {
				all = append(all, inside)
			}
			walk(inside, member)
		}
	}
	for name, schema := range c.files {
		walk(name+"#", schema)
	}
	slices.Sort(all)
	return all
}

func typeOf(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	}
	return "null"
}

// The goldens have every key that the schemas name, and no others.
func TestSchemasDescribeTheGoldens(t *testing.T) {
	c := newSchemaChecker(t)
	assert.Empty(t, c.check("report.schema.json", must(json.Marshal(wholeReport()))))
	assert.Empty(t, c.check("letter.schema.json", must(json.Marshal(wholeLetter(t)))))
	assert.Equal(t, c.named(), slices.Sorted(maps.Keys(c.met)))
}

func TestSchemaDescribesReports(t *testing.T) {
	w := newWorld(t)
	c := newSchemaChecker(t)
	for _, document := range [][]byte{
		letter(),
		w.documentTimestamp(t, w.sign(w.sign(letter(), w.optionsBLT(w.budi)), w.optionsBT(w.sari)), w.stamper(w.tsa)),
		certified(1, letter, annotate)(t, w),
		later(func(_ *pdf.Document, u *pdf.Update) { u.Set(pdf.Ref{Num: 4}, content("Surat Palsu")) })(t, w),
		crafted(withMessage(func(_ *world, m *message) { m.noAttributes = true }))(t, w),
	} {
		report := judge(t, document, w.online())
		assert.Empty(t, c.check("report.schema.json", must(json.Marshal(report))))
		verdict := must(report.JudgeLetter(t.Context(), verify.Expectation{Signers: []verify.ExpectedSigner{{Name: "Budi Contoh"}}}))
		assert.Empty(t, c.check("letter.schema.json", must(json.Marshal(verdict))))
	}
}

// The words of the schema are the words of the code.
func TestSchemaWords(t *testing.T) {
	c := newSchemaChecker(t)
	for definition, words := range words() {
		file := "report.schema.json"
		if definition == "match" {
			file = "letter.schema.json"
		}
		var listed []string
		for _, word := range c.at(file, "#/$defs/"+definition)["enum"].([]any) {
			listed = append(listed, word.(string))
		}
		assert.ElementsMatch(t, words, listed, definition)
	}
	assert.Equal(t, verify.Schema, c.at("report.schema.json", "#/properties/schema")["const"])
	assert.Equal(t, verify.LetterSchema, c.at("letter.schema.json", "#/properties/schema")["const"])
	pattern := regexp.MustCompile(c.at("report.schema.json", "#/$defs/code")["pattern"].(string))
	for _, code := range verify.AllCodes() {
		assert.Regexp(t, pattern, code)
	}
}

// words lists the words of each enumeration, by its name in the schemas.
func words() map[string][]string {
	subs := map[string]bool{}
	for _, code := range verify.AllCodes() {
		if s := code.SubIndication(); s != "" {
			subs[string(s)] = true
		}
	}
	return map[string][]string{
		"sub_indication":   slices.Sorted(maps.Keys(subs)),
		"indication":       enum[verify.Indication](),
		"answer":           enum[verify.Answer](),
		"severity":         enum[verify.Severity](),
		"kind":             enum[verify.Kind](),
		"coverage":         enum[verify.Coverage](),
		"modification":     enum[verify.Modification](),
		"level":            enum[verify.Level](),
		"permission":       enum[verify.Permission](),
		"revocation_state": enum[verify.RevocationState](),
		"time_source":      enum[verify.TimeSource](),
		"match":            enum[verify.Match](),
		"piece":            asStrings(verify.AllPieces()),
		"change_kind":      asStrings(verify.AllChangeKinds()),
		"reject_reason":    asStrings(verify.AllReasons()),
	}
}

// enum lists the words of a type, in the order of its values.
func enum[T interface {
	~uint8
	fmt.Stringer
}]() []string {
	var all []string
	for v := T(0); !strings.HasPrefix(v.String(), "value("); v++ {
		all = append(all, v.String())
	}
	return all
}

func asStrings[T ~string](words []T) []string {
	var all []string
	for _, w := range words {
		all = append(all, string(w))
	}
	return all
}

// Every word can be read back, and nothing else.
func TestWordsAreReadBack(t *testing.T) {
	type reader interface{ UnmarshalText(text []byte) error }
	readers := map[string]reader{
		"indication": new(verify.Indication), "answer": new(verify.Answer), "severity": new(verify.Severity), "kind": new(verify.Kind), "coverage": new(verify.Coverage),
		"modification": new(verify.Modification), "level": new(verify.Level), "permission": new(verify.Permission),
		"revocation_state": new(verify.RevocationState), "time_source": new(verify.TimeSource), "match": new(verify.Match),
		"piece": new(verify.Piece), "change_kind": new(verify.ChangeKind), "reject_reason": new(verify.RejectReason),
	}
	for name, list := range words() {
		if name == "sub_indication" {
			continue // read as any string
		}
		r := readers[name]
		require.NotNil(t, r, name)
		for _, word := range list {
			require.NoError(t, r.UnmarshalText([]byte(word)), name)
			assert.Equal(t, word, fmt.Sprint(reflect.ValueOf(r).Elem().Interface()), name)
		}
		for _, word := range []string{"", "entah", strings.ToUpper(list[0]) + "X", "value(9)"} {
			assert.ErrorIs(t, r.UnmarshalText([]byte(word)), verify.ErrSchema, name)
		}
	}
	var code verify.Code
	require.NoError(t, code.UnmarshalText([]byte("modified")))
	assert.Equal(t, verify.CodeModified, code)
	assert.ErrorIs(t, code.UnmarshalText([]byte("entah")), verify.ErrSchema)
}
