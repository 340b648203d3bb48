package tsa

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Status is a PKIStatus (RFC 3161 section 2.4.2).
type Status int

// The statuses. A token comes with the first two only.
const (
	StatusGranted         Status = 0
	StatusGrantedWithMods Status = 1
	StatusRejection       Status = 2
	StatusWaiting         Status = 3
)

// Failure is a bit of PKIFailureInfo: the reason of a refusal.
type Failure int

// The failures of RFC 3161 section 2.4.2. FailureUnknown means that the
// authority gave none.
const (
	FailureUnknown             Failure = -1
	FailureBadAlg              Failure = 0
	FailureBadRequest          Failure = 2
	FailureBadDataFormat       Failure = 5
	FailureTimeNotAvailable    Failure = 14
	FailureUnacceptedPolicy    Failure = 15
	FailureUnacceptedExtension Failure = 16
	FailureAddInfoNotAvailable Failure = 17
	FailureSystemFailure       Failure = 25
)

// String returns the name of RFC 3161.
func (f Failure) String() string {
	switch f {
	case FailureBadAlg:
		return "badAlg"
	case FailureBadRequest:
		return "badRequest"
	case FailureBadDataFormat:
		return "badDataFormat"
	case FailureTimeNotAvailable:
		return "timeNotAvailable"
	case FailureUnacceptedPolicy:
		return "unacceptedPolicy"
	case FailureUnacceptedExtension:
		return "unacceptedExtension"
	case FailureAddInfoNotAvailable:
		return "addInfoNotAvailable"
	case FailureSystemFailure:
		return "systemFailure"
	}
	return "no reason given"
}

// RejectedError means that the authority answered and refused.
type RejectedError struct {
	Status  Status
	Failure Failure
	// Text is the authority's own, without control characters, at most 200
	// characters of it.
	Text string
}

// Error describes the refusal.
func (e *RejectedError) Error() string {
	s := fmt.Sprintf("tsa: refused with status %d: %s", int(e.Status), e.Failure)
	if e.Text != "" {
		s += fmt.Sprintf(": %q", e.Text)
	}
	return s
}

const maxFailureBit = 31

// marshalRejection makes a TimeStampResp that refuses.
func marshalRejection(f Failure) []byte {
	// PKIFailureInfo is a BIT STRING with named bits: trailing zeros are left
	// out (X.690 section 11.2.2).
	bits := make([]byte, int(f)/8+1)
	bits[f/8] = 0x80 >> (f % 8)
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(int64(StatusRejection))
			b.AddASN1(asn1.BIT_STRING, func(b *cryptobyte.Builder) {
				b.AddUint8(byte(7 - f%8))
				b.AddBytes(bits)
			})
		})
	})
	return b.BytesOrPanic()
}

// marshalGranted makes a TimeStampResp with a token.
func marshalGranted(token []byte) ([]byte, error) {
	b := cryptobyte.NewBuilder(nil)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(StatusGranted)) })
		b.AddBytes(token)
	})
	return b.Bytes()
}

// parseResponse returns the token of a TimeStampResp, or a *RejectedError.
func parseResponse(der []byte) ([]byte, error) {
	input := cryptobyte.String(der)
	var body, info, token, text cryptobyte.String
	var status int
	var hasText bool
	if !input.ReadASN1(&body, asn1.SEQUENCE) || !input.Empty() ||
		!body.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1Integer(&status) ||
		!info.ReadOptionalASN1(&text, &hasText, asn1.SEQUENCE) {
		return nil, fmt.Errorf("%w: answer", ErrMalformed)
	}
	failure, ok := readFailure(info)
	if !ok {
		return nil, fmt.Errorf("%w: answer", ErrMalformed)
	}
	if s := Status(status); s != StatusGranted && s != StatusGrantedWithMods {
		return nil, &RejectedError{Status: s, Failure: failure, Text: readText(text)}
	}
	if !body.ReadASN1Element(&token, asn1.SEQUENCE) || !body.Empty() {
		return nil, fmt.Errorf("%w: answer without token", ErrMalformed)
	}
	return token, nil
}

// readFailure reads the optional PKIFailureInfo that ends a PKIStatusInfo; the
// lowest bit set counts.
func readFailure(s cryptobyte.String) (Failure, bool) {
	if s.Empty() {
		return FailureUnknown, true
	}
	var bits cryptobyte.String
	var unused uint8
	if !s.ReadASN1(&bits, asn1.BIT_STRING) || !s.Empty() || !bits.ReadUint8(&unused) || unused > 7 {
		return FailureUnknown, false
	}
	for f := Failure(0); f <= maxFailureBit && int(f)/8 < len(bits); f++ {
		if bits[f/8]&(0x80>>(f%8)) != 0 {
			return f, true
		}
	}
	return FailureUnknown, true
}

// readText reads a PKIFreeText for people, bounded and cleaned.
func readText(s cryptobyte.String) string {
	const maximum = 200
	var parts []string
	size := 0
	for !s.Empty() && size < maximum {
		var part cryptobyte.String
		if !s.ReadASN1(&part, asn1.UTF8String) {
			break
		}
		clean := strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return ' '
		}, strings.ToValidUTF8(string(part[:min(len(part), 4*maximum)]), " "))
		parts = append(parts, clean)
		size += len(clean)
	}
	runes := []rune(strings.Join(parts, "; "))
	return string(runes[:min(len(runes), maximum)])
}
