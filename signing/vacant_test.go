package signing_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// TestRoleIsSignedOnce makes the same request on its own output, and others beside
// it that are lawful.
func TestRoleIsSignedOnce(t *testing.T) {
	beside := func(x float64) signing.LetterRole {
		return signing.LetterRole{Role: "x", Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: x, Y: 300, Width: 200, Height: 80}}}
	}
	first, second := beside(60), beside(260)
	first.Role, second.Role = "sekda", "camat"
	prepared, layout, err := prepareLetter(twoSigners, signing.LetterOptions{Roles: []signing.LetterRole{first, second}})
	require.NoError(t, err)
	local, err := signing.NewLocal(signing.LocalConfig{Keys: anyPassphrase{person(t, "Budi Contoh", p256())}, Now: now})
	require.NoError(t, err)
	send := func(in []byte, req signing.Request) ([]byte, error) {
		var out bytes.Buffer
		req.Block = block()
		_, err := local.SignDocument(context.Background(), &out, bytes.NewReader(in), int64(len(in)), req)
		return out.Bytes(), err
	}
	sekda := signing.Request{Layout: &layout, Role: "sekda"}
	signed, err := send(prepared, sekda)
	require.NoError(t, err)

	at := layout.Places[0]
	shifted := func(by float64) signing.Placement {
		p := at.Placement()
		p.Rect.X += by
		return p
	}
	for why, c := range map[string]struct {
		req  signing.Request
		want error
	}{
		"the same request again":                  {sekda, signing.ErrPlaceSigned},
		"the same place by hand":                  {signing.Request{Placement: at.Placement()}, signing.ErrPlaceSigned},
		"half of it":                              {signing.Request{Placement: shifted(100)}, signing.ErrPlaceSigned},
		"a neighbour whose corners were rounded":  {signing.Request{Placement: shifted(199)}, nil},
		"the role whose place touches it":         {signing.Request{Layout: &layout, Role: "camat"}, nil},
		"another place of the page":               {signing.Request{Placement: signing.Placement{Page: 1, Rect: corner.Rect, Vacant: true}}, nil},
		"over it, as somebody asked by hand":      {signing.Request{Placement: signing.Placement{Page: 1, Rect: at.Rect}}, nil},
		"a place of the same size, by its corner": {signing.Request{Placement: signing.Placement{Page: -1, Rect: at.Rect, Vacant: true}}, signing.ErrPlaceSigned},
	} {
		t.Run(why, func(t *testing.T) {
			out, err := send(signed, c.req)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.want != nil, len(out) == 0)
			if c.want == nil {
				intact(t, out, 2)
				return
			}
			require.ErrorIs(t, err, signing.ErrOverlap)
			require.ErrorContains(t, err, "Signature1")
		})
	}
	t.Run("preflight stops, and says it once", func(t *testing.T) {
		placement, err := layout.Placement("sekda")
		require.NoError(t, err)
		found := preflight(t, signed, signing.Options{Block: block(), Placement: placement})
		require.True(t, found[0].Stops)
		require.Equal(t, signing.FindingPlaceSigned, found[0].Code)
		require.Equal(t, 1, found[0].Page)
		require.ErrorIs(t, found.Err(), signing.ErrPlaceSigned)
		require.False(t, found.Has(signing.FindingOverSignature))
		placement.Vacant = false
		found = preflight(t, signed, signing.Options{Block: block(), Placement: placement})
		require.NoError(t, found.Err())
		require.True(t, found.Has(signing.FindingOverSignature))
	})
	t.Run("an invisible signature takes no place", func(t *testing.T) {
		out, err := sendInvisibly(t, prepared)
		require.NoError(t, err)
		_, err = send(out, sekda)
		require.NoError(t, err)
	})
}

func sendInvisibly(t *testing.T, in []byte) ([]byte, error) {
	out, _, err := sign(t, in, signing.Options{Key: person(t, "Paraf Contoh", p256())})
	return out, err
}

// TestSignaturesOfOtherWriters: a widget apart from its field is seen, on a page
// however turned; a hidden one, and what is no signature or no annotation, not.
func TestSignaturesOfOtherWriters(t *testing.T) {
	widget := func(entries string) []byte {
		return raw("", "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R] >> >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate 90 /Annots [99 0 R (x) 5 0 R 6 0 R] >>",
			"<< /FT /Sig /T (Sekda) /V << /Type /Sig /Contents <00> /ByteRange [0 1 2 3] >> /Kids [5 0 R] >>",
			"<< /Type /Annot /Subtype /Widget /Parent 4 0 R /P 3 0 R "+entries+" >>",
			"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Camat) /P 3 0 R /F 4 /Rect [100 100 180 300] >>")
	}
	for why, c := range map[string]struct {
		entries string
		want    error
	}{
		"apart from its field": {"/F 4 /Rect [100 100 180 300]", signing.ErrPlaceSigned},
		"hidden":               {"/F 2 /Rect [100 100 180 300]", nil},
		"elsewhere":            {"/F 4 /Rect [300 300 380 500]", nil},
		"without a rectangle":  {"/F 4", nil},
	} {
		in := widget(c.entries)
		_, _, err := sign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Block: &appearance.Block{Lines: []appearance.Line{{Text: "Budi"}}},
			Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 100, Y: 415, Width: 200, Height: 80}, Vacant: true}})
		require.ErrorIs(t, err, c.want, why)
	}
}
