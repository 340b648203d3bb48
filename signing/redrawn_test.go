package signing_test

import (
	"bytes"
	"image"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// redrawnForm is a page with one field, whose form asks viewers to draw it anew.
// The appearance is object 5, and may be drawn in Helvetica.
func redrawnForm(field, appearance string) []byte {
	return raw("", "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /NeedAppearances true /DA (/Helv 12 Tf 0 g) /DR << /Font << /Helv 6 0 R >> >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>",
		"<< /Type /Annot /Subtype /Widget /T (nama) /Rect [300 600 500 620] /P 3 0 R "+field+" >>",
		"<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font << /Helv 6 0 R >> >> /Length "+strconv.Itoa(len(appearance))+" >>\nstream\n"+appearance+"\nendstream",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
}

const (
	textField = "/FT /Tx /DA (/Helv 12 Tf 0 g) /AP << /N 5 0 R >> "
	shownBudi = "/Tx BMC BT /Helv 12 Tf 0 g 2 5 Td (Budi) Tj ET EMC"
)

func needAppearances(t *testing.T, b []byte) pdf.Object {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(b), int64(len(b)), pdf.Options{})
	require.NoError(t, err)
	catalog, err := doc.Catalog()
	require.NoError(t, err)
	form, err := doc.Dict(catalog["AcroForm"])
	require.NoError(t, err)
	return form["NeedAppearances"]
}

// TestBlockInRedrawnForm: viewers that draw a form anew draw no signature, so
// that the first signature takes the request back, and nothing else looks
// otherwise for it.
func TestBlockInRedrawnForm(t *testing.T) {
	in := redrawnForm(textField+"/V (Budi)", shownBudi)
	box, field := image.Rect(20, 842-100, 260, 842-20), image.Rect(300, 842-620, 500, 842-600)
	s := newService(t)
	opts := signing.Options{Key: s.person(t, false), Timestamper: s.timestamper(t), Evidence: s.evidence(t), Block: block(), Placement: corner,
		Certify: signing.CertifyFormFilling}
	require.Empty(t, preflight(t, in, opts))
	once := mustSign(t, in, opts)
	require.Equal(t, false, needAppearances(t, once))
	second := opts
	second.Certify, second.Placement.Rect.Y = signing.NoCertification, 200
	require.Empty(t, preflight(t, once, second))
	twice := mustSign(t, once, second)
	report := judged(t, twice)
	require.NoError(t, report.Err())
	require.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
	require.Len(t, report.Signatures, 2)
	plain := signing.Options{Key: opts.Key, Block: block(), Placement: corner}
	require.Empty(t, newJudge(t).faults(t, in, mustSign(t, in, plain), false))
	img := render(t, twice, 72)
	require.Greater(t, ink(img, box), 1000)
	require.NotZero(t, ink(img, field))
}

// TestFormThatStaysRedrawn: without the request a field would look otherwise.
func TestFormThatStaysRedrawn(t *testing.T) {
	const (
		ticked = "/FT /Btn /AP << /N << /Ya 5 0 R /Off 5 0 R >> >> "
		list   = "/FT /Ch /AP << /N 5 0 R >> "
	)
	for name, c := range map[string]struct {
		field, appearance string
		stays             bool
	}{
		"no appearance":                  {"/FT /Tx /V (Budi)", "", true},
		"its value":                      {textField + "/V (Budi)", shownBudi, false},
		"its value in several strings":   {textField + "/V (Budi Contoh\\rLurah)", "BT [(Bu)-20(di)] TJ <436F6E746F68> Tj % (x)\n /P << /MCID 1 >> BDC (\\114urah) ' EMC ET", false},
		"its value, with accents":        {textField + "/V <FEFF00C900E9>", "BT (\\311\xe9) Tj ET", false},
		"an earlier value":               {textField + "/V (Sari)", shownBudi, true},
		"a part of its value":            {textField + "/V (Budiman)", shownBudi, true},
		"a value that was taken away":    {textField, shownBudi, true},
		"nothing, and no value":          {textField, "/Tx BMC EMC", false},
		"nothing, with a value":          {textField + "/V (Budi)", "/Tx BMC EMC", true},
		"letters of another alphabet":    {textField + "/V <FEFF7B7E>", "BT (?) Tj ET", true},
		"a stream as value":              {textField + "/V 5 0 R", shownBudi, true},
		"hidden":                         {"/FT /Tx /V (Budi) /F 2", "", false},
		"a list that shows its choice":   {list + "/V (Budi)", shownBudi, false},
		"a list with two choices":        {list + "/V [(Budi) (Sari)]", shownBudi, true},
		"ticked":                         {ticked + "/V /Ya /AS /Ya", "", false},
		"not ticked":                     {ticked + "/V /Off", "", false},
		"ticked, and shown as if not":    {ticked + "/V /Ya /AS /Off", "", true},
		"another one of the group":       {ticked + "/V /Tidak /AS /Off", "", false},
		"to push":                        {"/FT /Btn /Ff 65536 /AP << /N 5 0 R >>", shownBudi, false},
		"text in a parent of the widget": {"/FT /Tx /V (Budi) /Kids [7 0 R]", "", true},
		"broken":                         {"/FT /Tx /AP (x)", "", true},
		"an empty field for a signature": {"/FT /Sig", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			in := redrawnForm(c.field, c.appearance)
			opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: corner}
			require.Equal(t, c.stays, preflight(t, in, opts).Has(signing.FindingRedrawn))
			require.Equal(t, c.stays, needAppearances(t, mustSign(t, in, opts)))
		})
	}
}

// TestRedrawnFormOfASignedLetter: what was signed stays as it is.
func TestRedrawnFormOfASignedLetter(t *testing.T) {
	in := redrawnForm(textField+"/V (Budi)", shownBudi)
	unseen := signing.Options{Key: person(t, "Sari Contoh", p256())}
	require.Empty(t, preflight(t, in, unseen), "no block to be shown")
	once := mustSign(t, in, unseen)
	require.Equal(t, true, needAppearances(t, once))
	opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: corner}
	found := preflight(t, once, opts)
	require.Equal(t, []signing.FindingCode{signing.FindingRedrawn}, codes(found))
	require.NoError(t, found.Err())
	twice := mustSign(t, once, opts)
	require.Equal(t, true, needAppearances(t, twice))
	for _, s := range judged(t, twice).Signatures {
		require.Contains(t, []verify.Modification{verify.ModificationNone, verify.ModificationPermitted}, s.Later)
	}
}

// TestHostileAppearances keeps to the budget what the look for fields that viewers
// would draw costs.
func TestHostileAppearances(t *testing.T) {
	opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: corner}
	for name, look := range map[string]string{
		"strings that never end":      strings.Repeat("<", 1<<20),
		"hexadecimal that never ends": strings.Repeat("< ", 1<<19),
		"literals that never end":     strings.Repeat("(", 1<<20),
		"literals within each other":  strings.Repeat("(", 1<<19) + strings.Repeat(")", 1<<19),
		"dictionaries":                strings.Repeat("<<>>", 1<<18),
		"comments":                    strings.Repeat("%\n", 1<<19),
	} {
		t.Run(name, func(t *testing.T) {
			in := redrawnForm(textField+"/V (Budi)", look)
			budgettest.File.Keep(t, func() { signedOrRefused(t, in, opts) })
			budgettest.File.Keep(t, func() { preflight(t, in, opts) })
		})
	}
}
