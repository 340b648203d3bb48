package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
	"unicode/utf8"
)

// passwordPad fills passwords of revisions 2 to 4 to 32 bytes (ISO 32000-2,
// 7.6.4.3.2).
var passwordPad = []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08" +
	"\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")

// open finds the file's key with the password, as owner or as user.
func (c *crypt) open(dict Dict, keyLength int, id, password []byte) error {
	owner, ok1 := dict["O"].(String)
	user, ok2 := dict["U"].(String)
	if !ok1 || !ok2 {
		return syntaxErrorf(-1, "encryption dictionary without O or U")
	}
	if c.revision >= 5 {
		return c.open5(dict, owner.Bytes, user.Bytes, password)
	}
	if len(owner.Bytes) < 32 || len(user.Bytes) < 32 {
		return syntaxErrorf(-1, "encryption dictionary with a short O or U")
	}
	o, u := owner.Bytes[:32], user.Bytes[:32]
	for _, pw := range passwords(password) {
		if key := c.userKey(padPassword(pw), o, id, keyLength); c.isUserKey(key, u, id) {
			c.key = key
			return nil
		}
		if key := c.userKey(c.userPassword(pw, o, keyLength), o, id, keyLength); c.isUserKey(key, u, id) {
			c.key, c.owner = key, true
			return nil
		}
	}
	return ErrPassword
}

// passwords returns the password and, when it is UTF-8 that Latin-1 can say,
// its Latin-1 form.
func passwords(pw []byte) [][]byte {
	all := [][]byte{pw}
	if !utf8.Valid(pw) || len(pw) == utf8.RuneCount(pw) {
		return all
	}
	var latin []byte
	for _, r := range string(pw) {
		if r > 0xff {
			return all
		}
		latin = append(latin, byte(r))
	}
	return append(all, latin)
}

func padPassword(pw []byte) []byte {
	return append(append([]byte{}, pw...), passwordPad...)[:32]
}

// userKey computes the file's key from a padded user password (algorithm 2).
func (c *crypt) userKey(padded, o, id []byte, length int) []byte {
	h := md5.New()
	h.Write(padded)
	h.Write(o)
	h.Write(c.littlePermissions())
	h.Write(id)
	if c.revision >= 4 && !c.metadata {
		h.Write([]byte{0xff, 0xff, 0xff, 0xff})
	}
	key := h.Sum(nil)
	if c.revision >= 3 {
		for range 50 {
			sum := md5.Sum(key[:length])
			key = sum[:]
		}
	}
	return key[:length]
}

// isUserKey checks a key against U (algorithms 4 to 6).
func (c *crypt) isUserKey(key, u, id []byte) bool {
	if c.revision == 2 {
		return subtle.ConstantTimeCompare(rc4Rounds(key, passwordPad, 0, 0), u) == 1
	}
	h := md5.New()
	h.Write(passwordPad)
	h.Write(id)
	return subtle.ConstantTimeCompare(rc4Rounds(key, h.Sum(nil), 0, 19), u[:16]) == 1
}

// userPassword recovers the padded user password from O with the owner's
// (algorithm 7).
func (c *crypt) userPassword(owner, o []byte, length int) []byte {
	sum := md5.Sum(padPassword(owner))
	if c.revision == 2 {
		return rc4Rounds(sum[:length], o, 0, 0)
	}
	for range 50 {
		sum = md5.Sum(sum[:])
	}
	return rc4Rounds(sum[:length], o, 19, 0)
}

// rc4Rounds encrypts with the key changed by each number from first to last.
func rc4Rounds(key, data []byte, first, last int) []byte {
	out := bytes.Clone(data)
	step := 1
	if first > last {
		step = -1
	}
	k := make([]byte, len(key))
	for i := first; ; i += step {
		for j := range key {
			k[j] = key[j] ^ byte(i)
		}
		s, err := rc4.NewCipher(k)
		if err != nil {
			panic("pdf: RC4 key of impossible length")
		}
		s.XORKeyStream(out, out)
		if i == last {
			return out
		}
	}
}

// open5 finds the key of revisions 5 and 6 (algorithm 2.A).
func (c *crypt) open5(dict Dict, o, u, password []byte) error {
	oe, ok1 := dict["OE"].(String)
	ue, ok2 := dict["UE"].(String)
	if !ok1 || !ok2 || len(oe.Bytes) < 32 || len(ue.Bytes) < 32 || len(o) < 48 || len(u) < 48 {
		return syntaxErrorf(-1, "encryption dictionary with short keys")
	}
	o, u = o[:48], u[:48]
	pw := password[:min(len(password), 127)]
	wrapped, salt, extra := ue.Bytes[:32], u[40:48], []byte(nil)
	switch {
	case subtle.ConstantTimeCompare(c.hash5(pw, o[32:40], u), o[:32]) == 1:
		wrapped, salt, extra = oe.Bytes[:32], o[40:48], u
		c.owner = true
	case subtle.ConstantTimeCompare(c.hash5(pw, u[32:40], nil), u[:32]) != 1:
		return ErrPassword
	}
	block, err := aes.NewCipher(c.hash5(pw, salt, extra))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEncryption, err)
	}
	c.key = make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(c.key, wrapped)
	return c.checkPermissions(dict)
}

// checkPermissions compares P with its encrypted copy (algorithm 13).
func (c *crypt) checkPermissions(dict Dict) error {
	perms, ok := dict["Perms"].(String)
	if !ok || len(perms.Bytes) < aes.BlockSize {
		return syntaxErrorf(-1, "encryption dictionary without Perms")
	}
	block, err := aes.NewCipher(c.key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEncryption, err)
	}
	var plain [aes.BlockSize]byte
	block.Decrypt(plain[:], perms.Bytes[:aes.BlockSize])
	if string(plain[9:12]) != "adb" || !bytes.Equal(plain[:4], c.littlePermissions()) {
		return syntaxErrorf(-1, "permissions are not those that were encrypted")
	}
	return nil
}

// hash5 hashes a password: SHA-256 for revision 5, algorithm 2.B for 6.
func (c *crypt) hash5(password, salt, extra []byte) []byte {
	h := sha256.New()
	h.Write(password)
	h.Write(salt)
	h.Write(extra)
	k := h.Sum(nil)
	if c.revision == 5 {
		return k
	}
	var e []byte
	for i := 0; i < 64 || int(e[len(e)-1]) > i-32; i++ {
		one := bytes.Join([][]byte{password, k, extra}, nil)
		e = bytes.Repeat(one, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			panic("pdf: AES key of impossible length")
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(e, e)
		sum := 0
		for _, b := range e[:16] {
			sum += int(b)
		}
		switch sum % 3 {
		case 0:
			s := sha256.Sum256(e)
			k = s[:]
		case 1:
			s := sha512.Sum384(e)
			k = s[:]
		default:
			s := sha512.Sum512(e)
			k = s[:]
		}
	}
	return k[:32]
}
