package esign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// SealConfig says which seal is used and where its activation is kept. Client
// and Subscriber are required.
type SealConfig struct {
	// Client asks the box, in version 2.
	Client *Client

	// Subscriber is the agency's idSubscriber, a UUID.
	Subscriber string

	// Certificate is the SHA-256 of the seal's certificate in DER. An answer
	// sealed with another one is [CodeOtherSigner]. Zero: the one that the box
	// names for the subscriber, if it does.
	Certificate [32]byte

	// Store keeps the activation for all nodes. Nil: one in memory, which a
	// restart forgets.
	Store SealStore

	// Key seals the activation in the store, at least 16 bytes, and has to be
	// the same on all nodes. Required with a Store. Zero: random.
	Key passphrase.Secret

	// Sealer does so. Nil: one with the default costs, which are paid once for
	// each renewal and not for each document.
	Sealer *passphrase.Sealer

	// RenewBefore is how long before its end an activation is renewed. Zero:
	// 15 minutes. The clock of a real box was seen six minutes off.
	RenewBefore time.Duration
}

// SealSession seals documents for an agency (segel elektronik), in version 2 of
// the API: an activation, which a person starts with a code from a mail
// ([SealSession.RequestActivation], [SealSession.Activate]) and which this
// session renews from then on, and a new code for each batch of documents.
// Sessions of several nodes share the activation through the store; one of them
// at a time renews it. It is safe for concurrent use.
//
// A seal goes first: box and standard take it as the certification of a document
// on which officials then sign ([Profile.SealAfterSignature]).
type SealSession struct {
	cfg SealConfig

	mu     sync.Mutex
	sealed string // the envelope that was opened last
	opened passphrase.Secret
}

var _ signing.DocumentSigner = (*SealSession)(nil)

// NewSealSession checks a configuration. Nothing is sent. An error says which
// field is missing or wrong.
func NewSealSession(cfg SealConfig) (*SealSession, error) {
	switch {
	case cfg.Client == nil:
		return nil, fmt.Errorf("%w: SealConfig.Client is missing", ErrConfig)
	case cfg.Client.cfg.Version != V2:
		return nil, unsupported("seal in version 1")
	case cfg.Subscriber == "" || cleanID(cfg.Subscriber) == "":
		return nil, fmt.Errorf("%w: SealConfig.Subscriber is not an id", ErrConfig)
	case cfg.Store != nil && len(cfg.Key.Reveal()) < 16:
		return nil, fmt.Errorf("%w: SealConfig.Store needs SealConfig.Key of at least 16 bytes", ErrConfig)
	case cfg.RenewBefore < 0:
		return nil, fmt.Errorf("%w: SealConfig.RenewBefore is negative", ErrConfig)
	}
	or(&cfg.RenewBefore, 15*time.Minute)
	if cfg.Store == nil {
		cfg.Store = NewMemorySealStore()
	}
	if cfg.Key.IsZero() {
		cfg.Key = randomKey()
	}
	if cfg.Sealer == nil {
		var err error
		if cfg.Sealer, err = passphrase.NewSealer(passphrase.SealerConfig{}); err != nil {
			return nil, err
		}
	}
	return &SealSession{cfg: cfg}, nil
}

// String returns a marker.
func (*SealSession) String() string { return "esign.SealSession" }

// Format prints a marker under every verb.
func (s *SealSession) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// Capabilities says what the session can do: there is no credential to give.
func (s *SealSession) Capabilities() Capabilities {
	can := s.cfg.Client.Capabilities()
	can.Passphrase, can.OneTimeCode, can.NIK, can.Email = false, false, false, false
	return can
}

// SignDocument implements [signing.DocumentSigner]. The request has no
// credential.
func (s *SealSession) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req signing.Request) (signing.Receipt, error) {
	r, err := s.Seal(ctx, dst, src, size, Request{Request: req})
	return r.Receipt, err
}

// Seal has a document sealed, as [Signer.Sign] has it signed. The request has no
// credential. Beside the errors of Sign there are [CodeSealSigned],
// [CodeSealActivation] and [CodeSealStore]; with all three nothing was sealed.
func (s *SealSession) Seal(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req Request) (Result, error) {
	results, err := s.SealFiles(ctx, []File{{Dst: dst, Src: src, Size: size, Request: req}})
	if len(results) == 0 {
		return Result{}, err
	}
	return results[0], err
}

// SealFiles has several documents sealed with one request and one code, as
// [Signer.SignFiles] has them signed. Errors: [*Error].
func (s *SealSession) SealFiles(ctx context.Context, files []File) ([]Result, error) {
	return s.cfg.Client.Signer(Identity{seal: s, Certificate: s.cfg.Certificate}).SignFiles(ctx, noCodeYet, files)
}

// noCodeYet stands for the code until nothing else can refuse the documents.
var noCodeYet = signing.Credential{OneTimeCode: passphrase.FromString(strings.Repeat("-", 6))}

// ready is asked before documents leave that could be sealed: it refuses those
// that must not be, and gets a code for the others.
func (s *SealSession) ready(ctx context.Context, jobs []*job) error {
	for _, j := range jobs {
		switch {
		case s.cfg.Client.cfg.Profile.SealAfterSignature:
		case j.before == nil:
			return local(CodeDocument, errors.New("whether it is signed already cannot be told"))
		case len(j.before.Signatures) > 0:
			return local(CodeSealSigned, nil)
		}
	}
	code, err := s.code(ctx, len(jobs))
	if err != nil {
		return err
	}
	for _, j := range jobs {
		j.req.Credential.OneTimeCode = code
	}
	return nil
}
