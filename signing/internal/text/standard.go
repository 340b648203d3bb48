package text

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// widthData holds the advance of each character in Helvetica, Helvetica-Bold,
// Times-Roman, Times-Bold, Times-Italic and Times-BoldItalic, for documents
// that leave the widths of the standard 14 fonts out (ISO 32000-2, 9.6.2.2).
//
//go:embed widths.txt
var widthData string

var standardWidths = sync.OnceValue(func() map[string][6]float64 {
	widths := make(map[string][6]float64, 400)
	for line := range strings.Lines(widthData) {
		fields := strings.Fields(line)
		r, err := strconv.ParseUint(fields[0], 16, 21)
		if err != nil {
			panic("text: standard widths: " + err.Error())
		}
		var w [6]float64
		for i := range w {
			if w[i], err = strconv.ParseFloat(fields[i+1], 64); err != nil {
				panic("text: standard widths: " + err.Error())
			}
		}
		widths[string(rune(r))] = w
	}
	return widths
})

// standardWidths sets the widths of the standard font whose name is nearest to
// base.
func (f *font) standardWidths(base string) {
	name := strings.ToLower(base)
	bold := strings.Contains(name, "bold")
	italic := strings.Contains(name, "italic") || strings.Contains(name, "oblique")
	column := 0
	switch {
	case strings.Contains(name, "courier") || strings.Contains(name, "mono"):
		f.width = 600
		return
	case strings.Contains(name, "times") && italic && bold:
		column = 5
	case strings.Contains(name, "times") && italic:
		column = 4
	case strings.Contains(name, "times") && bold:
		column = 3
	case strings.Contains(name, "times"):
		column = 2
	case bold:
		column = 1
	}
	f.width = 500
	for c, char := range f.encoding {
		if w, ok := standardWidths()[char]; ok {
			f.widths[uint32(c)] = w[column]
		}
	}
}
