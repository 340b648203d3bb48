package passphrase_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"
	"testing"

	"github.com/stretchr/testify/require"
)

// The shapes of RFC 7292, for building hostile files.
type (
	pfx struct {
		Version  int
		AuthSafe content
		Mac      mac `asn1:"optional"`
	}
	content struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}
	mac struct {
		Digest struct {
			Algorithm pkix.AlgorithmIdentifier
			Digest    []byte
		}
		Salt       []byte
		Iterations int `asn1:"optional,default:1"`
	}
	encrypted struct {
		Version int
		Info    struct {
			Type      asn1.ObjectIdentifier
			Algorithm pkix.AlgorithmIdentifier
			Data      asn1.RawValue
		}
	}
	pbes2 struct{ KDF, Encryption pkix.AlgorithmIdentifier }
	kdf   struct {
		Salt       []byte
		Iterations int
		KeyLength  int `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier
	}
)

var (
	oidData       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncrypted  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidPBMAC1     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}
	oidHMACSHA1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7}
	oidHMACSHA512 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 11}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

func der(t testing.TB, v any) []byte {
	t.Helper()
	out, err := asn1.Marshal(v)
	require.NoError(t, err)
	return out
}

func explicit(b []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: b}
}

func raw(b []byte) asn1.RawValue { return asn1.RawValue{FullBytes: b} }

func parse(t testing.TB, file []byte) (p pfx, authSafe []byte, contents []content) {
	t.Helper()
	_, err := asn1.Unmarshal(file, &p)
	require.NoError(t, err)
	_, err = asn1.Unmarshal(p.AuthSafe.Content.Bytes, &authSafe)
	require.NoError(t, err)
	_, err = asn1.Unmarshal(authSafe, &contents)
	require.NoError(t, err)
	return p, authSafe, contents
}

func pbkdf2Params(t testing.TB, salt []byte, iterations, keyLength int) pkix.AlgorithmIdentifier {
	return pkix.AlgorithmIdentifier{Algorithm: oidPBKDF2, Parameters: raw(der(t, kdf{
		salt, iterations, keyLength, pkix.AlgorithmIdentifier{Algorithm: oidHMACSHA256, Parameters: asn1.NullRawValue},
	}))}
}

func pbes2Params(t testing.TB, salt, iv []byte, iterations int) pkix.AlgorithmIdentifier {
	return pkix.AlgorithmIdentifier{Algorithm: oidPBES2, Parameters: raw(der(t, pbes2{
		pbkdf2Params(t, salt, iterations, 0),
		pkix.AlgorithmIdentifier{Algorithm: oidAES256CBC, Parameters: raw(der(t, iv))},
	}))}
}

func encryptedContent(t testing.TB, algorithm pkix.AlgorithmIdentifier, ciphertext []byte) content {
	var e encrypted
	e.Info.Type, e.Info.Algorithm = oidData, algorithm
	e.Info.Data = asn1.RawValue{Class: asn1.ClassContextSpecific, Bytes: ciphertext}
	return content{oidEncrypted, explicit(der(t, e))}
}

// withPBMAC1 puts contents into a file under a MAC whose key is known.
func withPBMAC1(t testing.TB, contents []content, salt []byte, iterations int, key []byte) []byte {
	return withMAC(t, contents, pbkdf2Params(t, salt, iterations, len(key)), oidHMACSHA256, sha256.New, key)
}

func withMAC(t testing.TB, contents []content, derivation pkix.AlgorithmIdentifier, oid asn1.ObjectIdentifier, newHash func() hash.Hash, key []byte) []byte {
	t.Helper()
	authSafe := der(t, contents)
	p := pfx{Version: 3, AuthSafe: content{oidData, explicit(der(t, authSafe))}}
	p.Mac.Digest.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidPBMAC1, Parameters: raw(der(t, pbes2{
		derivation, pkix.AlgorithmIdentifier{Algorithm: oid},
	}))}
	sum := hmac.New(newHash, key)
	sum.Write(authSafe)
	p.Mac.Digest.Digest = sum.Sum(nil)
	p.Mac.Salt = []byte("unused")
	return der(t, p)
}

// copyPBKDF2 fills key from one iteration of PBKDF2.
func copyPBKDF2(t testing.TB, key []byte, password string, salt []byte) {
	t.Helper()
	derived, err := pbkdf2.Key(sha256.New, password, salt, 1, len(key))
	require.NoError(t, err)
	copy(key, derived)
}

// encryptPBES2 encrypts with AES-256-CBC under one iteration of PBKDF2.
func encryptPBES2(t testing.TB, password string, salt, iv, plain []byte) []byte {
	t.Helper()
	key := make([]byte, 32)
	copyPBKDF2(t, key, password, salt)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	padded := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(padded, padded)
	return padded
}

// encryptedKeyBag is a bag with an encrypted key of the given cost.
func encryptedKeyBag(t testing.TB, iterations int) []byte {
	t.Helper()
	type key struct {
		Algorithm any
		Data      []byte
	}
	type bag struct {
		ID    asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	shrouded := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	algorithm := pbes2Params(t, []byte("saltsalt"), make([]byte, 16), iterations)
	return der(t, bag{shrouded, explicit(der(t, key{algorithm, make([]byte, 64)}))})
}
