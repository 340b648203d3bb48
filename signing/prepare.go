package signing

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Prepared is a document that is ready but for its signature, which is made
// elsewhere, perhaps by another process on another day. [Finish] puts it in.
// It marshals, and holds no secret beyond the update's content.
type Prepared struct {
	state preparedState
	used  atomic.Bool
}

// preparedState is what marshals.
type preparedState struct {
	Version     int       `json:"version"`
	ID          string    `json:"id"`
	Size        int64     `json:"size"`
	SHA256      []byte    `json:"sha256"`
	Hash        string    `json:"hash"`
	PSS         bool      `json:"pss,omitempty"`
	Update      []byte    `json:"update"`
	Contents    [2]int64  `json:"contents"`
	Document    []byte    `json:"document_digest"`
	Attributes  []byte    `json:"attributes,omitempty"`
	Certificate []byte    `json:"certificate,omitempty"`
	Chain       [][]byte  `json:"chain,omitempty"`
	Field       string    `json:"field"`
	Page        int       `json:"page"`
	Rect        Rect      `json:"rect"`
	Time        time.Time `json:"time"`
	Repairs     []string  `json:"repairs,omitempty"`
}

const (
	preparedVersion = 1
	maxPrepared     = 64 << 20 // bytes of a marshalled preparation
)

// Prepare does everything about a signature but sign: it reads the document
// once and returns the digest to be signed.
//
// Options.Key carries Certificate and Chain; a raw signature or a whole
// message can then finish it. Without Key only a whole message can, and
// Options.Reserve must say how much room it needs. Timestamper and Evidence
// belong to [FinishOptions]; here a Timestamper or TimestampSize only keeps
// room for a token. Errors are the refusals of a document, a placement or a
// key, as of [Sign]; nothing is written.
func Prepare(ctx context.Context, src io.ReaderAt, size int64, opts Options) (*Prepared, error) {
	if opts.Key == nil {
		if opts.Reserve == 0 {
			return nil, fmt.Errorf("%w: preparing without a certificate needs Options.Reserve", ErrConfig)
		}
		opts.Key = &Key{}
	}
	opts.Evidence, opts.Archive = nil, false
	if err := opts.check(); err != nil {
		return nil, err
	}
	p, err := newPlan(src, size, opts)
	if err != nil {
		return nil, err
	}
	s := preparedState{Version: preparedVersion, Size: size, PSS: opts.PSS, Field: p.name,
		Page: p.place.number + 1, Rect: p.place.shown, Time: p.when}
	var id [16]byte
	rand.Read(id[:])
	s.ID = fmt.Sprintf("%x", id)
	for _, rep := range p.doc.Repairs() {
		s.Repairs = append(s.Repairs, rep.String())
	}
	b, err := p.preparedBuilder(&s)
	if err != nil {
		return nil, err
	}
	return p.prepare(ctx, src, s, b)
}

// preparedBuilder checks the certificate, if there is one, and fixes the hash
// and the room.
func (p *plan) preparedBuilder(s *preparedState) (*cms.Builder, error) {
	cert := p.opts.Key.Certificate
	hash := p.opts.Hash
	var b *cms.Builder
	if cert != nil {
		if err := checkCertificate(cert, p.when); err != nil {
			return nil, err
		}
		var err error
		if b, err = p.builder(cert, p.opts.Key.Chain); err != nil {
			return nil, err
		}
		hash = b.Hash()
		s.Certificate = cert.Raw
		for _, c := range p.opts.Key.Chain {
			s.Chain = append(s.Chain, c.Raw)
		}
	}
	if hash == 0 {
		hash = crypto.SHA256
	}
	if !cms.StrongHash(hash) {
		return nil, fmt.Errorf("%w: %v", ErrWeakKey, hash)
	}
	s.Hash = hash.String()
	return b, nil
}

func (p *plan) prepare(ctx context.Context, src io.ReaderAt, s preparedState, b *cms.Builder) (*Prepared, error) {
	room := p.opts.Reserve
	if b != nil {
		var err error
		if room, err = p.room(b); err != nil {
			return nil, err
		}
	}
	u, err := p.build(room)
	if err != nil {
		return nil, err
	}
	h, err := parseHash(s.Hash)
	if err != nil {
		return nil, err
	}
	out := newStream(io.Discard, h)
	sum, err := out.copy(ctx, src, s.Size)
	if err != nil {
		return nil, err
	}
	s.SHA256 = sum[:]
	s.Update = u.bytes
	s.Contents = [2]int64{u.contents.Offset, u.contents.End}
	s.Document = out.digest(u)
	if b != nil {
		if s.Attributes, err = b.SignedAttributes(s.Document); err != nil {
			return nil, fromCMS(err)
		}
	}
	return &Prepared{state: s}, nil
}

// ID names the preparation; it is random.
func (p *Prepared) ID() string { return p.state.ID }

// Digest is what a raw signature must be over: the digest of the signed
// attributes. It is nil for a preparation without a certificate.
func (p *Prepared) Digest() []byte {
	if p.state.Attributes == nil {
		return nil
	}
	h, err := parseHash(p.state.Hash)
	if err != nil {
		return nil
	}
	d := h.New()
	d.Write(p.state.Attributes)
	return d.Sum(nil)
}

// DocumentDigest is the digest of the bytes that are signed: what a whole
// message made elsewhere must carry as its message digest.
func (p *Prepared) DocumentDigest() []byte { return append([]byte(nil), p.state.Document...) }

// SignerOpts is what a crypto.Signer is to be given with the digest.
func (p *Prepared) SignerOpts() crypto.SignerOpts {
	h, err := parseHash(p.state.Hash)
	if err != nil {
		return crypto.Hash(0)
	}
	if p.state.PSS {
		return cms.SignerOpts(cms.RSAPSS, h)
	}
	return h
}

// Field is the name of the signature's field.
func (p *Prepared) Field() string { return p.state.Field }

// Place is where the signature shows: the page, counted from 1, and the
// rectangle as in [Placement].
func (p *Prepared) Place() (page int, rect Rect) { return p.state.Page, p.state.Rect }

// MarshalBinary encodes the preparation for another process. Whoever can
// change it can spoil the signature but not sign anything else unseen: Finish
// checks that the digest signed is the one of document and update. It does
// not fail.
func (p *Prepared) MarshalBinary() ([]byte, error) {
	return json.Marshal(p.state)
}

// UnmarshalBinary decodes a preparation. Bytes that are none are [ErrState].
func (p *Prepared) UnmarshalBinary(data []byte) error {
	if len(data) > maxPrepared {
		return fmt.Errorf("%w: %d bytes", ErrState, len(data))
	}
	var s preparedState
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("%w: not a preparation", ErrState)
	}
	if err := s.check(); err != nil {
		return err
	}
	p.state = s
	p.used.Store(false)
	return nil
}

// check holds the invariants that Prepare gives.
func (s *preparedState) check() error {
	end := s.Size + int64(len(s.Update))
	h, err := parseHash(s.Hash)
	switch {
	case err != nil:
		return err
	case s.Version != preparedVersion:
		return fmt.Errorf("%w: version %d", ErrState, s.Version)
	case s.Size <= 0 || s.ID == "" || len(s.SHA256) != sha256.Size || len(s.Document) != h.Size():
		return fmt.Errorf("%w: incomplete", ErrState)
	case s.Contents[0] <= s.Size || s.Contents[1] <= s.Contents[0]+2 || s.Contents[1] >= end:
		return fmt.Errorf("%w: place of the signature", ErrState)
	case (s.Attributes == nil) != (s.Certificate == nil):
		return fmt.Errorf("%w: certificate", ErrState)
	}
	return nil
}

// key restores certificate and chain; the certificate is nil when none was
// known.
func (s *preparedState) key() (*Key, error) {
	k := &Key{}
	if s.Certificate == nil {
		return k, nil
	}
	var err error
	if k.Certificate, err = x509.ParseCertificate(s.Certificate); err != nil {
		return nil, fmt.Errorf("%w: certificate", ErrState)
	}
	for _, raw := range s.Chain {
		c, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("%w: chain", ErrState)
		}
		k.Chain = append(k.Chain, c)
	}
	return k, nil
}

// unsigned restores the update, in a copy that may be filled.
func (s *preparedState) unsigned() *unsigned {
	return &unsigned{start: s.Size, bytes: append([]byte(nil), s.Update...),
		contents: pdf.Span{Offset: s.Contents[0], End: s.Contents[1]}}
}

func parseHash(name string) (crypto.Hash, error) {
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		if h.String() == name {
			return h, nil
		}
	}
	return 0, fmt.Errorf("%w: hash", ErrState)
}
