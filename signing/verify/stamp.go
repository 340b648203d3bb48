package verify

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/cms"
)

// stampToken is a time-stamp token whose signature was checked (RFC 3161
// section 2.4.2). Whether its authority is trusted is another question.
type stampToken struct {
	info        *cms.TSTInfo
	certificate *x509.Certificate
	data        *cms.SignedData
}

var errStamp = errors.New("time-stamp token")

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
	hash, err := info.Hash()
	if err != nil {
		return nil, nil, err
	}
	if !cms.StrongHash(hash) {
		return nil, nil, fmt.Errorf("%w: imprint made with %v", cms.ErrWeakAlgorithm, hash)
	}
	return info, data.SignerInfos[0], nil
}

// verifyStamp checks the token's own signature and the binding of the
// authority's certificate, which RFC 3161 section 2.4.1 requires.
func verifyStamp(data *cms.SignedData, info *cms.TSTInfo, signer *cms.SignerInfo) (*stampToken, error) {
	hash, err := signer.Hash()
	if err != nil {
		return nil, err
	}
	if !cms.StrongHash(hash) {
		return nil, fmt.Errorf("%w: digest %v", cms.ErrWeakAlgorithm, hash)
	}
	digest := sum(hash, data.Content)
	err = cms.ErrNoSigningCertificate
	named := 0
	for _, c := range data.Certificates {
		if !signer.Names(c) {
			continue
		}
		if named++; named > maxSameNamed {
			break
		}
		if err = signer.Verify(c, cms.OIDTSTInfo, digest, cms.VerifyOptions{}); err == nil {
			if err = signer.CheckSigningCertificate(c); err == nil {
				return &stampToken{info, c, data}, nil
			}
		}
	}
	return nil, err
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
		s.find(CodeTimestampInvalid, err.Error())
		return
	}
	s.cms.stamp = info
	s.useHash(info.Hash())
}

// checkStamp checks a document timestamp.
func (s *signature) checkStamp() {
	m := &s.cms
	token, err := verifyStamp(m.data, m.stamp, m.signer)
	if err != nil {
		s.Valid = No
		s.find(CodeTimestampInvalid, err.Error())
		return
	}
	m.certificate = token.certificate
	if !bytes.Equal(m.digest, m.stamp.HashedMessage) {
		s.Intact, s.Valid = No, No
		s.find(CodeDigestMismatch, "")
		return
	}
	s.Intact, s.Valid = Yes, Yes
}
