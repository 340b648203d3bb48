package signing

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/tsa"
)

// Timestamper gets time-stamp tokens (RFC 3161). A [*tsa.Client] is one.
type Timestamper interface {
	// Timestamp returns a token over a digest made with the hash, checked with
	// [tsa.Verify].
	Timestamp(ctx context.Context, hash crypto.Hash, digest []byte) (*tsa.Token, error)
}

var _ Timestamper = (*tsa.Client)(nil)

// defaultTokenSize is the room kept for a token. Real ones with the chain of
// the authority in RSA 4096 stay below 8 KiB.
const defaultTokenSize = 12 << 10

// tokenSize is the room to keep for a token.
func (o *Options) tokenSize() int {
	if o.TimestampSize > 0 {
		return o.TimestampSize
	}
	return defaultTokenSize
}

// timestamp gets a token over the raw signature and notes its time.
func (p *plan) timestamp(ctx context.Context, h crypto.Hash, signature []byte, r *Receipt) ([]byte, error) {
	d := h.New()
	d.Write(signature)
	token, err := p.opts.Timestamper.Timestamp(ctx, h, d.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	if token == nil {
		return nil, fmt.Errorf("%w: the source gave none", ErrTimestamp)
	}
	info, _, err := openToken(token.Raw, signature)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimestamp, err)
	}
	r.Level, r.Time, r.TimeSource = LevelBT, info.Time.In(p.when.Location()), TimeAuthority
	return token.Raw, nil
}

// openToken reads a token and holds it against the signature that it must be
// over, whoever fetched it: its own signature stands and its imprint is the
// digest of the other. Whether the authority is to be trusted is left open.
func openToken(token []byte, signature []byte) (*cms.TSTInfo, *cms.SignedData, error) {
	info, sd, err := readToken(token)
	if err != nil {
		return nil, nil, err
	}
	imprint, err := digest(info.HashAlgorithm, signature)
	if err != nil {
		return nil, nil, err
	}
	if !bytes.Equal(info.HashedMessage, imprint) {
		return nil, nil, errors.New("token is over another signature")
	}
	return info, sd, nil
}

// readToken reads a token whose own signature stands.
func readToken(token []byte) (*cms.TSTInfo, *cms.SignedData, error) {
	sd, err := cms.Parse(token)
	if err != nil {
		return nil, nil, err
	}
	if len(sd.SignerInfos) != 1 || !sd.ContentType.Equal(cms.OIDTSTInfo) {
		return nil, nil, errors.New("not a time-stamp token")
	}
	info, err := cms.ParseTSTInfo(sd.Content)
	if err != nil {
		return nil, nil, err
	}
	si := sd.SignerInfos[0]
	cert := sd.Certificate(si)
	if cert == nil {
		return nil, nil, errors.New("token without its signer's certificate")
	}
	content, err := digest(si.DigestAlgorithm, sd.Content)
	if err != nil {
		return nil, nil, err
	}
	if err := si.Verify(cert, cms.OIDTSTInfo, content, cms.VerifyOptions{}); err != nil {
		return nil, nil, err
	}
	return info, sd, si.CheckSigningCertificate(cert)
}

// digest hashes with a named algorithm and refuses a weak one.
func digest(a cms.AlgorithmIdentifier, b []byte) ([]byte, error) {
	h, err := a.Hash()
	if err != nil {
		return nil, err
	}
	if !cms.StrongHash(h) {
		return nil, fmt.Errorf("%w: %v", cms.ErrWeakAlgorithm, h)
	}
	d := h.New()
	d.Write(b)
	return d.Sum(nil), nil
}
