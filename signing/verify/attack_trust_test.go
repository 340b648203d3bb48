package verify_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// trustAttacks are sound in form and made by, or judged with, the wrong
// certificates.
var trustAttacks = []attack{
	{"unknown root", func(t *testing.T, w *world) []byte {
		other := newWorld(t)
		return other.sound(other.budi).apply(t, letter())
	}, verify.CodeChainMissing, nil},
	{"trusted certificate lies beside an untrusted signer", func(t *testing.T, w *world) []byte {
		other := newWorld(t)
		c := other.sound(other.budi)
		c.message.certificates = []*x509.Certificate{w.budi.cert, w.ca.cert, other.budi.cert, other.ca.cert}
		return c.apply(t, letter())
	}, verify.CodeChainMissing, nil},
	{"impostor with the names and the serial of a trusted signer", func(t *testing.T, w *world) []byte {
		other := newWorld(t)
		template := leafTemplate("Budi Contoh")
		template.SerialNumber = w.budi.cert.SerialNumber
		impostor := other.issue(other.ca, template)
		c := other.sound(impostor)
		c.message.certificates = []*x509.Certificate{w.budi.cert, impostor.cert, w.ca.cert}
		return c.apply(t, letter())
	}, verify.CodeChainMissing, nil},
	{"signer who is an issuer", func(t *testing.T, w *world) []byte {
		forged := w.issue(w.budi, leafTemplate("Anak Contoh"))
		c := w.sound(forged)
		c.message.certificates = []*x509.Certificate{forged.cert, w.budi.cert, w.ca.cert}
		return c.apply(t, letter())
	}, verify.CodeChainMissing, nil},
	{"certificate for servers", func(t *testing.T, w *world) []byte {
		template := leafTemplate("Peladen Contoh")
		template.ExtraExtensions = []pkix.Extension{usages(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1})}
		return w.sound(w.issue(w.ca, template)).apply(t, letter())
	}, verify.CodeUsageWrong, nil},
	{"certificate for encryption", func(t *testing.T, w *world) []byte {
		template := leafTemplate("Sandi Contoh")
		template.KeyUsage = x509.KeyUsageKeyEncipherment
		return w.sound(w.issue(w.ca, template)).apply(t, letter())
	}, verify.CodeUsageWrong, nil},
	{"authority signs a letter", func(t *testing.T, w *world) []byte {
		return w.sound(w.ca).apply(t, letter())
	}, verify.CodeUsageWrong, nil},
	{"expired certificate", func(t *testing.T, w *world) []byte {
		template := leafTemplate("Lama Contoh")
		template.NotBefore, template.NotAfter = signedAt.AddDate(-1, 0, 0), signedAt.AddDate(0, 0, -1)
		return w.sound(w.issue(w.ca, template)).apply(t, letter())
	}, verify.CodeExpired, nil},
	{"certificate that is not yet valid", func(t *testing.T, w *world) []byte {
		template := leafTemplate("Nanti Contoh")
		template.NotBefore = judgedAt.AddDate(0, 1, 0)
		return w.sound(w.issue(w.ca, template)).apply(t, letter())
	}, verify.CodeNotYetValid, nil},
	{"expired certificate of an unknown root", func(t *testing.T, w *world) []byte {
		other, template := newWorld(t), leafTemplate("Lama Contoh")
		template.NotBefore, template.NotAfter = signedAt.AddDate(-1, 0, 0), signedAt.AddDate(0, 0, -1)
		return other.sound(other.issue(other.ca, template)).apply(t, letter())
	}, verify.CodeChainMissing, nil},
	{"certificate of an unknown root that is not yet valid", func(t *testing.T, w *world) []byte {
		other, template := newWorld(t), leafTemplate("Nanti Contoh")
		template.NotBefore = judgedAt.AddDate(0, 1, 0)
		return other.sound(other.issue(other.ca, template)).apply(t, letter())
	}, verify.CodeChainMissing, nil},
	{"certificate signed with SHA-1", func(t *testing.T, w *world) []byte {
		template := leafTemplate("Lama Contoh")
		template.SignatureAlgorithm = x509.ECDSAWithSHA1
		return w.sound(w.issue(w.ca, template)).apply(t, letter())
	}, verify.CodeKeyWeak, nil},
	{"revoked, no proof of time", func(t *testing.T, w *world) []byte {
		w.revoke(w.budi, signedAt.Add(time.Hour))
		return w.sound(w.budi).apply(t, letter())
	}, verify.CodeRevokedNoTime, nil},
	{"issuer revoked", func(t *testing.T, w *world) []byte {
		w.revoke(w.ca, signedAt.Add(-time.Hour))
		return w.sound(w.budi).apply(t, letter())
	}, verify.CodeCARevoked, nil},
	{"revocation unknown", func(t *testing.T, w *world) []byte {
		return w.sound(w.budi).apply(t, letter())
	}, verify.CodeRevocationUnknown, func(_ *world, o *verify.Options) { o.Fetcher = nil }},
	{"stale answer", func(t *testing.T, w *world) []byte {
		return w.sound(w.budi).apply(t, letter())
	}, verify.CodeRevocationUnknown, func(w *world, o *verify.Options) {
		o.Fetcher = nil
		o.OCSP = [][]byte{must(w.OCSP(context.Background(), w.budi.cert, nil))}
		o.CRLs = [][]byte{must(w.CRL(context.Background(), w.ca.cert, nil))}
	}},
	{"root trusted only later", func(t *testing.T, w *world) []byte {
		return w.sound(w.budi).apply(t, letter())
	}, verify.CodeIssuerNotValid, func(w *world, o *verify.Options) {
		o.Roots = []verify.Root{{Certificate: w.root.cert, TrustedFrom: judgedAt.AddDate(1, 0, 0)}}
		o.TimestampRoots = verify.Trust(w.root.cert)
	}},
	{"issuer that is not allowed", func(t *testing.T, w *world) []byte {
		return w.sound(w.budi).apply(t, letter())
	}, verify.CodeIssuerNotAllowed, func(w *world, o *verify.Options) {
		o.AllowIssuers = []*x509.Certificate{w.issue(w.root, authorityTemplate("Penerbit Lain")).cert}
	}},
	{"forgery covered by a later good signature", func(t *testing.T, w *world) []byte {
		forged := edit(t, w.sign(letter(), w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) { u.Set(pdf.Ref{Num: 4}, content("Surat Palsu")) })
		return w.sign(forged, w.optionsBB(w.sari))
	}, verify.CodeModified, nil},
	{"forgery inside a later good signature's own revision", func(t *testing.T, w *world) []byte {
		c := w.sound(w.sari)
		c.update = func(u *pdf.Update) { u.Set(pdf.Ref{Num: 4}, content("Surat Palsu")) }
		return c.apply(t, w.sign(letter(), w.optionsBB(w.budi)))
	}, verify.CodeModified, nil},
	{"further signature by an untrusted signer", func(t *testing.T, w *world) []byte {
		other := newWorld(t)
		return other.sound(other.budi).apply(t, w.sign(letter(), w.optionsBB(w.budi)))
	}, verify.CodeChainMissing, nil},
	{"further signature that is broken", func(t *testing.T, w *world) []byte {
		c := w.sound(w.sari)
		c.message.breakSignature = true
		return c.apply(t, w.sign(letter(), w.optionsBB(w.budi)))
	}, verify.CodeModified, nil},
}

// evidenceAttacks carry, or lack, what says whether a certificate was revoked.
// Nobody is asked over the network.
var evidenceAttacks = []attack{
	{"revoked before the proven time", func(t *testing.T, w *world) []byte {
		document := w.sign(letter(), w.optionsBLT(w.budi))
		w.revoke(w.budi, signedAt.Add(-time.Hour))
		return document
	}, verify.CodeRevokedNoTime, func(w *world, o *verify.Options) { *o = withEvidence(w) }},
	{"revoked at the second of the proven time", func(t *testing.T, w *world) []byte {
		document := w.sign(letter(), w.optionsBLT(w.budi))
		w.revoke(w.budi, signedAt)
		return document
	}, verify.CodeRevokedNoTime, func(w *world, o *verify.Options) { *o = withEvidence(w) }},
	{"security store about other certificates", func(t *testing.T, w *world) []byte {
		return withStored(t, w, w, w.sari)
	}, verify.CodeRevocationUnknown, offline},
	{"answer of a stranger", func(t *testing.T, w *world) []byte {
		return withStored(t, w, newWorld(t), w.budi)
	}, verify.CodeRevocationUnknown, offline},
	{"answer from before the signature", func(t *testing.T, w *world) []byte {
		w.clock = signedAt.Add(-48 * time.Hour)
		defer func() { w.clock = signedAt }()
		return withStored(t, w, w, w.budi)
	}, verify.CodeRevocationUnknown, offline},
	{"revoked, and a list from before that, still in force", func(t *testing.T, w *world) []byte {
		return withOldList(t, w, w.sign(letter(), w.optionsBB(w.budi)))
	}, verify.CodeRevokedNoTime, nil},
	{"revoked, and a list from before that, still in force, with a timestamp", func(t *testing.T, w *world) []byte {
		return withOldList(t, w, w.sign(letter(), w.optionsBT(w.budi)))
	}, verify.CodeRevokedNoTime, nil},
	{"revoked, and a good answer of a stranger", func(t *testing.T, w *world) []byte {
		document := withStored(t, w, newWorld(t), w.budi)
		w.revoke(w.budi, signedAt)
		return document
	}, verify.CodeRevokedNoTime, nil},
}

// withOldList revokes the signer a day before signing and keeps a list of the
// day before in the security store.
func withOldList(t *testing.T, w *world, document []byte) []byte {
	now := w.clock
	w.clock = now.Add(-48 * time.Hour)
	old := must(w.CRL(t.Context(), w.budi.cert, nil))
	w.clock = now
	w.revoke(w.budi, now.Add(-24*time.Hour))
	return edit(t, document, func(_ *pdf.Document, u *pdf.Update) {
		set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"CRLs": pdf.Array{u.Add(pdf.NewStream(pdf.Dict{}, old))}} })
	})
}

func offline(_ *world, o *verify.Options) { o.Fetcher = nil }

// withStored signs a letter as Budi and adds a security store with what one
// world says of a certificate at the time of judgment or, if its clock was
// turned back, then.
func withStored(t *testing.T, w, says *world, of identity) []byte {
	c := w.sound(w.budi)
	then := *says
	if !w.clock.Before(signedAt) {
		then.clock = judgedAt
	}
	store := pdf.Dict{
		"OCSPs": pdf.Array{pdf.NewStream(pdf.Dict{}, must(then.OCSP(t.Context(), of.cert, nil)))},
		"CRLs":  pdf.Array{pdf.NewStream(pdf.Dict{}, must(then.CRL(t.Context(), says.ca.cert, nil)))},
	}
	return edit(t, c.apply(t, letter()), func(_ *pdf.Document, u *pdf.Update) {
		for _, list := range store {
			for i, piece := range list.(pdf.Array) {
				list.(pdf.Array)[i] = u.Add(piece)
			}
		}
		set(u, 1, func(d pdf.Dict) { d["DSS"] = store })
	})
}
