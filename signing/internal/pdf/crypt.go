package pdf

import "fmt"

// Encryption describes how a file is encrypted (ISO 32000-2, 7.6).
type Encryption struct {
	Version  int // V: 1, 2, 4 or 5
	Revision int // R: 2 to 6
	KeyBits  int
	// Streams and Strings name the methods: "None", "V2" (RC4), "AESV2",
	// "AESV3".
	Streams, Strings string
	// Metadata tells whether metadata streams are encrypted.
	Metadata bool
	// Owner tells that the password opened the file as owner, who may do
	// everything; else Permissions (table 22) bind.
	Owner       bool
	Permissions int32
}

// method is a way to encrypt streams or strings.
type method string

const (
	methodNone  method = "None"
	methodRC4   method = "V2"
	methodAES   method = "AESV2"
	methodAES32 method = "AESV3"
)

// crypt is the standard security handler of an open file.
type crypt struct {
	version, revision int
	key               []byte
	streams, strings  method
	files             method
	filters           map[Name]method
	metadata          bool
	owner             bool
	permissions       int32
	dict              Ref // the encryption dictionary, itself not encrypted
}

// Encryption tells how the file is encrypted; ok is false when it is not.
func (d *Document) Encryption() (e Encryption, ok bool) {
	c := d.crypt
	if c == nil {
		return Encryption{}, false
	}
	return Encryption{
		Version: c.version, Revision: c.revision, KeyBits: 8 * len(c.key),
		Streams: string(c.streams), Strings: string(c.strings),
		Metadata: c.metadata, Owner: c.owner, Permissions: c.permissions,
	}, true
}

// openCrypt sets up decryption when the trailer asks for it.
func (d *Document) openCrypt() error {
	trailer := d.sections[0].trailer
	if trailer["Encrypt"] == nil {
		for _, s := range d.sections {
			if s.trailer["Encrypt"] != nil {
				return syntaxErrorf(s.offset, "an older revision is encrypted, a newer one not")
			}
		}
		return nil
	}
	dict, err := d.Dict(trailer["Encrypt"])
	if err != nil {
		return err
	}
	if dict == nil {
		return syntaxErrorf(-1, "encryption dictionary is missing")
	}
	if dict, err = d.shallow(dict); err != nil {
		return err
	}
	var id []byte
	if a, err := d.Array(trailer["ID"]); err == nil && len(a) > 0 {
		if s, ok := a[0].(String); ok {
			id = s.Bytes
		}
	}
	c, err := newCrypt(dict, id, d.opts.Password)
	if err != nil {
		return err
	}
	c.dict, _ = trailer["Encrypt"].(Ref)
	d.crypt = c
	d.stored = nil // what was decoded before was not decrypted
	return nil
}

// shallow resolves the values of a dictionary.
func (d *Document) shallow(dict Dict) (Dict, error) {
	out := make(Dict, len(dict))
	for k, v := range dict {
		var err error
		if out[k], err = d.Resolve(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newCrypt reads an encryption dictionary and finds the file's key.
func newCrypt(dict Dict, id, password []byte) (*crypt, error) {
	if f := dict.Name("Filter"); f != "Standard" {
		return nil, fmt.Errorf("%w: security handler %.40q", ErrEncryption, string(f))
	}
	v, _ := dict.Int("V")
	r, _ := dict.Int("R")
	p, _ := dict.Int("P")
	c := &crypt{version: int(v), revision: int(r), permissions: int32(p), metadata: true}
	if m, ok := dict["EncryptMetadata"].(bool); ok {
		c.metadata = m
	}
	bits, ok := dict.Int("Length")
	if !ok {
		bits = 40
	}
	switch {
	case v == 1 && r >= 2 && r <= 3:
		bits = 40
	case v == 2 && r >= 2 && r <= 3:
		if bits < 40 || bits > 128 || bits%8 != 0 {
			return nil, syntaxErrorf(-1, "encryption key of %d bits", bits)
		}
	case v == 4 && r == 4:
		bits = 128
	case v == 5 && (r == 5 || r == 6):
		bits = 256
	default:
		return nil, fmt.Errorf("%w: version %d, revision %d", ErrEncryption, v, r)
	}
	c.streams, c.strings, c.files = methodRC4, methodRC4, methodRC4
	if v >= 4 {
		if err := c.readFilters(dict); err != nil {
			return nil, err
		}
	}
	return c, c.open(dict, int(bits/8), id, password)
}

// readFilters reads the crypt filters (7.6.6).
func (c *crypt) readFilters(dict Dict) error {
	c.filters = map[Name]method{"Identity": methodNone}
	filters, _ := dict["CF"].(Dict)
	for name, o := range filters {
		f, ok := o.(Dict)
		if !ok {
			return syntaxErrorf(-1, "crypt filter is a %s", kindOf(o))
		}
		m := method(f.Name("CFM"))
		switch {
		case m == "", m == methodNone:
			m = methodNone
		case c.version == 4 && (m == methodRC4 || m == methodAES), c.version == 5 && m == methodAES32:
		default:
			return fmt.Errorf("%w: crypt filter method %.40q", ErrEncryption, string(m))
		}
		if name != "Identity" {
			c.filters[name] = m
		}
	}
	var err error
	if c.streams, err = c.named(dict.Name("StmF"), methodNone); err != nil {
		return err
	}
	if c.strings, err = c.named(dict.Name("StrF"), methodNone); err != nil {
		return err
	}
	c.files, err = c.named(dict.Name("EFF"), c.streams)
	return err
}

func (c *crypt) named(name Name, missing method) (method, error) {
	if name == "" {
		return missing, nil
	}
	m, ok := c.filters[name]
	if !ok {
		return "", syntaxErrorf(-1, "crypt filter %.40q is not defined", string(name))
	}
	return m, nil
}

// streamMethod returns how a stream's bytes are encrypted.
func (c *crypt) streamMethod(dict Dict, filters []Name, params []Dict) method {
	kind := dict.Name("Type")
	if kind == "XRef" {
		return methodNone
	}
	if len(filters) > 0 && filters[0] == "Crypt" {
		name := params[0].Name("Name")
		if m, ok := c.filters[name]; ok {
			return m
		}
		return methodNone // Identity is the default (table 14)
	}
	if kind == "Metadata" && !c.metadata {
		return methodNone
	}
	if kind == "EmbeddedFile" {
		return c.files
	}
	return c.streams
}
