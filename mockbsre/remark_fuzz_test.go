package mockbsre_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/mockbsre"
)

// FuzzMembers holds the scan for names against encoding/json, for what the
// service would look at: JSON of a bounded depth.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"nik":"1","file":["a","b"],"signatureProperties":[{"tampilan":"VISIBLE","page":1}]}`, ` { "a\"b" : null , "":[1,[2]] } `,
		`{"x":"\\","y":true,"z":-1.5e3}`, `[{"a":1}]`, `"text"`, `7`, `{"\u006eik":"]}"}`, `{"a":{"b":{"a":1}},"a":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !json.Valid(body) || bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > 16 {
			return
		}
		names := mockbsre.OutermostMembers(body)
		var want map[string]json.RawMessage
		if trimmed := bytes.TrimLeft(body, " \t\r\n"); trimmed[0] != '{' || json.Unmarshal(body, &want) != nil {
			return
		}
		got := map[string]json.RawMessage{}
		for _, name := range names {
			got[name] = want[name]
		}
		assert.Equal(t, want, got)
	})
}
