package text

// ReadCMap parses a CMap and splits shown through it; it returns the text.
func ReadCMap(data, shown []byte) (string, error) {
	m, err := parseCMap(data)
	if err != nil {
		return "", err
	}
	f := &font{composite: true, codes: m, toUnicode: m, scale: 0.001}
	out := ""
	err = f.split(shown, func(s shownGlyph) error {
		out += s.text
		return nil
	})
	return out, err
}

type shownGlyph = shown
