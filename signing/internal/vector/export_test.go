package vector

// Subset returns the TrueType file that embeds the characters of text.
func Subset(f *Font, text string) ([]byte, error) {
	chars, err := f.shape(text)
	if err != nil {
		return nil, err
	}
	var glyphs []int
	for _, c := range chars {
		glyphs = append(glyphs, c.glyph)
	}
	s, err := newSubset(f, glyphs)
	if err != nil {
		return nil, err
	}
	return s.file(), nil
}

// Pixels returns a picture's size and the colour and opacity at a place.
func (img *Image) Pixels() (width, height int, at func(x, y int) [4]uint8) {
	return img.width, img.height, func(x, y int) [4]uint8 {
		c := img.pixels.NRGBAAt(x, y)
		return [4]uint8{c.R, c.G, c.B, c.A}
	}
}

// Within returns the picture as it is reduced, as Pixels does.
func (img *Image) Within(width, height float64) (w, h int, at func(x, y int) [4]uint8) {
	return img.within(width, height).Pixels()
}
