package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rand"
	"crypto/rc4"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// objectKey returns the key of one object (algorithm 1 and 1.A).
func (c *crypt) objectKey(ref Ref, m method) []byte {
	if m == methodAES32 {
		return c.key
	}
	h := md5.New()
	h.Write(c.key)
	h.Write([]byte{byte(ref.Num), byte(ref.Num >> 8), byte(ref.Num >> 16), byte(ref.Gen), byte(ref.Gen >> 8)})
	if m == methodAES {
		h.Write([]byte("sAlT"))
	}
	return h.Sum(nil)[:min(len(c.key)+5, md5.Size)]
}

// decryptObject decrypts the strings of an object that stands for itself.
func (c *crypt) decryptObject(o Object, ref Ref, work *work) (Object, error) {
	if c.strings == methodNone || !c.dict.IsZero() && ref == c.dict {
		return o, nil
	}
	if s, ok := o.(*Stream); ok && s.Dict.Name("Type") == "XRef" {
		return o, nil
	}
	w := &stringWalker{convert: c.stringDecrypter(ref)}
	defer func() { work.lexed += int64(w.strings) * stringWork }()
	return w.walk(o)
}

// stringWalker replaces strings in an object, in place, and counts them.
type stringWalker struct {
	convert func([]byte) (plain []byte, odd bool, err error)
	strings int
}

func (w *stringWalker) walk(o Object) (Object, error) {
	var err error
	switch v := o.(type) {
	case String:
		w.strings++
		raw := v.Bytes
		if v.Bytes, v.odd, err = w.convert(raw); v.odd {
			v.raw = raw
		}
		return v, err
	case Array:
		for i := range v {
			if v[i], err = w.walk(v[i]); err != nil {
				return nil, err
			}
		}
	case Dict:
		plain := plainContents(v)
		for k, e := range v {
			if plain && k == "Contents" {
				continue
			}
			if v[k], err = w.walk(e); err != nil {
				return nil, err
			}
		}
	case *Stream:
		_, err = w.walk(v.Dict)
	}
	return o, err
}

// plainContents reports whether a dictionary is a signature's, whose Contents
// is never encrypted (7.6.2).
func plainContents(d Dict) bool {
	if d["ByteRange"] == nil {
		return false
	}
	switch d["Contents"].(type) {
	case String, *Placeholder:
		return true
	}
	return false
}

func (c *crypt) stringDecrypter(ref Ref) func([]byte) ([]byte, bool, error) {
	var key []byte
	var stream []byte      // of RC4, the same for every string of the object
	var block cipher.Block // of AES
	return func(b []byte) (plain []byte, odd bool, err error) {
		if len(b) == 0 {
			return b, false, nil
		}
		if key == nil {
			key = c.objectKey(ref, c.strings)
		}
		if c.strings == methodRC4 {
			if len(b) > maxStream {
				plain, err = rc4Bytes(key, b)
				return plain, false, err
			}
			if len(b) > len(stream) {
				if stream, err = rc4Bytes(key, make([]byte, min(2*len(b), maxStream))); err != nil {
					return nil, false, err
				}
			}
			subtle.XORBytes(b, b, stream)
			return b, false, nil
		}
		if block == nil {
			if block, err = aes.NewCipher(key); err != nil {
				return nil, false, fmt.Errorf("%w: %w", ErrEncryption, err)
			}
		}
		plain, odd = aesDecrypt(block, b)
		return plain, odd, nil
	}
}

// maxStream is how much of RC4's stream is kept: to begin it takes longer than
// all else that is done with a short string.
const maxStream = 4 << 10

func rc4Bytes(key, b []byte) ([]byte, error) {
	s, err := rc4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncryption, err)
	}
	out := make([]byte, len(b))
	s.XORKeyStream(out, b)
	return out, nil
}

// aesDecrypt decrypts CBC data that begins with its vector. Data that was
// never encrypted, is cut or is not padded right is odd: readers make different
// things of it. Where not even the last byte is padding, it is returned as it is.
func aesDecrypt(block cipher.Block, b []byte) (plain []byte, odd bool) {
	if len(b) < 2*aes.BlockSize || len(b)%aes.BlockSize != 0 {
		return b, true
	}
	data := append([]byte{}, b[aes.BlockSize:]...)
	cipher.NewCBCDecrypter(block, b[:aes.BlockSize]).CryptBlocks(data, data)
	plain, sure := unpad(data)
	if len(plain) == len(data) {
		plain = b
	}
	return plain, !sure
}

// unpad removes padding where there is any. It is sure if that is PKCS #7 to
// the letter: some readers look at its last byte alone, others keep it whole
// unless every byte is right.
func unpad(b []byte) (plain []byte, sure bool) {
	if len(b) == 0 {
		return b, false
	}
	last := b[len(b)-1]
	n := int(last)
	if n < 1 || n > aes.BlockSize || n > len(b) {
		return b, false
	}
	plain = b[:len(b)-n]
	return plain, bytes.Count(b[len(plain):], []byte{last}) == n
}

// decryptStream returns a reader of a stream's plain bytes.
func (c *crypt) decryptStream(r io.Reader, ref Ref, m method) (io.Reader, error) {
	switch m {
	case methodRC4:
		s, err := rc4.NewCipher(c.objectKey(ref, m))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrEncryption, err)
		}
		return cipher.StreamReader{S: s, R: r}, nil
	case methodAES, methodAES32:
		block, err := aes.NewCipher(c.objectKey(ref, m))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrEncryption, err)
		}
		return &cbcReader{r: r, block: block}, nil
	}
	return r, nil
}

// cbcReader decrypts CBC data that begins with its vector and ends with
// padding; it holds one block back to see the padding.
type cbcReader struct {
	r       io.Reader
	block   cipher.Block
	cbc     cipher.BlockMode
	buf     [32 * aes.BlockSize]byte
	held    []byte // decrypted, perhaps the last block
	pending []byte
	strict  bool // refuse what other readers cut off
	err     error
}

// Read implements io.Reader.
func (c *cbcReader) Read(p []byte) (int, error) {
	for len(c.pending) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.fill()
	}
	n := copy(p, c.pending)
	c.pending = c.pending[n:]
	return n, nil
}

func (c *cbcReader) fill() {
	if c.cbc == nil {
		var iv [aes.BlockSize]byte
		if _, err := io.ReadFull(c.r, iv[:]); err != nil {
			if c.err = endOfBlocks(err); c.strict && err == io.ErrUnexpectedEOF {
				c.err = damagedf("encrypted", "not padded to whole blocks")
			}
			return
		}
		c.cbc = cipher.NewCBCDecrypter(c.block, iv[:])
	}
	n, err := io.ReadFull(c.r, c.buf[:])
	whole := c.buf[:n-n%aes.BlockSize]
	c.cbc.CryptBlocks(whole, whole)
	out := append(c.held, whole...)
	if err != nil {
		c.err = endOfBlocks(err)
		plain, sure := unpad(out)
		c.pending, c.held = plain, nil
		if c.strict && errors.Is(c.err, io.EOF) && (n%aes.BlockSize != 0 || !sure) {
			c.err = damagedf("encrypted", "not padded to whole blocks")
		}
		return
	}
	c.pending = out[:len(out)-aes.BlockSize]
	c.held = append([]byte{}, out[len(out)-aes.BlockSize:]...)
}

func endOfBlocks(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return err
}

// encryptBytes encrypts a string or a stream's bytes.
func (c *crypt) encryptBytes(b []byte, ref Ref, m method) ([]byte, error) {
	key := c.objectKey(ref, m)
	switch m {
	case methodRC4:
		return rc4Bytes(key, b)
	case methodAES, methodAES32:
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrEncryption, err)
		}
		n := aes.BlockSize - len(b)%aes.BlockSize
		out := make([]byte, aes.BlockSize+len(b)+n)
		_, _ = rand.Read(out[:aes.BlockSize]) // never fails
		copy(out[aes.BlockSize:], b)
		for i := aes.BlockSize + len(b); i < len(out); i++ {
			out[i] = byte(n)
		}
		data := out[aes.BlockSize:]
		cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(data, data)
		return out, nil
	}
	return b, nil
}

// littlePermissions returns P as it enters key computation.
func (c *crypt) littlePermissions() []byte {
	return binary.LittleEndian.AppendUint32(nil, uint32(c.permissions))
}
