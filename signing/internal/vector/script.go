package vector

import "unicode"

// joined are the scripts whose letters join, change their shape or change places
// with others (Unicode 15.0, chapters 12 to 17), as far as they are written from
// left to right.
var joined = []*unicode.RangeTable{
	unicode.Ahom, unicode.Balinese, unicode.Batak, unicode.Bengali, unicode.Bhaiksuki, unicode.Brahmi,
	unicode.Buginese, unicode.Chakma, unicode.Cham, unicode.Devanagari, unicode.Dives_Akuru, unicode.Dogra,
	unicode.Grantha, unicode.Gujarati, unicode.Gunjala_Gondi, unicode.Gurmukhi, unicode.Hanunoo, unicode.Javanese,
	unicode.Kaithi, unicode.Kannada, unicode.Kawi, unicode.Kayah_Li, unicode.Khmer, unicode.Khojki,
	unicode.Khudawadi, unicode.Lepcha, unicode.Limbu, unicode.Mahajani, unicode.Makasar, unicode.Malayalam,
	unicode.Marchen, unicode.Masaram_Gondi, unicode.Meetei_Mayek, unicode.Modi, unicode.Mongolian, unicode.Multani,
	unicode.Myanmar, unicode.Nandinagari, unicode.Newa, unicode.Oriya, unicode.Phags_Pa, unicode.Rejang,
	unicode.Saurashtra, unicode.Sharada, unicode.Siddham, unicode.Sinhala, unicode.Soyombo, unicode.Sundanese,
	unicode.Syloti_Nagri, unicode.Tagalog, unicode.Tagbanwa, unicode.Tai_Tham, unicode.Tai_Viet, unicode.Takri,
	unicode.Tamil, unicode.Telugu, unicode.Tibetan, unicode.Tirhuta, unicode.Zanabazar_Square,
	jamo,
}

// jamo are the parts of Hangul syllables that NFC leaves uncomposed.
var jamo = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x1100, Hi: 0x11FF, Stride: 1}, {Lo: 0xA960, Hi: 0xA97F, Stride: 1}, {Lo: 0xD7B0, Hi: 0xD7FF, Stride: 1}}}

// misplaced says why a character of composed text cannot simply be drawn behind
// the one before; zero: it can.
func misplaced(r rune) Reason {
	switch {
	case r < 0x0300: // most of all text
		return 0
	case unicode.In(r, joined...):
		return JoinedScript
	case unicode.Is(unicode.M, r):
		return LooseMark
	}
	return 0
}
