package verify_test

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

var oidTSTInfo = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

// bareToken is a time-stamp token of any shape, which package tsa does not
// make. The zero value is a sound one that holds no certificate.
type bareToken struct {
	imprint      crypto.Hash // zero: SHA-256
	digest       crypto.Hash // of the authority's signature; zero: SHA-256
	other        bool        // imprint of something else
	certificates []*x509.Certificate
	at           time.Time // zero: signedAt
	authority    []byte    // DER of the GeneralName; nil: none
	yearOff      bool      // an accuracy of a year
	critical     bool      // with a critical extension that nobody knows
}

func (b bareToken) make(t *testing.T, authority identity, value []byte) []byte {
	t.Helper()
	if b.imprint == 0 {
		b.imprint = crypto.SHA256
	}
	if b.at.IsZero() {
		b.at = signedAt
	}
	if b.other {
		value = []byte("lain")
	}
	info := cryptobyte.NewBuilder(nil)
	info.AddASN1(casn1.SEQUENCE, func(info *cryptobyte.Builder) {
		info.AddASN1Int64(1)
		info.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{2, 25, 4_242, 1})
		info.AddASN1(casn1.SEQUENCE, func(info *cryptobyte.Builder) {
			info.AddASN1(casn1.SEQUENCE, func(info *cryptobyte.Builder) { info.AddASN1ObjectIdentifier(digestOIDs[b.imprint]) })
			info.AddASN1OctetString(digestOf(b.imprint, value))
		})
		info.AddASN1Int64(7)
		info.AddASN1GeneralizedTime(b.at)
		if b.yearOff {
			info.AddASN1(casn1.SEQUENCE, func(info *cryptobyte.Builder) { info.AddASN1Int64(365 * 24 * 3600) })
		}
		if b.authority != nil {
			info.AddASN1(casn1.Tag(0).ContextSpecific().Constructed(), func(info *cryptobyte.Builder) { info.AddBytes(b.authority) })
		}
		if b.critical {
			info.AddASN1(casn1.Tag(1).ContextSpecific().Constructed(), func(info *cryptobyte.Builder) {
				info.AddASN1(casn1.SEQUENCE, func(info *cryptobyte.Builder) {
					info.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{2, 25, 4_242, 2})
					info.AddASN1Boolean(true)
					info.AddASN1OctetString([]byte{5, 0})
				})
			})
		}
	})
	content := info.BytesOrPanic()
	m := message{signer: authority, certificates: b.certificates, digest: b.digest, content: content, contentType: oidTSTInfo, encloses: oidTSTInfo}
	return m.build(t, content)
}

// inSignature and inDocument put a token where it may stand.
func (b bareToken) inSignature(t *testing.T, w *world) []byte {
	return stamped(t, w, func(value []byte) []byte { return b.make(t, w.tsa, value) })
}

func (b bareToken) inDocument(t *testing.T, w *world) []byte {
	c := craft{name: "Stempel"}
	c.dict = func(d pdf.Dict) { d["Type"], d["SubFilter"] = pdf.Name("DocTimeStamp"), pdf.Name("ETSI.RFC3161") }
	c.token = func(covered []byte) []byte { return b.make(t, w.tsa, covered) }
	return c.apply(t, w.sign(letter(), w.optionsBB(w.budi)))
}

// A token that lacks something, or is made by weak means, is as open as a
// signature of that kind; only one that is wrong fails.
func TestTokenDefects(t *testing.T) {
	failed := verify.Conclusion{Indication: verify.TotalFailed, SubIndication: verify.FormatFailure}
	open := func(sub verify.SubIndication) verify.Conclusion {
		return verify.Conclusion{Indication: verify.Indeterminate, SubIndication: sub}
	}
	valid := verify.Conclusion{Indication: verify.TotalPassed}
	beside := func(w *world, o *verify.Options) { o.Intermediates = []*x509.Certificate{w.tsa.cert, w.ca.cert} }
	for _, c := range []struct {
		name                string
		token               bareToken
		options             func(*world, *verify.Options)
		signature, document verify.Conclusion
		code                verify.Code
	}{
		{"no certificate, which the caller has", bareToken{}, beside, valid, valid, ""},
		{"no certificate, and nobody has it", bareToken{}, nil,
			open(verify.NoSigningCertificateFound), open(verify.NoSigningCertificateFound), verify.CodeTimestampSignerMissing},
		{"imprint by SHA-1", bareToken{imprint: crypto.SHA1}, beside,
			open(verify.CryptoConstraintsFailure), open(verify.CryptoConstraintsFailure), verify.CodeTimestampWeak},
		{"imprint by SHA-1 of something else", bareToken{imprint: crypto.SHA1, other: true}, beside, failed, failed, ""},
		{"imprint by MD5", bareToken{imprint: crypto.MD5}, beside,
			open(verify.CryptoConstraintsFailure), open(verify.CryptoConstraintsFailure), verify.CodeTimestampWeak},
		{"signed with SHA-1", bareToken{digest: crypto.SHA1}, beside,
			open(verify.CryptoConstraintsFailure), open(verify.CryptoConstraintsFailure), verify.CodeTimestampWeak},
		{"of something else, and no certificate", bareToken{other: true}, nil, failed, failed, ""},
		{"from after the judgment", bareToken{at: judgedAt.AddDate(0, 0, 1)}, beside,
			open(verify.TryLater), open(verify.TryLater), verify.CodeTimestampFuture},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			options := w.online()
			if c.options != nil {
				c.options(w, &options)
			}
			for place, made := range map[string]struct {
				document []byte
				want     verify.Conclusion
			}{
				"signature": {c.token.inSignature(t, w), c.signature},
				"document":  {c.token.inDocument(t, w), c.document},
			} {
				report := judge(t, made.document, options)
				assert.Equal(t, made.want, report.Conclusion, "%s: %v", place, codes(report))
				if c.code != "" {
					assert.Contains(t, codes(report), c.code, place)
				}
				assert.Equal(t, made.want == valid, !report.Signatures[0].Time.Proven.IsZero(), "%s: only a sound token proves a time", place)
			}
		})
	}
}

// The certificate of a token may stand in the security store alone.
func TestTokenCertificateInStore(t *testing.T) {
	w := newWorld(t)
	document := w.store(t, bareToken{}.inSignature(t, w), w.tsa, w.budi)
	report := judge(t, document, w.online())
	require.NoError(t, report.Err(), "%v", codes(report))
	assert.Equal(t, signedAt, report.Signatures[0].Time.Proven)
}

// Why an authority is not believed is told apart: only a missing path asks for
// a root.
func TestTokenAuthorities(t *testing.T) {
	for _, c := range []struct {
		name     string
		template func(*x509.Certificate)
		want     verify.Code
	}{
		{"not for timestamps", func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{usages(oidAdobe)} }, verify.CodeTimestampUnfit},
		{"not yet in force", func(c *x509.Certificate) { c.NotBefore = signedAt.Add(time.Hour) }, verify.CodeTimestampUnfit},
		{"in force no more", func(c *x509.Certificate) { c.NotAfter = signedAt.Add(-time.Hour) }, verify.CodeTimestampUnfit},
		{"signed with SHA-1", func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }, verify.CodeTimestampWeak},
		{"of another root, and not in force", func(c *x509.Certificate) { c.NotAfter = signedAt.Add(-time.Hour) }, verify.CodeTimestampUntrusted},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			issuer := w.ca
			if c.want == verify.CodeTimestampUntrusted {
				issuer = newWorld(t).ca
			}
			template := leafTemplate("Stempel Waktu Contoh")
			template.ExtraExtensions = []pkix.Extension{usages(oidStamping)}
			c.template(template)
			w.tsa = w.issue(issuer, template)
			token := bareToken{certificates: []*x509.Certificate{w.tsa.cert, issuer.cert}}
			for place, document := range map[string][]byte{"signature": token.inSignature(t, w), "document": token.inDocument(t, w)} {
				report := judge(t, document, w.online())
				assert.Equal(t, verify.Indeterminate, report.Conclusion.Indication, place)
				assert.Contains(t, codes(report), c.want, place)
				assert.True(t, report.Signatures[0].Time.Proven.IsZero(), place)
			}
		})
	}
}

// The name in a token is compared with the subject names of the certificate
// (RFC 3161 section 2.4.2); one that differs is said and does no more.
func TestTokenNamesItsAuthority(t *testing.T) {
	generalName := func(tag casn1.Tag, content []byte) []byte {
		b := cryptobyte.NewBuilder(nil)
		b.AddASN1(tag.ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(content) })
		return b.BytesOrPanic()
	}
	directory := casn1.Tag(4).Constructed()
	for _, c := range []struct {
		name string
		der  func(w *world) []byte
		same bool
	}{
		{"subject of its certificate", func(w *world) []byte { return generalName(directory, w.tsa.cert.RawSubject) }, true},
		{"the same in another order and case", func(w *world) []byte {
			return generalName(directory, must(asn1.Marshal(pkix.RDNSequence{
				{{Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "STEMPEL WAKTU CONTOH"}},
				{{Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: "Pemerintah Kota Contoh"}},
				{{Type: asn1.ObjectIdentifier{2, 5, 4, 6}, Value: "ID"}},
			})))
		}, true},
		{"an alternative name", func(*world) []byte { return generalName(2, []byte("tsa.contoh.example")) }, true},
		{"another alternative name", func(*world) []byte { return generalName(2, []byte("tsa.lain.example")) }, false},
		{"another subject", func(w *world) []byte { return generalName(directory, w.ca.cert.RawSubject) }, false},
		{"not a name", func(*world) []byte { return []byte{5, 0} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			template := leafTemplate("Stempel Waktu Contoh")
			template.ExtraExtensions = []pkix.Extension{usages(oidStamping)}
			template.DNSNames = []string{"tsa.contoh.example"}
			w.tsa = w.issue(w.ca, template)
			report := judge(t, bareToken{certificates: []*x509.Certificate{w.tsa.cert}, authority: c.der(w)}.inSignature(t, w), w.online())
			require.NoError(t, report.Err(), "%v", codes(report))
			assert.Equal(t, c.same, !slices.Contains(codes(report), verify.CodeTimestampName))
		})
	}
}
