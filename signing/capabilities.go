package signing

// Capabilities says what a signer can do. What is false comes back as an
// [UnsupportedError] before the credential leaves.
type Capabilities struct {
	Passphrase, OneTimeCode bool // credentials
	NIK, Email              bool // ways to name the signer
	Block, Picture          bool // what can be shown
	ServerQR, ServerTag     bool // what a service draws or finds itself
	Anchor                  bool // placement by a tag, found here
	Field, Certify          bool // choice of the field, certification
	SeveralFiles            bool // in one request
	DocumentPassword        bool // encrypted documents
	Download                bool // fetching a result again, once
}

// Capable is a [DocumentSigner] that says beforehand what it can do, as those
// of this module do.
type Capable interface {
	DocumentSigner
	Capabilities() Capabilities
}
