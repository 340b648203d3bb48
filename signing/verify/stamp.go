package verify

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// stampToken is a time-stamp token whose signature was checked (RFC 3161
// section 2.4.2). Whether its authority is trusted is another question.
type stampToken struct {
	info        *cms.TSTInfo
	certificate *x509.Certificate
	data        *cms.SignedData
}

var (
	errStamp = errors.New("time-stamp token")
	// errStampSigner: no certificate at hand is the one that the token names.
	errStampSigner = errors.New("certificate of the authority is missing")
	// errStampOther: the imprint is of something else.
	errStampOther = errors.New("made for another signature")
)

// weakStampError: the token is sound as far as it goes, but what the error
// names is too weak to prove a time.
type weakStampError string

func (e weakStampError) Error() string { return "weak algorithm: " + string(e) }

func isWeak(err error) bool {
	var weak weakStampError
	return errors.As(err, &weak)
}

// stampFinding names what is wrong with a token. A missing certificate may
// still be found, and what is weak is as open as it is in a signature
// (ETSI EN 319 102-1 section 5.4.2: the token is judged by the rules of a
// signature).
func stampFinding(err error) (Code, string) {
	var weak weakStampError
	switch {
	case errors.Is(err, errStampSigner):
		return CodeTimestampSignerMissing, ""
	case errors.As(err, &weak):
		return CodeTimestampWeak, string(weak)
	case errors.Is(err, cms.ErrWeakAlgorithm), errors.Is(err, cms.ErrUnsupportedAlgorithm):
		return CodeTimestampWeak, err.Error()
	}
	return CodeTimestampInvalid, err.Error()
}

// stampPathFinding names why no path for an authority's certificate was found.
func stampPathFinding(err error) Code {
	switch {
	case errors.Is(err, pki.ErrWeak):
		return CodeTimestampWeak
	case errors.Is(err, pki.ErrNoPath), errors.Is(err, pki.ErrTooMany):
		return CodeTimestampUntrusted
	}
	return CodeTimestampUnfit
}

// readStamp reads a token without checking its signature.
func readStamp(data *cms.SignedData) (*cms.TSTInfo, *cms.SignerInfo, error) {
	if len(data.SignerInfos) != 1 {
		return nil, nil, fmt.Errorf("%w: %d signers instead of one", errStamp, len(data.SignerInfos))
	}
	if !data.ContentType.Equal(cms.OIDTSTInfo) || data.Content == nil {
		return nil, nil, fmt.Errorf("%w: content is not TSTInfo", errStamp)
	}
	info, err := cms.ParseTSTInfo(data.Content)
	if err != nil {
		return nil, nil, err
	}
	return info, data.SignerInfos[0], nil
}

// verifyStamp checks the token's own signature and the binding of the
// authority's certificate, which RFC 3161 section 2.4.1 requires. A token need
// not hold that certificate (certReq, section 2.4.1), so it is looked for
// among the others too. Beside a weakStampError the token is returned.
func verifyStamp(data *cms.SignedData, info *cms.TSTInfo, signer *cms.SignerInfo, others []*x509.Certificate) (*stampToken, error) {
	hash, err := signer.Hash()
	switch {
	case err != nil:
		return nil, err
	case !hash.Available():
		return nil, weakStampError(hash.String())
	}
	digest := sum(hash, data.Content)
	err = errStampSigner
	named := 0
	for _, c := range slices.Concat(data.Certificates, others) {
		if !signer.Names(c) {
			continue
		}
		if named++; named > maxSameNamed {
			break
		}
		if err = checkStampSigner(signer, c, hash, digest); err == nil || isWeak(err) {
			return &stampToken{info, c, data}, err
		}
	}
	return nil, err
}

func checkStampSigner(signer *cms.SignerInfo, c *x509.Certificate, hash crypto.Hash, digest []byte) error {
	err := signer.Verify(c, cms.OIDTSTInfo, digest, cms.VerifyOptions{})
	switch {
	case err == nil:
		return signer.CheckSigningCertificate(c)
	case !errors.Is(err, cms.ErrWeakAlgorithm):
		return err
	}
	if err := signer.Verify(c, cms.OIDTSTInfo, digest, cms.VerifyOptions{InsecureAllowWeak: true}); err != nil {
		return err
	}
	if cms.StrongHash(hash) {
		return weakStampError(keyName(c.PublicKey))
	}
	return weakStampError(hash.String())
}

// checkImprint compares the imprint with the digest of what was stamped. One
// by a weak algorithm may still show that the token is of something else.
func checkImprint(info *cms.TSTInfo, digest func(crypto.Hash) []byte) error {
	hash, err := info.Hash()
	switch {
	case err != nil:
		return err
	case !hash.Available():
		return weakStampError(hash.String())
	case !bytes.Equal(digest(hash), info.HashedMessage):
		return errStampOther
	case !cms.StrongHash(hash):
		return weakStampError(hash.String())
	}
	return nil
}

func sum(h crypto.Hash, data []byte) []byte {
	w := h.New()
	w.Write(data)
	return w.Sum(nil)
}

// parseStamp reads the token of a document timestamp, whose imprint is the
// digest of the byte range (ETSI EN 319 142-1 section 5.4.3).
func (s *signature) parseStamp() {
	info, _, err := readStamp(s.cms.data)
	if err != nil {
		s.find(stampFinding(err))
		return
	}
	s.cms.stamp = info
	hash, err := info.Hash()
	if err == nil && !hash.Available() {
		err = weakStampError(hash.String())
	}
	if err != nil {
		s.find(stampFinding(err))
		return
	}
	s.cms.hash = hash
}

// checkStamp checks a document timestamp.
func (s *signature) checkStamp(others []*x509.Certificate) {
	m := &s.cms
	imprint := checkImprint(m.stamp, func(crypto.Hash) []byte { return m.digest })
	if errors.Is(imprint, errStampOther) {
		s.Intact, s.Valid = No, No
		s.find(CodeDigestMismatch, "")
		return
	}
	token, err := verifyStamp(m.data, m.stamp, m.signer, others)
	if token != nil {
		m.certificate = token.certificate
	}
	if err == nil {
		err = imprint
	}
	if err == nil {
		s.Intact, s.Valid = Yes, Yes
		return
	}
	code, detail := stampFinding(err)
	s.find(code, detail)
	if code.Severity() == Fatal {
		s.Valid = No
		return
	}
	// The imprint fits; who vouches for it, or how well, is what is open.
	s.Intact = Yes
}
