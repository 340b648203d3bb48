package passphrase_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/sertel-id/sertel/passphrase"
)

type wycheproof struct {
	TestGroups []struct {
		Tests []struct {
			TcID                       int
			Password, Salt, IV, CT, DK string
			IterationCount, DKLen      int
			Result                     string
		}
	}
}

func readWycheproof(t *testing.T, name string) wycheproof {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "wycheproof", name))
	require.NoError(t, err)
	var w wycheproof
	require.NoError(t, json.Unmarshal(data, &w))
	require.NotEmpty(t, w.TestGroups)
	return w
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// PBKDF2 vectors, through the MAC of a file (RFC 9579).
func TestWycheproofPBKDF2(t *testing.T) {
	ran := 0
	for _, group := range readWycheproof(t, "pbkdf2_hmacsha256_test.json").TestGroups {
		for _, v := range group.Tests {
			password, key := unhex(t, v.Password), unhex(t, v.DK)
			if len(password) == 0 || !utf8.Valid(password) || bytes.ContainsFunc(password, func(r rune) bool { return r > 0xFFFF }) ||
				v.DKLen < 20 || v.DKLen > 64 {
				continue // the format carries no such passphrase or key
			}
			ran++
			t.Run(fmt.Sprint(v.TcID), func(t *testing.T) {
				want, file := cheapFile(t, pkcs12.Modern2023, string(password))
				_, _, contents := parse(t, file)
				got, err := passphrase.ImportPKCS12(withPBMAC1(t, contents, unhex(t, v.Salt), v.IterationCount, key), passphrase.New(password))
				require.NoError(t, err)
				sameKey(t, want, got)
				if v.IterationCount > 5000 {
					return // slow, and the right answer was found
				}
				key[0] ^= 1
				_, err = passphrase.ImportPKCS12(withPBMAC1(t, contents, unhex(t, v.Salt), v.IterationCount, key), passphrase.New(password))
				assert.ErrorIs(t, err, passphrase.ErrMismatch)
			})
		}
	}
	assert.GreaterOrEqual(t, ran, 17)
}

// PBES2 vectors, through the encrypted content of a file. Their plain texts are
// no bags, so what is seen is that the padding came out right, which a wrong key
// achieves once in 256 times.
func TestWycheproofPBES2(t *testing.T) {
	ran, wrong := 0, 0
	for _, group := range readWycheproof(t, "pbes2_hmacsha256_aes_256_test.json").TestGroups {
		for _, v := range group.Tests {
			password := unhex(t, v.Password)
			if len(password) == 0 || !utf8.Valid(password) || bytes.ContainsFunc(password, func(r rune) bool { return r > 0xFFFF }) {
				continue
			}
			ran++
			_, file := cheapFile(t, pkcs12.Modern2026, string(password))
			_, _, contents := parse(t, file)
			key := make([]byte, 32)
			copyPBKDF2(t, key, string(password), []byte("salt"))
			decrypt := func(salt []byte) error {
				vector := encryptedContent(t, pbes2Params(t, salt, unhex(t, v.IV), v.IterationCount), unhex(t, v.CT))
				_, err := passphrase.ImportPKCS12(withPBMAC1(t, []content{vector, contents[1]}, []byte("salt"), 1, key), passphrase.New(password))
				return err
			}
			err := decrypt(unhex(t, v.Salt))
			assert.ErrorIs(t, err, passphrase.ErrPKCS12)
			assert.NotErrorIs(t, err, pkcs12.ErrDecryption, "vector %d", v.TcID)
			if ran <= 8 && errors.Is(decrypt([]byte("another")), pkcs12.ErrDecryption) {
				wrong++
			}
		}
	}
	assert.Greater(t, ran, 40)
	assert.Greater(t, wrong, 5, "another salt gives another key")
}
