package verify_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// An older generation: its root issued to people itself and has expired, as
// OSD LU Kelas 2 has. What was signed, timestamped and given evidence in its
// time stands; what lacks a proven time does not.
func TestExpiredGeneration(t *testing.T) {
	w := newWorld(t)
	stamps := newWorld(t) // time comes from elsewhere
	root := authorityTemplate("Akar Lama Contoh")
	root.NotAfter = signedAt.AddDate(0, 6, 0)
	w.root = w.issue(identity{}, root)
	leaf := leafTemplate("Budi Contoh")
	leaf.NotAfter = root.NotAfter
	w.budi = w.issue(w.root, leaf)
	key := &signing.Key{Signer: w.budi.key, Certificate: w.budi.cert}
	options := signing.Options{Key: key, Now: w.now}
	plain := w.sign(letter(), options)
	options.Timestamper = stamps.stamper(stamps.tsa)
	stamped := w.store(t, w.sign(letter(), options), w.budi)
	stamped = stamps.store(t, stamped, stamps.tsa)

	judged := verify.Options{
		Roots:          []verify.Root{{Certificate: w.root.cert, TrustedUntil: root.NotAfter}},
		TimestampRoots: verify.Trust(stamps.root.cert), At: signedAt.AddDate(1, 0, 0),
	}
	report := judge(t, stamped, judged)
	require.NoError(t, report.Err(), "%v", codes(report))
	assert.Equal(t, []string{"Budi Contoh", "Akar Lama Contoh"}, report.Signatures[0].Signer.Chain)
	assert.Equal(t, verify.LevelBLT, report.Signatures[0].Level)

	report = judge(t, plain, judged)
	assert.ErrorIs(t, report.Err(), verify.ErrIndeterminate)
	assert.Equal(t, verify.OutOfBoundsNoPOE, report.Conclusion.SubIndication)
}

// Trust in a root is bounded at the proven time, not at the time of judgment.
func TestTrustedUntil(t *testing.T) {
	w := newWorld(t)
	document := w.sign(letter(), w.optionsBLT(w.budi))
	for name, c := range map[string]struct {
		until time.Time
		valid bool
	}{
		"until after the judgment":                     {judgedAt.Add(time.Hour), true},
		"until after the signature":                    {signedAt.Add(time.Hour), true},
		"until the second of the signature":            {signedAt, true},
		"until the second before":                      {signedAt.Add(-time.Second), false},
		"no end":                                       {time.Time{}, true},
		"until long before the root's own certificate": {signedAt.AddDate(-5, 0, 0), false},
	} {
		t.Run(name, func(t *testing.T) {
			options := w.online()
			options.TimestampRoots = verify.Trust(w.root.cert)
			options.Roots = []verify.Root{{Certificate: w.root.cert, TrustedUntil: c.until}}
			report := judge(t, document, options)
			if c.valid {
				require.NoError(t, report.Err(), "%v", codes(report))
				return
			}
			assert.ErrorIs(t, report.Err(), verify.ErrIndeterminate)
			assert.Contains(t, codes(report), verify.CodeIssuerNotValid)
		})
	}
}

// One authority below a national root may be singled out for signers; the
// time-stamping authority may be another's.
func TestAllowIssuers(t *testing.T) {
	w := newWorld(t)
	other := w.issue(w.root, authorityTemplate("Penerbit Lain"))
	stamp := leafTemplate("Stempel Lain")
	stamp.ExtraExtensions = []pkix.Extension{usages(oidStamping)}
	foreign := *w
	foreign.ca, foreign.tsa = other, w.issue(other, stamp)
	token := foreign.stamper(foreign.tsa)
	o := w.optionsBB(w.budi)
	o.Timestamper = token
	document := w.sign(letter(), o)

	options := w.options()
	options.InsecureSkipRevocation = true
	options.AllowIssuers = []*x509.Certificate{w.ca.cert}
	report := judge(t, document, options)
	require.NoError(t, report.Err(), "%v", codes(report))
	assert.Equal(t, signedAt, report.Signatures[0].Time.Proven)

	for name, issuer := range map[string]*x509.Certificate{"another authority": other.cert, "the root, which issued no signer": w.root.cert} {
		options.AllowIssuers = []*x509.Certificate{issuer}
		report := judge(t, document, options)
		assert.Equal(t, verify.Conclusion{Indication: verify.Indeterminate, SubIndication: verify.ChainConstraintsFailure}, report.Conclusion, name)
		assert.Contains(t, codes(report), verify.CodeIssuerNotAllowed, name)
	}
}

// A signature field may stand apart from its widget.
func TestSplitWidget(t *testing.T) {
	w := newWorld(t)
	split := w.sound(w.budi).named("Kedua")
	split.update = func(u *pdf.Update) {
		set(u, 3, func(page pdf.Dict) {
			annots := page["Annots"].(pdf.Array)
			set(u, annots[len(annots)-1].(pdf.Ref).Num, func(field pdf.Dict) {
				annots[len(annots)-1] = u.Add(pdf.Dict{"Type": field["Type"], "Subtype": field["Subtype"], "P": pdf.Ref{Num: 3}, "F": pdf.Integer(4),
					"Rect": pdf.Array{pdf.Integer(72), pdf.Integer(72), pdf.Integer(200), pdf.Integer(120)}})
				for _, key := range []pdf.Name{"Type", "Subtype", "Rect"} {
					delete(field, key)
				}
				field["Kids"] = pdf.Array{annots[len(annots)-1]}
			})
		})
	}
	report := judge(t, split.apply(t, w.sign(letter(), w.optionsBB(w.sari))), w.online())
	require.NoError(t, report.Err(), "%s", text(t, report, verify.English))
	require.Len(t, report.Signatures, 2)
	assert.Equal(t, &verify.Place{Page: 1, Rect: [4]float64{72, 72, 200, 120}}, report.Signatures[1].Place)
}

// A signature that only the catalog's Perms lead to is reported as one that
// hangs in the air.
func TestSignatureOfPermsAlone(t *testing.T) {
	w := newWorld(t)
	c := w.sound(w.sari).named("Kedua")
	base := edit(t, letter(), func(_ *pdf.Document, u *pdf.Update) {
		hanging := u.Add(pdf.Dict{"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
			"ByteRange": pdf.Array{pdf.Integer(0), pdf.Integer(10), pdf.Integer(20), pdf.Integer(10)}, "Contents": pdf.String{Bytes: []byte{0}, Hex: true}})
		set(u, 1, func(d pdf.Dict) { d["Perms"] = pdf.Dict{"DocMDP": hanging} })
	})
	report := judge(t, c.apply(t, base), w.online())
	assert.ErrorIs(t, report.Err(), verify.ErrInvalid)
	assert.Contains(t, codes(report), verify.CodeUnreachable)
}
