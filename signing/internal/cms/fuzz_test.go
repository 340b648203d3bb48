package cms_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/sertel-id/sertel/signing/internal/cms"
)

func seeds(f *testing.F) {
	f.Helper()
	cert := selfSigned(f, p256Key(), "Budi Contoh")
	b, err := cms.NewBuilder(cms.Config{Certificate: cert})
	if err != nil {
		f.Fatal(err)
	}
	der, err := b.Sign(rand.Reader, p256Key(), digestOf(b.Hash(), content))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(der)
	f.Add(append(bytes.Clone(der), 0, 0, 0))
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Add([]byte{})
}

// FuzzParse holds that Parse ends in a message or in ErrMalformed, that a
// message's parts can all be asked for, and that Cut and Parse agree on where
// a message ends.
func FuzzParse(f *testing.F) {
	seeds(f)
	cert := selfSigned(f, p256Key(), "Budi Contoh")
	f.Fuzz(func(t *testing.T, data []byte) {
		sd, err := cms.Parse(data)
		if err != nil {
			if !errors.Is(err, cms.ErrMalformed) || sd != nil {
				t.Fatalf("error %v, message %v", err, sd)
			}
			return
		}
		der, rest, err := cms.Cut(data)
		if err != nil || len(rest) != 0 || !bytes.Equal(der, data) {
			t.Fatalf("Cut disagrees with Parse: %v", err)
		}
		for _, si := range sd.SignerInfos {
			sd.Certificate(si)
			hash, err := si.Hash()
			if err == nil && si.Verify(cert, sd.ContentType, make([]byte, hash.Size()), cms.VerifyOptions{}) == nil {
				t.Fatal("a zero digest verified")
			}
			_ = si.CheckSigningCertificate(cert)
			_, _, _ = si.SigningTime()
			_, _, _ = si.RevocationArchival()
			for _, token := range append(si.Timestamps(), si.ContentTimestamps()...) {
				_, _ = cms.Parse(token)
			}
		}
	})
}

// FuzzParseTSTInfo holds that the parser ends in a value or a typed error.
func FuzzParseTSTInfo(f *testing.F) {
	f.Add([]byte{0x30, 0})
	f.Add([]byte("0i\x02\x01\x01\x06\x03\x2a\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := cms.ParseTSTInfo(data)
		if err == nil {
			if _, err := info.Hash(); err != nil {
				t.Fatal("no hash in an accepted TSTInfo")
			}
			return
		}
		if info != nil || !errors.Is(err, cms.ErrMalformed) && !errors.Is(err, cms.ErrUnsupportedAlgorithm) {
			t.Fatalf("error %v", err)
		}
	})
}
