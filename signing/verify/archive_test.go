package verify_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// stampAuthority is a time-stamping authority in force for two years.
func (w *world) stampAuthority(from time.Time) identity {
	template := leafTemplate(fmt.Sprintf("Stempel Waktu %d", from.Year()))
	template.NotBefore, template.NotAfter = from.AddDate(0, -1, 0), from.AddDate(2, 0, 0)
	template.ExtraExtensions = []pkix.Extension{usages(oidStamping)}
	return w.issue(w.ca, template)
}

// at runs fn with the clock at a time.
func (w *world) at(clock time.Time, fn func()) {
	before := w.clock
	w.clock = clock
	defer func() { w.clock = before }()
	fn()
}

// store adds what is known now of the certificates to the security store.
func (w *world) store(t *testing.T, document []byte, ids ...identity) []byte {
	return edit(t, document, func(doc *pdf.Document, u *pdf.Update) {
		catalog := must(doc.Catalog())
		dss := must(doc.Dict(catalog["DSS"]))
		if dss == nil {
			dss = pdf.Dict{}
		}
		add := func(key pdf.Name, der []byte) {
			dss[key] = append(must(doc.Array(dss[key])), u.Add(pdf.NewStream(pdf.Dict{}, der)))
		}
		for _, id := range ids {
			add("OCSPs", must(w.OCSP(context.Background(), id.cert, nil)))
			add("Certs", id.cert.Raw)
		}
		add("CRLs", must(w.CRL(context.Background(), w.ca.cert, nil)))
		if ref, ok := catalog["DSS"].(pdf.Ref); ok {
			u.Set(ref, dss)
			return
		}
		set(u, 1, func(d pdf.Dict) { d["DSS"] = dss })
	})
}

// link is one document timestamp of a chain, and the evidence about its
// authority that follows it.
type link struct {
	at        time.Time
	authority identity
	bare      bool // without evidence
}

// chain adds document timestamps.
func (w *world) chain(t *testing.T, document []byte, links ...link) []byte {
	for _, l := range links {
		w.at(l.at, func() {
			c := craft{name: l.at.Format("Stempel20060102150405")}
			c.dict = func(d pdf.Dict) { d["Type"], d["SubFilter"] = pdf.Name("DocTimeStamp"), pdf.Name("ETSI.RFC3161") }
			c.token = func(covered []byte) []byte { return w.token(t, w.stamper(l.authority), covered) }
			document = c.apply(t, document)
		})
		if !l.bare {
			w.at(l.at.Add(time.Hour), func() { document = w.store(t, document, l.authority) })
		}
	}
	return document
}

// years is that much after the signature.
func years(n float64) time.Time {
	return signedAt.Add(time.Duration(n * 365 * 24 * float64(time.Hour)))
}

func judgedOn(w *world, at time.Time) verify.Options {
	o := w.options()
	o.At = at
	return o
}

// Each timestamp is judged as of the next one, so that a letter stands long
// after all its certificates but the last have expired, without a network.
func TestChainOfDocumentTimestamps(t *testing.T) {
	w := newWorld(t)
	second, third := w.stampAuthority(years(1.9)), w.stampAuthority(years(3.8))
	document := w.chain(t, w.sign(letter(), w.optionsBLT(w.budi)),
		link{signedAt.Add(time.Hour), w.tsa, false}, link{years(1.9), second, false}, link{years(3.8), third, false})
	report := judge(t, document, judgedOn(w, years(5)))
	require.NoError(t, report.Err(), "%v", codes(report))
	assert.NotContains(t, codes(report), verify.CodeTimestampExpired)
	require.Len(t, report.Signatures, 4)
	assert.Equal(t, verify.LevelBLTA, report.Signatures[0].Level)
	assert.Empty(t, report.Signatures[0].Missing)
	assert.Equal(t, signedAt, report.Signatures[0].Time.Proven)
	assert.Equal(t, &verify.NextTimestamp{Due: third.cert.NotAfter, Certificate: third.cert.Subject.CommonName, Field: years(3.8).Format("Stempel20060102150405")}, report.NextTimestamp)
	assert.Contains(t, text(t, report, verify.Indonesian), "Stempel berikutnya:")
	assert.Contains(t, text(t, report, verify.English), "Next timestamp by:")
	assert.NotContains(t, text(t, report, verify.English), "OVERDUE")

	report = judge(t, document, judgedOn(w, years(7)))
	require.NoError(t, report.Err(), "%v", codes(report))
	assert.Contains(t, codes(report), verify.CodeTimestampExpired)
	assert.True(t, report.NextTimestamp.Overdue)
	assert.Contains(t, text(t, report, verify.Indonesian), "TERLAMBAT")
	assert.Contains(t, text(t, report, verify.English), "OVERDUE")
}

func TestNextTimestampDue(t *testing.T) {
	w := newWorld(t)
	t.Run("nothing proves a time", func(t *testing.T) {
		assert.Nil(t, judge(t, w.sign(letter(), w.optionsBB(w.budi)), w.online()).NextTimestamp)
	})
	t.Run("a timestamp in the signature", func(t *testing.T) {
		next := judge(t, w.sign(letter(), w.optionsBT(w.budi)), w.online()).NextTimestamp
		require.NotNil(t, next)
		assert.Equal(t, w.tsa.cert.NotAfter, next.Due)
		assert.Equal(t, "Signature1", next.Field)
	})
	t.Run("a later signature that the document timestamp does not cover", func(t *testing.T) {
		late := w.stampAuthority(signedAt.AddDate(0, 0, 20))
		document := w.chain(t, w.sign(letter(), w.optionsBLT(w.budi)), link{signedAt, late, false})
		next := judge(t, w.sign(document, w.optionsBLT(w.sari)), w.options()).NextTimestamp
		require.NotNil(t, next)
		assert.Equal(t, w.tsa.cert.NotAfter, next.Due, "the first to end counts")
		assert.Equal(t, "Signature2", next.Field)
	})
	t.Run("trust in the root ends first", func(t *testing.T) {
		options := w.online()
		options.Roots[0].TrustedUntil = years(1)
		next := judge(t, w.sign(letter(), w.optionsBT(w.budi)), options).NextTimestamp
		require.NotNil(t, next)
		assert.Equal(t, years(1), next.Due)
		assert.Equal(t, w.root.cert.Subject.CommonName, next.Certificate)
	})
	t.Run("an authority that is not trusted proves nothing", func(t *testing.T) {
		other := newWorld(t)
		document := w.documentTimestamp(t, w.sign(letter(), w.optionsBB(w.budi)), other.stamper(other.tsa))
		assert.Nil(t, judge(t, document, w.online()).NextTimestamp)
	})
}

// What is missing for B-LTA is told by what a trusted document timestamp covers.
func TestArchivePieces(t *testing.T) {
	hour := signedAt.Add(time.Hour)
	for _, c := range []struct {
		name    string
		make    func(t *testing.T, w *world) []byte
		level   verify.Level
		missing []verify.Piece
	}{
		{"all evidence covered", func(t *testing.T, w *world) []byte {
			return w.chain(t, w.sign(letter(), w.optionsBLT(w.budi)), link{hour, w.tsa, false})
		}, verify.LevelBLTA, nil},
		{"no document timestamp", func(t *testing.T, w *world) []byte {
			return w.sign(letter(), w.optionsBLT(w.budi))
		}, verify.LevelBLT, []verify.Piece{verify.PieceArchiveTime}},
		{"evidence only after the document timestamp", func(t *testing.T, w *world) []byte {
			document := w.chain(t, w.sign(letter(), w.optionsBT(w.budi)), link{hour, w.tsa, false})
			return w.store(t, document, w.budi, w.tsa)
		}, verify.LevelBLT, []verify.Piece{verify.PieceArchiveTime}},
		{"a security store about others before it", func(t *testing.T, w *world) []byte {
			document := w.store(t, w.sign(letter(), w.optionsBT(w.budi)), w.sari)
			document = w.chain(t, document, link{hour, w.tsa, false})
			return w.store(t, document, w.budi, w.tsa)
		}, verify.LevelBLT, []verify.Piece{verify.PieceArchiveTime}},
		{"no evidence about the signer", func(t *testing.T, w *world) []byte {
			return w.chain(t, w.sign(letter(), w.optionsBT(w.budi)), link{hour, w.tsa, false})
		}, verify.LevelBT, []verify.Piece{verify.PieceRevocationData, verify.PieceArchiveTime}},
		{"document timestamp of an unknown authority", func(t *testing.T, w *world) []byte {
			other := newWorld(t)
			return w.documentTimestamp(t, w.sign(letter(), w.optionsBLT(w.budi)), other.stamper(other.tsa))
		}, verify.LevelBLT, []verify.Piece{verify.PieceArchiveTime}},
		{"the issuer's certificate only in the document timestamp itself", func(t *testing.T, w *world) []byte {
			w.apart()
			c := w.sound(w.budi)
			c.message.certificates = []*x509.Certificate{w.budi.cert}
			c.message.token = func(value []byte) []byte { return w.token(t, w.stamper(w.tsa), value) }
			c.dict = func(d pdf.Dict) { d["M"] = pdf.TextString("D:20480302020000Z") }
			document := w.store(t, c.apply(t, letter()), w.budi, w.tsa)
			return w.chain(t, document, link{hour, w.stampAuthority(signedAt), true})
		}, verify.LevelBLT, []verify.Piece{verify.PieceArchiveTime}},
		{"no timestamp in the signature, but over it", func(t *testing.T, w *world) []byte {
			document := w.store(t, w.sign(letter(), w.optionsBB(w.budi)), w.budi, w.tsa)
			return w.chain(t, document, link{signedAt, w.tsa, false}, link{hour, w.tsa, true})
		}, verify.LevelBLTA, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			s := judge(t, c.make(t, w), w.online()).Signatures[0]
			assert.Equal(t, c.level.String(), s.Level.String())
			assert.Equal(t, c.missing, s.Missing)
		})
	}
}

// A stolen key can set the clock back: once the authority's certificate is
// revoked, its timestamps stand only if a later one proves that they are older
// than that, or if the key was not the reason.
func TestTimestampAuthorityRevokedLater(t *testing.T) {
	const unspecified, keyCompromise, superseded, ceased = 0, 1, 4, 5
	for _, c := range []struct {
		name    string
		reason  int
		revoked time.Time
		covered bool
		valid   bool
	}{
		{"key stolen, nothing covers it", keyCompromise, years(1), false, false},
		{"no reason given, nothing covers it", unspecified, years(1), false, false},
		{"superseded, nothing covers it", superseded, years(1), false, true},
		{"ceased, nothing covers it", ceased, years(1), false, true},
		{"key stolen after the next timestamp", keyCompromise, years(1), true, true},
		{"key stolen before the next timestamp", keyCompromise, years(0.3), true, false},
		{"key stolen at the second of the next timestamp", keyCompromise, years(0.5), true, false},
		{"ceased before the next timestamp", ceased, years(0.3), true, true},
	} {
		for kind, sign := range map[string]func(w *world) []byte{
			"signature": func(w *world) []byte { return w.sign(letter(), w.optionsBLT(w.budi)) },
			"document": func(w *world) []byte {
				return w.chain(t, w.store(t, w.sign(letter(), w.optionsBB(w.budi)), w.budi), link{signedAt, w.tsa, false})
			},
		} {
			t.Run(kind+"/"+c.name, func(t *testing.T) {
				w := newWorld(t)
				next := w.stampAuthority(years(0.5))
				document := sign(w)
				if c.covered {
					document = w.chain(t, document, link{years(0.5), next, false})
				}
				w.revoke(w.tsa, c.revoked)
				w.reason = c.reason
				options := judgedOn(w, years(1.5))
				w.at(years(1.2), func() { options.OCSP = [][]byte{must(w.OCSP(t.Context(), w.tsa.cert, nil))} })
				report := judge(t, document, options)
				if c.valid {
					require.NoError(t, report.Err(), "%v", codes(report))
					assert.Equal(t, signedAt, report.Signatures[0].Time.Proven)
					return
				}
				assert.ErrorIs(t, report.Err(), verify.ErrIndeterminate)
				assert.Contains(t, codes(report), verify.CodeTimestampRevoked)
			})
		}
	}
}

func TestBrokenChains(t *testing.T) {
	t.Run("the authority expired before the next timestamp", func(t *testing.T) {
		w := newWorld(t)
		late := w.stampAuthority(years(3))
		document := w.chain(t, w.sign(letter(), w.optionsBLT(w.budi)), link{signedAt, w.tsa, false}, link{years(3), late, false})
		report := judge(t, document, judgedOn(w, years(4)))
		require.NoError(t, report.Err(), "%v", codes(report))
		assert.Contains(t, codes(report), verify.CodeTimestampExpired)
		assert.False(t, report.NextTimestamp.Overdue)
	})
	t.Run("the second is older than the first", func(t *testing.T) {
		w := newWorld(t)
		document := w.chain(t, w.sign(letter(), w.optionsBLT(w.budi)), link{signedAt.Add(2 * time.Hour), w.tsa, false}, link{signedAt.Add(time.Hour), w.tsa, false})
		report := judge(t, document, w.online())
		assert.ErrorIs(t, report.Err(), verify.ErrIndeterminate)
		assert.Equal(t, verify.TimestampOrderFailure, report.Conclusion.SubIndication)
	})
	t.Run("one in the middle is of an unknown authority", func(t *testing.T) {
		w, other := newWorld(t), newWorld(t)
		document := w.chain(t, w.sign(letter(), w.optionsBLT(w.budi)), link{signedAt, w.tsa, false})
		document = w.documentTimestamp(t, document, other.stamper(other.tsa))
		c := craft{name: "Akhir", dict: func(d pdf.Dict) { d["Type"], d["SubFilter"] = pdf.Name("DocTimeStamp"), pdf.Name("ETSI.RFC3161") }}
		c.token = func(covered []byte) []byte { return w.token(t, w.stamper(w.tsa), covered) }
		report := judge(t, c.apply(t, document), w.online())
		assert.ErrorIs(t, report.Err(), verify.ErrIndeterminate)
		assert.Contains(t, codes(report), verify.CodeTimestampUntrusted)
	})
	t.Run("the document was changed between two", func(t *testing.T) {
		w := newWorld(t)
		document := w.chain(t, w.sign(letter(), w.optionsBLT(w.budi)), link{signedAt, w.tsa, false})
		document = edit(t, document, func(_ *pdf.Document, u *pdf.Update) { u.Set(pdf.Ref{Num: 4}, content("Surat Palsu")) })
		c := craft{name: "Akhir", dict: func(d pdf.Dict) { d["Type"], d["SubFilter"] = pdf.Name("DocTimeStamp"), pdf.Name("ETSI.RFC3161") }}
		c.token = func(covered []byte) []byte { return w.token(t, w.stamper(w.tsa), covered) }
		assert.ErrorIs(t, judge(t, c.apply(t, document), w.online()).Err(), verify.ErrModified)
	})
}
