package text

import "strings"

// asciiCIDs returns the CIDs of the characters from U+0020 to U+007E by a
// predefined CMap whose codes are Unicode (ISO 32000-2, table 116), as Adobe's
// CMap resources have them: from 1 on, but for Japanese. Those of another CMap are
// unknown.
func asciiCIDs(name string) []uint32 {
	cids := make([]uint32, '~'-' '+1)
	for i := range cids {
		cids[i] = uint32(1 + i)
	}
	switch {
	case strings.HasPrefix(name, "UniGB"), strings.HasPrefix(name, "UniCNS"), strings.HasPrefix(name, "UniKS"):
	case !strings.HasPrefix(name, "UniJIS"):
		return nil
	case strings.Contains(name, "-HW-"): // characters of half an em
		for i := range cids {
			cids[i] = uint32(231 + i)
		}
		cids['\\'-' '] = 8719
	default:
		cids['\\'-' '] = 97 // the CID in its row is the yen's
		if strings.Contains(name, "UTF16") {
			cids['|'-' '], cids['}'-' '], cids['~'-' '] = 99, 94, 100
		}
	}
	return cids
}
