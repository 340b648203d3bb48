package passphrase

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"hash"
)

// The outer structure of a PKCS#12 file, RFC 7292 section 4. It is walked here
// before the library decodes it, because the library does as many iterations as
// the file asks for.
type pfxPDU struct {
	Version  int
	AuthSafe contentInfo
	Mac      macData `asn1:"optional"`
}

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
}

type macData struct {
	Digest     digestInfo
	Salt       []byte
	Iterations int `asn1:"optional,default:1"`
}

type digestInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Digest    []byte
}

type encryptedData struct {
	Version int
	Content struct {
		Type      asn1.ObjectIdentifier
		Algorithm pkix.AlgorithmIdentifier
		Data      asn1.RawValue `asn1:"tag:0,optional"`
	}
}

type safeBag struct {
	ID         asn1.ObjectIdentifier
	Value      asn1.RawValue `asn1:"tag:0,explicit"`
	Attributes asn1.RawValue `asn1:"set,optional"`
}

type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbeParams struct {
	Salt       []byte
	Iterations int
}

type pbes2Params struct {
	KDF        pkix.AlgorithmIdentifier
	Encryption pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt       asn1.RawValue
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidShroudedKey   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidPBES2         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidPBMAC1        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}
	oidSHA1          = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	oidSHA256        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA512        = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidHMACSHA1      = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7}
	oidHMACSHA256    = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidHMACSHA512    = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 11}
)

const (
	maxContents = 2        // as many as the library reads
	maxBags     = 64       // in one content
	maxKeySize  = 16 << 10 // encrypted PKCS#8 of RSA with 16,384 bits has 10 KiB
	maxPBESKey  = 32       // of AES-256
	maxMACKey   = 64       // of HMAC-SHA-512
)

const (
	// sha512Weight is how much longer an iteration takes with SHA-512.
	sha512Weight = 3
	// pbeWeight is for the schemes of RFC 7292 appendix C: all iterations for
	// each of two blocks of a triple DES key and one of the vector.
	pbeWeight = 3
)

// walkedPFX is a file whose visible costs are within bounds.
type walkedPFX struct {
	authSafe []byte // the DER that the MAC covers
	contents []contentInfo
	key      int // index of the content with the key
	mac      macData
	left     int // iterations not yet asked for
}

func walkPFX(der []byte) (*walkedPFX, error) {
	if len(der) > MaxPKCS12Size {
		return nil, fmt.Errorf("%w: %d bytes", ErrPKCS12Cost, len(der))
	}
	var pfx pfxPDU
	if err := parseDER(der, &pfx, "outer structure"); err != nil {
		return nil, err
	}
	if pfx.Version != 3 || !pfx.AuthSafe.Type.Equal(oidData) {
		return nil, fmt.Errorf("%w: version %d or kind of content", ErrPKCS12, pfx.Version)
	}
	w := &walkedPFX{mac: pfx.Mac, key: -1, left: MaxPKCS12Iterations}
	if err := parseDER(pfx.AuthSafe.Content.Bytes, &w.authSafe, "content"); err != nil {
		return nil, err
	}
	if err := w.walkMAC(); err != nil {
		return nil, err
	}
	if err := parseDER(w.authSafe, &w.contents, "authenticated safe"); err != nil {
		return nil, err
	}
	if len(w.contents) > maxContents {
		return nil, fmt.Errorf("%w: %d contents", ErrPKCS12, len(w.contents))
	}
	for i, c := range w.contents {
		if err := w.walkContent(i, c); err != nil {
			return nil, err
		}
	}
	if w.key < 0 {
		return nil, fmt.Errorf("%w: no encrypted key in plain content", ErrPKCS12)
	}
	return w, nil
}

func (w *walkedPFX) walkMAC() error {
	algorithm := w.mac.Digest.Algorithm
	switch {
	case len(algorithm.Algorithm) == 0:
		return fmt.Errorf("%w: no integrity check", ErrPKCS12)
	case algorithm.Algorithm.Equal(oidPBMAC1):
		var p pbes2Params // PBMAC1-params has the same shape
		if err := parseDER(algorithm.Parameters.FullBytes, &p, "PBMAC1"); err != nil {
			return err
		}
		var kdf pbkdf2Params
		if err := parseDER(p.KDF.Parameters.FullBytes, &kdf, "PBKDF2"); err != nil {
			return err
		}
		return w.walkPBKDF2(p.KDF, kdf.KeyLength)
	}
	weight := 1
	if algorithm.Algorithm.Equal(oidSHA512) {
		weight = sha512Weight
	}
	return w.spend(w.mac.Iterations, weight)
}

func (w *walkedPFX) walkContent(i int, c contentInfo) error {
	switch {
	case c.Type.Equal(oidEncryptedData):
		var e encryptedData
		if err := parseDER(c.Content.Bytes, &e, "encrypted content"); err != nil {
			return err
		}
		return w.walkEncryption(e.Content.Algorithm)
	case !c.Type.Equal(oidData):
		return fmt.Errorf("%w: content of kind %s", ErrPKCS12, oidText(c.Type))
	}
	var data []byte
	if err := parseDER(c.Content.Bytes, &data, "content"); err != nil {
		return err
	}
	var bags []safeBag
	if err := parseDER(data, &bags, "bags"); err != nil {
		return err
	}
	if len(bags) > maxBags {
		return fmt.Errorf("%w: %d bags", ErrPKCS12Cost, len(bags))
	}
	for _, bag := range bags {
		switch {
		case bag.ID.Equal(oidCertificate):
		case !bag.ID.Equal(oidShroudedKey):
			return fmt.Errorf("%w: bag of kind %s", ErrPKCS12, oidText(bag.ID))
		case w.key >= 0:
			return fmt.Errorf("%w: more than one key", ErrPKCS12)
		default:
			w.key = i
			if err := w.walkKey(bag); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walkedPFX) walkKey(bag safeBag) error {
	var key encryptedKey
	if err := parseDER(bag.Value.Bytes, &key, "key"); err != nil {
		return err
	}
	if len(key.Data) > maxKeySize {
		return fmt.Errorf("%w: key of %d bytes", ErrPKCS12Cost, len(key.Data))
	}
	return w.walkEncryption(key.Algorithm)
}

func (w *walkedPFX) walkEncryption(algorithm pkix.AlgorithmIdentifier) error {
	if algorithm.Algorithm.Equal(oidPBES2) {
		var p pbes2Params
		if err := parseDER(algorithm.Parameters.FullBytes, &p, "PBES2"); err != nil {
			return err
		}
		return w.walkPBKDF2(p.KDF, maxPBESKey)
	}
	// The schemes of RFC 7292 appendix C; the library refuses any other.
	var p pbeParams
	if err := parseDER(algorithm.Parameters.FullBytes, &p, "PBE"); err != nil {
		return err
	}
	return w.spend(p.Iterations, pbeWeight)
}

func (w *walkedPFX) walkPBKDF2(kdf pkix.AlgorithmIdentifier, keyLength int) error {
	if !kdf.Algorithm.Equal(oidPBKDF2) {
		return fmt.Errorf("%w: key derivation %s", ErrPKCS12, oidText(kdf.Algorithm))
	}
	var p pbkdf2Params
	if err := parseDER(kdf.Parameters.FullBytes, &p, "PBKDF2"); err != nil {
		return err
	}
	prf, ok := hmacHash(p.PRF.Algorithm)
	if !ok || p.Salt.Tag != asn1.TagOctetString || p.Salt.Class != asn1.ClassUniversal ||
		keyLength < 0 || keyLength > maxMACKey {
		return fmt.Errorf("%w: PBKDF2 parameters", ErrPKCS12)
	}
	// Every block of the key takes all iterations.
	size := prf().Size()
	weight := (keyLength + size - 1) / size
	if size == sha512.Size {
		weight *= sha512Weight
	}
	return w.spend(p.Iterations, weight)
}

// spend counts iterations, in units of one of PBKDF2 with HMAC-SHA-256.
func (w *walkedPFX) spend(iterations, weight int) error {
	if iterations < 1 {
		return fmt.Errorf("%w: %d iterations", ErrPKCS12, iterations)
	}
	if iterations > MaxPKCS12Iterations || iterations*weight > w.left {
		return fmt.Errorf("%w: more than %d iterations", ErrPKCS12Cost, MaxPKCS12Iterations)
	}
	w.left -= iterations * weight
	return nil
}

func (w *walkedPFX) verifyMAC(password string) error {
	sum, err := w.computeMAC(password)
	if err != nil {
		return err
	}
	if !hmac.Equal(sum, w.mac.Digest.Digest) {
		return ErrMismatch
	}
	return nil
}

func (w *walkedPFX) computeMAC(password string) ([]byte, error) {
	algorithm := w.mac.Digest.Algorithm
	if algorithm.Algorithm.Equal(oidPBMAC1) {
		return w.computePBMAC1(password)
	}
	var newHash func() hash.Hash
	switch {
	case algorithm.Algorithm.Equal(oidSHA1):
		newHash = sha1.New
	case algorithm.Algorithm.Equal(oidSHA256):
		newHash = sha256.New
	case algorithm.Algorithm.Equal(oidSHA512):
		newHash = sha512.New
	default:
		return nil, fmt.Errorf("%w: MAC with %s", ErrPKCS12, oidText(algorithm.Algorithm))
	}
	mac := hmac.New(newHash, pkcs12MACKey(newHash, password, w.mac.Salt, w.mac.Iterations))
	mac.Write(w.authSafe)
	return mac.Sum(nil), nil
}

// computePBMAC1 follows RFC 9579 section 4: PBKDF2 and HMAC, with the
// passphrase in UTF-8 and a key of at least 20 octets.
func (w *walkedPFX) computePBMAC1(password string) ([]byte, error) {
	var p pbes2Params
	if err := parseDER(w.mac.Digest.Algorithm.Parameters.FullBytes, &p, "PBMAC1"); err != nil {
		return nil, err
	}
	var kdf pbkdf2Params
	if err := parseDER(p.KDF.Parameters.FullBytes, &kdf, "PBKDF2"); err != nil {
		return nil, err
	}
	prf, ok := hmacHash(kdf.PRF.Algorithm)
	macHash, okMAC := hmacHash(p.Encryption.Algorithm)
	if !ok || !okMAC || len(p.Encryption.Algorithm) == 0 || kdf.KeyLength < 20 {
		return nil, fmt.Errorf("%w: PBMAC1 parameters", ErrPKCS12)
	}
	key, err := pbkdf2.Key(prf, password, kdf.Salt.Bytes, kdf.Iterations, kdf.KeyLength)
	if err != nil {
		return nil, fmt.Errorf("%w: PBMAC1: %w", ErrPKCS12, err)
	}
	mac := hmac.New(macHash, key)
	mac.Write(w.authSafe)
	return mac.Sum(nil), nil
}

// hmacHash returns the hash of an HMAC; an absent one means SHA-1 (RFC 8018
// appendix A.2).
func hmacHash(oid asn1.ObjectIdentifier) (func() hash.Hash, bool) {
	switch {
	case len(oid) == 0, oid.Equal(oidHMACSHA1):
		return sha1.New, true
	case oid.Equal(oidHMACSHA256):
		return sha256.New, true
	case oid.Equal(oidHMACSHA512):
		return sha512.New, true
	}
	return nil, false
}

// pkcs12MACKey is the key derivation of RFC 7292 appendix B.2 for a MAC, whose
// key is as long as the hash, so that one round of it is enough.
func pkcs12MACKey(newHash func() hash.Hash, password string, salt []byte, iterations int) []byte {
	h := newHash()
	block := h.BlockSize()
	for range block {
		h.Write([]byte{3})
	}
	writeRepeated(h, salt, block)
	writeRepeated(h, bmpString(password), block)
	key := h.Sum(nil)
	for range iterations - 1 {
		h.Reset()
		h.Write(key)
		key = h.Sum(key[:0])
	}
	return key
}

// writeRepeated writes copies of b up to the next multiple of block.
func writeRepeated(h hash.Hash, b []byte, block int) {
	if len(b) == 0 {
		return
	}
	size := (len(b) + block - 1) / block * block
	for written := 0; written < size; written += len(b) {
		h.Write(b[:min(len(b), size-written)])
	}
}

// bmpString is the password as two bytes a character with a closing zero.
func bmpString(password string) []byte {
	var out []byte
	for _, r := range password {
		out = append(out, byte(r>>8), byte(r))
	}
	return append(out, 0, 0)
}

// keyFirst returns the file with the content that holds the key in front, under
// a new MAC of one iteration. The library decodes in order and refuses a second
// key before it derives anything for it. So a key that hides in encrypted
// content, where its cost cannot be seen, comes too late to cost anything.
func (w *walkedPFX) keyFirst(password string) ([]byte, error) {
	contents := []contentInfo{w.contents[w.key]}
	for i, c := range w.contents {
		if i != w.key {
			contents = append(contents, c)
		}
	}
	authSafe, err := asn1.Marshal(contents)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPKCS12, err)
	}
	data, err := asn1.Marshal(authSafe)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPKCS12, err)
	}
	ordered := walkedPFX{authSafe: authSafe, mac: macData{
		Digest:     digestInfo{Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidSHA256}},
		Salt:       w.mac.Salt,
		Iterations: 1,
	}}
	if ordered.mac.Digest.Digest, err = ordered.computeMAC(password); err != nil {
		return nil, err
	}
	explicit := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: data}
	return asn1.Marshal(struct {
		Version  int
		AuthSafe struct {
			Type    asn1.ObjectIdentifier
			Content asn1.RawValue
		}
		Mac macData
	}{3, struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{oidData, explicit}, ordered.mac})
}

func parseDER(der []byte, into any, what string) error {
	rest, err := asn1.Unmarshal(der, into)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrPKCS12, what, err)
	}
	if len(rest) > 0 {
		return fmt.Errorf("%w: %s: trailing data", ErrPKCS12, what)
	}
	return nil
}

// oidText keeps identifiers of a hostile length out of errors.
func oidText(oid asn1.ObjectIdentifier) string {
	if len(oid) > 20 {
		return fmt.Sprintf("an identifier of %d numbers", len(oid))
	}
	return oid.String()
}
