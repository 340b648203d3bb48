package tsa

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// ResponderConfig describes a [Responder].
type ResponderConfig struct {
	// Signer and Certificate are the authority's. Required. The certificate
	// must have the extended key usage timeStamping, critical and alone.
	Signer      crypto.Signer `json:"-"`
	Certificate *x509.Certificate
	// Chain holds the certificates above it that tokens carry, beside its own,
	// when the request asks for certificates.
	Chain []*x509.Certificate
	// Policy is that of tokens whose request asks for none. Required.
	Policy x509.OID
	// Policies lists further policies that a request may ask for.
	Policies []x509.OID
	// Hashes lists the imprints that are stamped; none is SHA-256, SHA-384
	// and SHA-512, and no others are possible.
	Hashes []crypto.Hash
	// Accuracy is written into tokens, in whole microseconds below an hour;
	// zero says nothing.
	Accuracy time.Duration
	// Now is the clock; nil is time.Now. Tokens carry whole seconds.
	Now func() time.Time
	// Logger is told of requests that could not be answered because something
	// here failed; nil logs nothing.
	Logger *slog.Logger
}

// maxRequest bounds a request. One with a nonce and a policy has about 80
// octets.
const maxRequest = 4 << 10

// Responder issues time-stamp tokens over http (RFC 3161 section 3.4). Every
// token has a random serial number of 20 octets. It is safe for concurrent
// use.
type Responder struct {
	cfg ResponderConfig
}

var _ http.Handler = (*Responder)(nil)

// NewResponder checks a configuration and returns a Responder. An error says
// which field is missing or wrong.
func NewResponder(cfg ResponderConfig) (*Responder, error) {
	if cfg.Signer == nil || cfg.Certificate == nil {
		return nil, fmt.Errorf("%w: ResponderConfig.Signer and Certificate are required", ErrConfig)
	}
	if pub, ok := cfg.Signer.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !pub.Equal(cfg.Certificate.PublicKey) {
		return nil, fmt.Errorf("%w: ResponderConfig.Signer and Certificate do not belong together", ErrConfig)
	}
	if err := pki.TimeStamping.CheckLeaf(cfg.Certificate); err != nil {
		return nil, fmt.Errorf("%w: ResponderConfig.Certificate: %w", ErrConfig, err)
	}
	if isZero(cfg.Policy) {
		return nil, fmt.Errorf("%w: ResponderConfig.Policy is required", ErrConfig)
	}
	if cfg.Accuracy < 0 || cfg.Accuracy >= time.Hour || cfg.Accuracy%time.Microsecond != 0 {
		return nil, fmt.Errorf("%w: ResponderConfig.Accuracy is not in whole microseconds below an hour", ErrConfig)
	}
	if len(cfg.Hashes) == 0 {
		cfg.Hashes = []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512}
	}
	for _, h := range cfg.Hashes {
		if !cms.StrongHash(h) {
			return nil, fmt.Errorf("%w: ResponderConfig.Hashes: %v", ErrConfig, h)
		}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Chain, cfg.Policies, cfg.Hashes = slices.Clone(cfg.Chain), slices.Clone(cfg.Policies), slices.Clone(cfg.Hashes)
	return &Responder{cfg: cfg}, nil
}

// ServeHTTP answers a request by POST.
func (s *Responder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/timestamp-query") {
		http.Error(w, "application/timestamp-query expected", http.StatusUnsupportedMediaType)
		return
	}
	query, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		http.Error(w, "request body", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(s.Respond(r.Context(), query))
}

// Respond answers the DER of a TimeStampReq with that of a TimeStampResp,
// which is a refusal when no token can be given.
func (s *Responder) Respond(ctx context.Context, query []byte) []byte {
	if len(query) > maxRequest {
		return marshalRejection(FailureBadDataFormat)
	}
	r, err := parseRequest(query)
	if err != nil {
		return marshalRejection(FailureBadDataFormat)
	}
	now := s.cfg.Now().UTC().Truncate(time.Second)
	policy := r.policy
	switch {
	case r.hash == 0 || !slices.Contains(s.cfg.Hashes, r.hash):
		return marshalRejection(FailureBadAlg)
	case len(r.digest) != r.hash.Size():
		return marshalRejection(FailureBadDataFormat)
	case r.extended:
		return marshalRejection(FailureUnacceptedExtension)
	case isZero(policy):
		policy = s.cfg.Policy
	case !policy.Equal(s.cfg.Policy) && !slices.ContainsFunc(s.cfg.Policies, policy.Equal):
		return marshalRejection(FailureUnacceptedPolicy)
	}
	if now.Before(s.cfg.Certificate.NotBefore) || now.After(s.cfg.Certificate.NotAfter) {
		s.cfg.Logger.ErrorContext(ctx, "time-stamp: certificate not valid at the time of the clock")
		return marshalRejection(FailureSystemFailure)
	}
	reply, err := s.grant(r, policy, now)
	if err != nil {
		s.cfg.Logger.ErrorContext(ctx, "time-stamp", slog.Any("error", err))
		return marshalRejection(FailureSystemFailure)
	}
	return reply
}

func (s *Responder) grant(r request, policy x509.OID, now time.Time) ([]byte, error) {
	info, err := s.tstInfo(r, policy, now)
	if err != nil {
		return nil, err
	}
	builder, err := cms.NewBuilder(cms.Config{
		Certificate: s.cfg.Certificate, Chain: s.cfg.Chain, ContentType: cms.OIDTSTInfo, Content: info,
	})
	if err != nil {
		return nil, err
	}
	h := builder.Hash().New()
	h.Write(info)
	token, err := builder.Sign(rand.Reader, s.cfg.Signer, h.Sum(nil))
	if err != nil {
		return nil, err
	}
	if !r.certReq {
		if token, err = withoutCertificates(token); err != nil {
			return nil, err
		}
	}
	return marshalGranted(token)
}

// tstInfo writes the content of a token (RFC 3161 section 2.4.2).
func (s *Responder) tstInfo(r request, policy x509.OID, now time.Time) ([]byte, error) {
	var serial [20]byte
	if _, err := rand.Read(serial[:]); err != nil {
		return nil, err
	}
	serial[0] = serial[0]&0x7f | 0x40
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		addOID(b, policy)
		addImprint(b, r.hash, r.digest)
		b.AddASN1BigInt(new(big.Int).SetBytes(serial[:]))
		b.AddASN1GeneralizedTime(now)
		addAccuracy(b, s.cfg.Accuracy)
		if r.nonce != nil {
			b.AddASN1BigInt(r.nonce)
		}
	})
	return b.Bytes()
}

// addAccuracy writes Accuracy: seconds, then thousandths and millionths when
// they are not zero.
func addAccuracy(b *cryptobyte.Builder, d time.Duration) {
	if d == 0 {
		return
	}
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if s := int64(d / time.Second); s > 0 {
			b.AddASN1Int64(s)
		}
		if ms := int64(d / time.Millisecond % 1000); ms > 0 {
			b.AddASN1Int64WithTag(ms, asn1.Tag(0).ContextSpecific())
		}
		if us := int64(d / time.Microsecond % 1000); us > 0 {
			b.AddASN1Int64WithTag(us, asn1.Tag(1).ContextSpecific())
		}
	})
}

// withoutCertificates takes the certificates out of a token: they are not
// covered by its signature, and a request without certReq must not get them.
func withoutCertificates(token []byte) ([]byte, error) {
	ctx0 := asn1.Tag(0).Constructed().ContextSpecific()
	input := cryptobyte.String(token)
	var info, contentType, explicit, data, version, digests, content, signers cryptobyte.String
	if !input.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1Element(&contentType, asn1.OBJECT_IDENTIFIER) ||
		!info.ReadASN1(&explicit, ctx0) || !explicit.ReadASN1(&data, asn1.SEQUENCE) ||
		!data.ReadASN1Element(&version, asn1.INTEGER) || !data.ReadASN1Element(&digests, asn1.SET) ||
		!data.ReadASN1Element(&content, asn1.SEQUENCE) || !data.SkipOptionalASN1(ctx0) ||
		!data.ReadASN1Element(&signers, asn1.SET) || !data.Empty() {
		return nil, fmt.Errorf("%w: own token", ErrMalformed)
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(contentType)
		b.AddASN1(ctx0, func(b *cryptobyte.Builder) {
			b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, part := range [][]byte{version, digests, content, signers} {
					b.AddBytes(part)
				}
			})
		})
	})
	return b.Bytes()
}
