package mockbsre_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// TestEmptyFieldComesFirst looks at the updates of an answer: the empty field,
// the signature in it, and the evidence where the build adds it.
func TestEmptyFieldComesFirst(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg     mockbsre.EsignConfig
		updates int
		inField bool // the signature's field stands before it
	}{
		"as observed":   {mockbsre.EsignConfig{}, 3, true},
		"level B-T":     {mockbsre.EsignConfig{Level: signing.LevelBT}, 2, true},
		"in one update": {mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkEmptyField: false}}, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t, tt.cfg)
			in := letter(t)
			for _, property := range []map[string]any{
				{"tampilan": "INVISIBLE"},
				{"tampilan": "VISIBLE", "imageBase64": b64(square(t, 9)), "page": 1, "originX": 100, "originY": 600, "width": 120, "height": 60},
			} {
				request := b.invisible(in)
				request["signatureProperties"] = []map[string]any{property}
				out := b.post("/api/v2/sign/pdf", request).files()[0]
				report := judge(t, b.Server, out)
				updates := report.Document.Revisions[len(judge(t, b.Server, in).Document.Revisions):]
				require.Len(t, updates, tt.updates)
				first := out[len(in):updates[0].End]
				assert.Equal(t, !tt.inField, bytes.Contains(first, []byte("/ByteRange")))
				assert.Contains(t, string(first), "bcs_ecs_", "the field")
				require.Len(t, report.Signatures, 1)
				unspoilt(t, report)

				// A second signature leaves the first one as it was.
				twice := b.post("/api/v2/sign/pdf", b.invisible(out)).files()[0]
				report = judge(t, b.Server, twice)
				require.Len(t, report.Signatures, 2)
				unspoilt(t, report)
			}
		})
	}
}

func unspoilt(t *testing.T, report *verify.Report) {
	t.Helper()
	for _, s := range report.Signatures {
		assert.Equal(t, verify.Yes, s.Intact)
		assert.Equal(t, verify.Yes, s.Valid)
		assert.Equal(t, verify.Yes, s.Trusted)
		assert.Contains(t, []verify.Modification{verify.ModificationNone, verify.ModificationPermitted}, s.Later)
	}
}
