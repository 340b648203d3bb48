package verify_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// The level is what the file itself holds; what others say of it neither
// raises nor lowers it.
func TestLevelIsOfTheFileAlone(t *testing.T) {
	for _, c := range []struct {
		name    string
		sign    func(w *world) []byte
		revoked time.Time // zero: not
		options func(w *world) verify.Options
		want    verify.Level
	}{
		{"evidence in the file", func(w *world) []byte { return w.sign(letter(), w.optionsBLT(w.budi)) }, time.Time{}, (*world).options, verify.LevelBLT},
		{"the caller has newer evidence too", func(w *world) []byte { return w.sign(letter(), w.optionsBLT(w.budi)) }, time.Time{}, withEvidence, verify.LevelBLT},
		{"the caller knows that he was revoked later", func(w *world) []byte { return w.sign(letter(), w.optionsBLT(w.budi)) }, signedAt.Add(time.Hour), withEvidence, verify.LevelBLT},
		{"only the caller has evidence", func(w *world) []byte { return w.sign(letter(), w.optionsBT(w.budi)) }, time.Time{}, withEvidence, verify.LevelBT},
		{"only the network has evidence", func(w *world) []byte { return w.sign(letter(), w.optionsBT(w.budi)) }, time.Time{}, (*world).online, verify.LevelBT},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			document := c.sign(w)
			if !c.revoked.IsZero() {
				w.revoke(w.budi, c.revoked)
			}
			report := judge(t, document, c.options(w))
			assert.Equal(t, c.want.String(), report.Signatures[0].Level.String())
		})
	}
}

// Evidence that the caller has too is still the file's.
func TestLevelWithTheSameEvidence(t *testing.T) {
	w := newWorld(t)
	document := w.sign(letter(), w.optionsBLT(w.budi))
	options := w.options()
	doc := must(pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{}))
	dss := must(doc.Dict(must(doc.Catalog())["DSS"]))
	for _, list := range []struct {
		key pdf.Name
		to  *[][]byte
	}{{"OCSPs", &options.OCSP}, {"CRLs", &options.CRLs}} {
		for _, ref := range must(doc.Array(dss[list.key])) {
			stream := must(doc.Resolve(ref)).(*pdf.Stream)
			*list.to = append(*list.to, must(doc.StreamData(stream, 1<<20)))
		}
	}
	require.NotEmpty(t, options.OCSP)
	report := judge(t, document, options)
	assert.Equal(t, verify.LevelBLT.String(), report.Signatures[0].Level.String())
}

// PAdES asks for the claimed time in the signature dictionary (ETSI EN 319
// 142-1 section 6.3, table 1).
func TestLevelNeedsClaimedTime(t *testing.T) {
	for name, c := range map[string]struct {
		time pdf.Object
		want verify.Level
	}{
		"there":     {pdf.TextString("D:20480302090000+07'00'"), verify.LevelBB},
		"missing":   {nil, verify.LevelNone},
		"malformed": {pdf.TextString("kemarin"), verify.LevelNone},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			crafted := w.sound(w.budi)
			crafted.dict = func(d pdf.Dict) {
				if c.time != nil {
					d["M"] = c.time
				}
			}
			report := judge(t, crafted.apply(t, letter()), w.online())
			require.NoError(t, report.Err(), "the level takes nothing from the signature")
			s := report.Signatures[0]
			assert.Equal(t, c.want.String(), s.Level.String())
			assert.Equal(t, c.want == verify.LevelNone, s.Missing[0] == verify.PieceClaimedTime)
			assert.NotEqual(t, verify.PieceClaimedTime.Text(verify.Indonesian), verify.PieceClaimedTime.Text(verify.English))
		})
	}
}
