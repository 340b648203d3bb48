package authority_test

import (
	"context"
	"crypto"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// flakySigner fails when told to, or signs nonsense, as an HSM may.
type flakySigner struct {
	crypto.Signer
	fail, garble bool
}

func (s *flakySigner) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if s.fail {
		return nil, errors.New("hsm unreachable")
	}
	signature, err := s.Signer.Sign(rand, digest, opts)
	if s.garble && err == nil {
		signature[len(signature)-1] ^= 1
	}
	return signature, err
}

// crashLedger loses the answer of Complete, before or after it took effect.
type crashLedger struct {
	*authority.MemoryLedger
	crash   bool
	applied bool
}

var errCrash = errors.New("connection lost")

func (l *crashLedger) Complete(ctx context.Context, s certificate.Serial, der []byte) (authority.Entry, error) {
	if !l.crash {
		return l.MemoryLedger.Complete(ctx, s, der)
	}
	if l.applied {
		if _, err := l.MemoryLedger.Complete(ctx, s, der); err != nil {
			return authority.Entry{}, err
		}
	}
	return authority.Entry{}, errCrash
}

// Whatever fails between the ledger and the signature, asking again gives one
// certificate with the serial that was recorded first.
func TestIssueAfterAFailureUsesTheRecordedSerial(t *testing.T) {
	for name, c := range map[string]struct {
		fail, garble, crash, applied bool
	}{
		"the signer fails":                      {fail: true},
		"the signer signs nonsense":             {garble: true},
		"the ledger fails before it stored":     {crash: true},
		"the ledger's answer is lost after all": {crash: true, applied: true},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			signer := &flakySigner{Signer: newKey(t)}
			ledger := &crashLedger{MemoryLedger: authority.NewMemoryLedger()}
			a := newAuthority(t, authority.Config{Ledger: ledger, Issuing: []authority.KeyPair{{Signer: signer}}})
			req := budi(t, newKey(t))

			signer.fail, signer.garble, ledger.crash, ledger.applied = c.fail, c.garble, c.crash, c.applied
			_, err := a.Issue(ctx, req)
			require.Error(t, err)
			recorded, err := ledger.FindRequest(ctx, req.RequestID)
			require.NoError(t, err, "the serial is recorded before it is signed")

			signer.fail, signer.garble, ledger.crash = false, false, false
			issued, err := a.Issue(ctx, req)
			require.NoError(t, err)
			assert.Equal(t, recorded.Serial, serialOf(t, issued.Certificate))
			assert.Equal(t, recorded.TBS, issued.Certificate.RawTBSCertificate)
		})
	}
}
