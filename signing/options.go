package signing

import (
	"crypto"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/appearance"
)

// Options says how one signature is made. Only Key is required.
type Options struct {
	// Key signs. Required; for [Prepare] it carries the certificate alone.
	Key *Key

	// Field names the signature field. A field of that name that exists must
	// be an empty signature field and is signed where it stands; otherwise a
	// new field gets the name. Empty: a new field, its name made up.
	Field string

	// Placement says where a new field shows. The zero value is an invisible
	// signature.
	Placement Placement

	// Block is drawn at the placement, or into an existing visible field.
	// Nil: nothing is drawn, and the placement must be zero.
	Block *appearance.Block

	// Certify makes the document's first signature a certification, which
	// says what may change later. Zero: an approval signature.
	Certify Certification

	// Reason, Location, Name and ContactInfo go into the signature
	// dictionary as they are, in any script. Empty ones are left out.
	Reason, Location, Name, ContactInfo string

	// Hash is SHA-256, SHA-384 or SHA-512. Zero: SHA-256, with a key on P-384
	// SHA-384.
	Hash crypto.Hash

	// PSS makes an RSA key sign by RSASSA-PSS. False: RSASSA-PKCS1-v1_5,
	// which every reader knows.
	PSS bool

	// Timestamper, when set, adds a time-stamp over the signature: level B-T.
	Timestamper Timestamper

	// TimestampSize is the room kept for the token in bytes. Zero: 12,288. A
	// larger token is ErrSpace.
	TimestampSize int

	// Evidence, when set, adds the validation material to the document after
	// the time-stamp: level B-LT. It needs Timestamper.
	Evidence *Evidence

	// Archive adds, after the evidence, a document timestamp over all of it:
	// level B-LTA. It needs Evidence, and is for the last signer of a letter.
	Archive bool

	// Reserve is the whole room kept for the signature in bytes. Less than
	// what may be needed is ErrSpace. Zero: computed, which only [Prepare]
	// without a certificate cannot do.
	Reserve int

	// Password opens an encrypted document. Zero: the empty password.
	Password passphrase.Secret

	// Zone is the time zone of the signing time shown. Nil: WIB, UTC+7.
	Zone *time.Location

	// Now gives the signing time. Nil: time.Now.
	Now func() time.Time
}

// Certification is what a certified document still allows (ISO 32000-2,
// 12.8.2.2, table 257).
type Certification int

// Certifications. Further approval signatures need CertifyFormFilling or
// CertifyAnnotations.
const (
	NoCertification    Certification = iota
	CertifyNoChanges                 // P 1: nothing may change
	CertifyFormFilling               // P 2: form filling and signing
	CertifyAnnotations               // P 3: annotations too
)

// Level is a PAdES baseline level (ETSI EN 319 142-1, clause 6).
type Level int

// Levels. Each includes the ones before it.
const (
	LevelUnknown Level = iota
	LevelBB            // the signature alone
	LevelBT            // with a time-stamp from an authority
	LevelBLT           // with the evidence to validate it later
	LevelBLTA          // with a document timestamp over the evidence
)

// String gives the level's name as in the standard.
func (l Level) String() string { return wordOf(levelWords[:], l, "Level") }

// wib is Western Indonesian Time.
var wib = time.FixedZone("WIB", 7*60*60)

func (o *Options) clock() func() time.Time {
	if o.Now != nil {
		return o.Now
	}
	return time.Now
}

// signingTime is now, in the zone to be shown, in whole seconds.
func (o *Options) signingTime() time.Time {
	zone := o.Zone
	if zone == nil {
		zone = wib
	}
	return o.clock()().In(zone).Truncate(time.Second)
}

// check refuses options that contradict themselves.
func (o *Options) check() error {
	switch {
	case o.Key == nil:
		return fmt.Errorf("%w: Options.Key is required", ErrConfig)
	case o.Certify < NoCertification || o.Certify > CertifyAnnotations:
		return fmt.Errorf("%w: certification %d does not exist", ErrConfig, o.Certify)
	case o.Evidence != nil && o.Timestamper == nil:
		return fmt.Errorf("%w: Evidence needs a Timestamper", ErrConfig)
	case o.Archive && o.Evidence == nil:
		return fmt.Errorf("%w: Archive needs Evidence", ErrConfig)
	case o.TimestampSize < 0 || o.Reserve < 0 || o.TimestampSize > maxContainer || o.Reserve > maxContainer:
		return fmt.Errorf("%w: room for the signature", ErrLimit)
	}
	for _, text := range []string{o.Field, o.Reason, o.Location, o.Name, o.ContactInfo} {
		if len(text) > maxText {
			return fmt.Errorf("%w: text of %d bytes in the signature dictionary", ErrLimit, len(text))
		}
	}
	if o.Evidence != nil {
		if err := o.Evidence.check(); err != nil {
			return err
		}
	}
	return o.Placement.check(o.Block != nil)
}

const (
	maxText      = 32 << 10 // bytes of one text in the signature dictionary
	maxContainer = 4 << 20  // bytes of one signature
)
