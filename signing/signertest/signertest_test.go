package signertest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/signertest"
	"github.com/sertel-id/sertel/signing/verify"
)

// local is a signer with a key at hand: that of somebody whom the fake has
// enrolled.
func local(t *testing.T) signertest.Subject {
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	right := passphrase.FromString("Tiga-Kelinci9-Ungu")
	id, err := srv.Enrol(t.Context(), mockbsre.MadeUpPerson(0), right)
	require.NoError(t, err)
	auditor := &signing.MemoryAuditor{}
	stamps, err := srv.Timestamper()
	require.NoError(t, err)
	evidence, err := srv.Evidence()
	require.NoError(t, err)
	signer, err := signing.NewLocal(signing.LocalConfig{
		Keys: srv.KeySource(id), Timestamper: stamps, Evidence: evidence, Now: srv.Clock.Now,
		Auditor: auditor, Signer: "5f2c",
	})
	require.NoError(t, err)
	return signertest.Subject{
		Records: auditor.Records,
		Signer:  signer,
		Right:   signing.Credential{Passphrase: right},
		Wrong:   signing.Credential{Passphrase: passphrase.FromString("Empat-Kelinci9-Biru")},
		Verify:  verify.Options{Roots: verify.Trust(srv.Root()), Now: srv.Clock.Now},
		Level:   signing.LevelBLT,
	}
}

func TestLocal(t *testing.T) {
	signertest.Run(t, signertest.Config{New: local, RequireTools: os.Getenv("SERTEL_CI") == "1"})
}

// spoilt is a signer with one promise broken.
type spoilt struct {
	signing.DocumentSigner
	request func(*signing.Request)
	result  func(out []byte, r *signing.Receipt, err error) ([]byte, error)
}

func (s spoilt) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req signing.Request) (signing.Receipt, error) {
	if s.request != nil {
		s.request(&req)
	}
	var out bytes.Buffer
	r, err := s.DocumentSigner.SignDocument(ctx, &out, src, size, req)
	written := out.Bytes()
	if s.result != nil {
		written, err = s.result(written, &r, err)
	}
	if _, e := dst.Write(written); e != nil && err == nil {
		err = e
	}
	return r, err
}

func TestSuiteNoticesBrokenSigners(t *testing.T) {
	good := local(t)
	ok := func(change func(out []byte, r *signing.Receipt) []byte) func([]byte, *signing.Receipt, error) ([]byte, error) {
		return func(out []byte, r *signing.Receipt, err error) ([]byte, error) {
			if err != nil {
				return out, err
			}
			return change(out, r), nil
		}
	}
	const (
		sound   = "an invisible signature is sound and its receipt true"
		shows   = "a block shows where it was asked for"
		wrong   = "a wrong credential is refused and nothing written"
		bad     = "a document that cannot be signed is refused before the credential is used"
		twice   = "a second signature leaves the first one valid"
		dst     = "a destination that fails is an error"
		choices = "what a signer cannot do it refuses, the rest it does"
	)
	secret := good.Wrong.Passphrase.Reveal()
	for _, tt := range []struct {
		name, check, want string
		signer            spoilt
	}{
		{"hands the unsigned file on as signed", sound, "output is not the document",
			spoilt{result: ok(func(out []byte, r *signing.Receipt) []byte { return out[:r.InputSize] })}},
		{"changes a byte of the original", sound, "does not begin with the original",
			spoilt{result: ok(func(out []byte, _ *signing.Receipt) []byte { out[10] ^= 1; return out })}},
		{"changes a byte of what it added", sound, "output is not the document",
			spoilt{result: ok(func(out []byte, _ *signing.Receipt) []byte { out[len(out)-1] ^= 1; return out })}},
		{"claims a level that it did not reach", sound, "level",
			spoilt{result: ok(func(out []byte, r *signing.Receipt) []byte { r.Level = signing.LevelBB; return out })}},
		{"names another field", sound, "field",
			spoilt{result: ok(func(out []byte, r *signing.Receipt) []byte { r.Field = "lain"; return out })}},
		{"drops the reason", sound, "reason", spoilt{request: func(r *signing.Request) { r.Reason = "" }}},
		{"shows somewhere else", shows, "it shows at", spoilt{request: func(r *signing.Request) { r.Placement.Rect.X += 5 }}},
		{"shows nothing", shows, "invisible", spoilt{request: func(r *signing.Request) { r.Placement, r.Block = signing.Placement{}, nil }}},
		{"signs with any passphrase", wrong, "it was signed", spoilt{request: func(r *signing.Request) { r.Credential = good.Right }}},
		{"writes although it refuses", wrong, "bytes were written",
			spoilt{result: func(out []byte, _ *signing.Receipt, err error) ([]byte, error) { return []byte("%PDF-1.7"), err }}},
		{"tells the passphrase", wrong, "holds the credential",
			spoilt{result: func(out []byte, _ *signing.Receipt, err error) ([]byte, error) {
				return out, errors.Join(err, errors.New(string(secret)))
			}}},
		{"tries the credential first", bad, "credential was used",
			spoilt{result: func(out []byte, _ *signing.Receipt, err error) ([]byte, error) {
				if err != nil {
					err = signing.ErrCredential
				}
				return out, err
			}}},
		{"certifies silently", twice, "second time", spoilt{request: func(r *signing.Request) {
			if r.Block != nil {
				r.Certify = signing.CertifyNoChanges
			}
		}}},
		{"ignores a failing destination", dst, "that of the destination",
			spoilt{result: func([]byte, *signing.Receipt, error) ([]byte, error) { return nil, nil }}},
		{"ignores the field's name", choices, "field", spoilt{request: func(r *signing.Request) { r.Field = "" }}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := good
			tt.signer.DocumentSigner = good.Signer
			s.Signer = tt.signer
			assert.ErrorContains(t, signertest.RunCheck(t.Context(), tt.check, s), tt.want)
		})
	}
}

// TestSuiteNoticesForgetfulSigners breaks promises about keys, roles and
// records, with a signer of its own for each.
func TestSuiteNoticesForgetfulSigners(t *testing.T) {
	const (
		sound   = "an invisible signature is sound and its receipt true"
		once    = "a signature with a dedupe key is made once"
		many    = "of many requests with one dedupe key one is signed"
		roles   = "a role in a layout says where a block shows"
		audited = "each attempt leaves one audit record"
	)
	noKey := func(r *signing.Request) { r.DedupeKey = "" }
	for _, tt := range []struct {
		name, check, want string
		signer            spoilt
		records           func([]signing.AuditRecord) []signing.AuditRecord
	}{
		{"signs a key twice", once, "it was signed", spoilt{request: noKey}, nil},
		{"signs a key as often as asked", many, "4 of 4", spoilt{request: noKey}, nil},
		{"gives a receipt of its own the second time", once, "not that of the first", spoilt{result: func(out []byte, r *signing.Receipt, err error) ([]byte, error) {
			if errors.Is(err, signing.ErrAlreadySigned) {
				r.OutputSHA256 = [32]byte{}
			}
			return out, err
		}}, nil},
		{"ignores the role", roles, "invisible", spoilt{request: func(r *signing.Request) { r.Layout, r.Role, r.Block = nil, "", nil }}, nil},
		{"does not say that it signed", sound, "outcome", spoilt{result: func(out []byte, r *signing.Receipt, err error) ([]byte, error) {
			r.Outcome = signing.OutcomeUnknown
			return out, err
		}}, nil},
		{"does not name the attempt", sound, "attempt", spoilt{result: func(out []byte, r *signing.Receipt, err error) ([]byte, error) {
			r.AttemptID = ""
			return out, err
		}}, nil},
		{"forgets what it refused", audited, "1 audit records", spoilt{}, func(r []signing.AuditRecord) []signing.AuditRecord {
			return slices.DeleteFunc(r, func(a signing.AuditRecord) bool { return a.Outcome != signing.OutcomeSigned })
		}},
		{"calls a refusal signed", audited, "outcome", spoilt{}, func(r []signing.AuditRecord) []signing.AuditRecord {
			for i := range r {
				r[i].Outcome = signing.OutcomeSigned
			}
			return r
		}},
		{"drops the purpose", audited, "purpose", spoilt{request: func(r *signing.Request) { r.Purpose = "" }}, nil},
		{"records another document", audited, "input", spoilt{}, func(r []signing.AuditRecord) []signing.AuditRecord {
			for i := range r {
				r[i].InputSHA256 = strings.Repeat("0", 64)
			}
			return r
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := local(t)
			tt.signer.DocumentSigner = s.Signer
			s.Signer = tt.signer
			if tt.records != nil {
				records := s.Records
				s.Records = func() []signing.AuditRecord { return tt.records(records()) }
			}
			assert.ErrorContains(t, signertest.RunCheck(t.Context(), tt.check, s), tt.want)
		})
	}
}

func TestIncompleteConfigPanics(t *testing.T) {
	assert.Panics(t, func() { signertest.Run(t, signertest.Config{}) })
}
