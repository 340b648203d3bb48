package pdf

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rand"
	"crypto/rc4"
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
func (c *crypt) decryptObject(o Object, ref Ref) (Object, error) {
	if c.strings == methodNone || !c.dict.IsZero() && ref == c.dict {
		return o, nil
	}
	if s, ok := o.(*Stream); ok && s.Dict.Name("Type") == "XRef" {
		return o, nil
	}
	w := &stringWalker{convert: c.stringDecrypter(ref)}
	return w.walk(o)
}

// stringWalker replaces strings in an object, in place.
type stringWalker struct {
	convert func([]byte) ([]byte, error)
}

func (w *stringWalker) walk(o Object) (Object, error) {
	var err error
	switch v := o.(type) {
	case String:
		v.Bytes, err = w.convert(v.Bytes)
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

func (c *crypt) stringDecrypter(ref Ref) func([]byte) ([]byte, error) {
	key := c.objectKey(ref, c.strings)
	return func(b []byte) ([]byte, error) {
		if len(b) == 0 {
			return b, nil
		}
		if c.strings == methodRC4 {
			return rc4Bytes(key, b)
		}
		return aesDecrypt(key, b)
	}
}

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
// never encrypted, or is cut, gives what whole blocks give.
func aesDecrypt(key, b []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncryption, err)
	}
	if len(b) < 2*aes.BlockSize {
		return nil, nil
	}
	data := append([]byte{}, b[aes.BlockSize:len(b)-len(b)%aes.BlockSize]...)
	cipher.NewCBCDecrypter(block, b[:aes.BlockSize]).CryptBlocks(data, data)
	return unpad(data), nil
}

// unpad removes PKCS #7 padding where there is any.
func unpad(b []byte) []byte {
	if len(b) == 0 {
		return b
	}
	n := int(b[len(b)-1])
	if n < 1 || n > aes.BlockSize || n > len(b) {
		return b
	}
	return b[:len(b)-n]
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
			c.err = endOfBlocks(err)
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
		c.pending, c.held = unpad(out), nil
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
