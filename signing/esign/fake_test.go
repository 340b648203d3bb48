package esign_test

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/signertest"
	"github.com/sertel-id/sertel/signing/verify"
)

// fakeRight is the passphrase of people in the fake, whose policy knows their
// names.
const fakeRight = "Tiga-Kelinci9-Ungu"

// fake is the fake's service over HTTP with an enrolled signer.
type fake struct {
	*mockbsre.Server
	t      testing.TB
	person mockbsre.Person
	id     certificate.PersonID
	codes  sync.Mutex // one code at a time: a new one voids the last
}

func newFake(t testing.TB, cfg mockbsre.EsignConfig) *fake {
	t.Helper()
	srv := mockbsre.NewUnstarted(mockbsre.Config{Esign: cfg})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	f := &fake{Server: srv, t: t, person: mockbsre.MadeUpPerson(0)}
	id, err := srv.Enrol(t.Context(), f.person, passphrase.FromString(fakeRight))
	require.NoError(t, err)
	f.id = id
	return f
}

// client returns a client of the fake that does not wait between tries.
func (f *fake) client(change func(*esign.Config)) *esign.Client {
	f.t.Helper()
	username, password := f.Credential()
	cfg := esign.Config{
		BaseURL: f.URL(), InsecurePlainHTTP: true, Username: username, Password: password,
		Roots: verify.Trust(f.Root()), Now: f.Clock.Now, RetryDelay: time.Nanosecond,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := esign.New(cfg)
	require.NoError(f.t, err)
	f.t.Cleanup(c.CloseIdleConnections)
	return c
}

// nikOf and mailOf name a made-up person.
func nikOf(p mockbsre.Person) esign.Identity {
	return esign.Identity{NIK: must(identity.ParseNIK(p.NIK)), Name: must(identity.ParseName(p.Name))}
}

func mailOf(p mockbsre.Person) esign.Identity {
	return esign.Identity{Email: must(identity.ParseEmail(p.WorkEmail)), Name: must(identity.ParseName(p.Name))}
}

// signed is a request with the right passphrase.
func signed() esign.Request { return esign.Request{Request: withPassphrase(fakeRight)} }

// sign signs a document for the fake's signer.
func (f *fake) sign(c *esign.Client, in []byte, req esign.Request) ([]byte, esign.Result, error) {
	var out bytes.Buffer
	r, err := c.Signer(nikOf(f.person)).Sign(f.t.Context(), &out, bytes.NewReader(in), int64(len(in)), req)
	return out.Bytes(), r, err
}

// judged verifies a document by the fake's root and clock.
func (f *fake) judged(document []byte) *verify.Report {
	f.t.Helper()
	report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)),
		verify.Options{Roots: verify.Trust(f.Root()), Now: f.Clock.Now})
	require.NoError(f.t, err)
	return report
}

// asked counts the calls of an operation.
func (f *fake) asked(op mockbsre.Operation) (n int) {
	for _, x := range f.Journal() {
		if x.Operation == op {
			n++
		}
	}
	return n
}

// audited adds an auditor to a configuration.
func audited(a signing.Auditor, change func(*esign.Config)) func(*esign.Config) {
	return func(cfg *esign.Config) {
		if change != nil {
			change(cfg)
		}
		cfg.Auditor, cfg.AuditKey = a, must(signing.NewAuditKey(passphrase.FromString("kunci-audit-untuk-uji-0123456789")))
	}
}

// page is a PDF of one page with a number, so that no two have the same bytes,
// and the anchor tags "#" and "~", the second one twice.
func page(number int) []byte {
	content := fmt.Sprintf("BT /F 12 Tf 72 770 Td (Surat nomor %d) Tj ET BT /F 12 Tf 300 400 Td (#) Tj ET "+
		"BT /F 12 Tf 72 600 Td (~) Tj ET BT /F 12 Tf 300 600 Td (~) Tj ET", number)
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content)+1, content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var table bytes.Buffer
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %[1]d/Root 1 0 R>>\nstartxref\n%[3]d\n%%%%EOF\n",
		len(objects)+1, table.Bytes(), start)
	return b.Bytes()
}

// TestConformance runs the suite for signers over both versions.
func TestConformance(t *testing.T) {
	for name, change := range map[string]func(*esign.Config){
		"version 1": v1, "version 1 in JSON": func(c *esign.Config) { v1(c); c.Profile.V1Base64 = true }, "version 2": nil,
	} {
		t.Run(name, func(t *testing.T) {
			signertest.Run(t, signertest.Config{
				RequireTools: os.Getenv("SERTEL_CI") == "1",
				New: func(t *testing.T) signertest.Subject {
					f := newFake(t, mockbsre.EsignConfig{})
					auditor := &signing.MemoryAuditor{}
					return signertest.Subject{
						Records: auditor.Records,
						Signer:  f.client(audited(auditor, change)).Signer(nikOf(f.person)),
						Right:   withPassphrase(fakeRight).Credential, Wrong: withPassphrase(wrong).Credential,
						Verify: verify.Options{Roots: verify.Trust(f.Root()), Now: f.Clock.Now},
						Level:  signing.LevelBLT,
					}
				},
			})
		})
	}
}

// TestConformanceByCode runs it with one-time codes: each request for one is a
// call of its own, so each signature gets a new code.
func TestConformanceByCode(t *testing.T) {
	signertest.Run(t, signertest.Config{
		RequireTools: os.Getenv("SERTEL_CI") == "1",
		New: func(t *testing.T) signertest.Subject {
			f := newFake(t, mockbsre.EsignConfig{Level: signing.LevelBT})
			auditor := &signing.MemoryAuditor{}
			c := f.client(audited(auditor, nil))
			return signertest.Subject{
				Records: auditor.Records,
				Signer:  byCode{f, c, c.Signer(mailOf(f.person))},
				Right:   signing.Credential{OneTimeCode: passphrase.FromString("for each call anew")},
				Wrong:   signing.Credential{OneTimeCode: passphrase.FromString("987654")},
				Verify:  verify.Options{Roots: verify.Trust(f.Root()), InsecureSkipRevocation: true, Now: f.Clock.Now},
				Level:   signing.LevelBT,
			}
		},
	})
}

// byCode asks for a code before each signature that is to succeed.
type byCode struct {
	f      *fake
	client *esign.Client
	signing.DocumentSigner
}

func (s byCode) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req signing.Request) (signing.Receipt, error) {
	s.f.codes.Lock()
	defer s.f.codes.Unlock()
	if req.Credential.OneTimeCode.Equal(passphrase.FromString("for each call anew")) {
		if _, err := s.client.RequestCode(ctx, mailOf(s.f.person), 1); err != nil {
			return signing.Receipt{Outcome: signing.OutcomeRefused, AttemptID: signing.NewAttemptID()}, err
		}
		code, err := s.f.OneTimeCode(s.f.id)
		if err != nil {
			return signing.Receipt{}, err
		}
		req.Credential.OneTimeCode = code
	}
	return s.DocumentSigner.SignDocument(ctx, dst, src, size, req)
}
