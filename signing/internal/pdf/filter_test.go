package pdf_test

import (
	"bytes"
	"compress/lzw"
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

func decode(t *testing.T, dict pdf.Dict, data string, limit int64) ([]byte, error) {
	t.Helper()
	return mustOpen(t, plain().Bytes()).StreamData(pdf.NewStream(dict, []byte(data)), limit)
}

func TestFilters(t *testing.T) {
	text := strings.Repeat("naskah dinas ", 500) + "\x00\xff"
	a85 := make([]byte, ascii85.MaxEncodedLen(len(text)))
	a85 = a85[:ascii85.Encode(a85, []byte(text))]
	filter := func(names ...pdf.Name) pdf.Dict {
		a := pdf.Array{}
		for _, n := range names {
			a = append(a, n)
		}
		return pdf.Dict{"Filter": a}
	}
	tests := []struct {
		name string
		dict pdf.Dict
		data string
		want string
	}{
		{"none", nil, text, text},
		{"flate", filter("FlateDecode"), deflate(text), text},
		{"flate, single name", pdf.Dict{"Filter": pdf.Name("FlateDecode")}, deflate(text), text},
		{"flate after an end of line", filter("Fl"), "\r\n" + deflate(text), text},
		{"flate with a wrong checksum", filter("FlateDecode"), deflate(text)[:len(deflate(text))-4] + "\x00\x00\x00\x00", text},
		{"hexadecimal", filter("ASCIIHexDecode"), " " + hex.EncodeToString([]byte(text)) + ">", text},
		{"hexadecimal, odd", filter("AHx"), "4 14>", "A@"},
		{"base 85", filter("ASCII85Decode"), string(a85) + "~>", text},
		{"base 85 in lines, with z", filter("A85"), "z\n87cU\nRD]~>", "\x00\x00\x00\x00Hello"},
		{"run length", filter("RunLengthDecode"), "\x02abc\xfdx\x80ignored", "abcxxxx"},
		{"run length without end", filter("RL"), "\x00a", "a"},
		// The example of ISO 32000-2, 7.4.4.2.
		{"LZW", filter("LZWDecode"), "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"},
		{"hexadecimal of flate", filter("ASCIIHexDecode", "FlateDecode"), hex.EncodeToString([]byte(deflate(text))) + ">", text},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decode(t, test.dict, test.data, 1<<20)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
			if len(test.want) > 2 {
				_, err = decode(t, test.dict, test.data, int64(len(test.want))-1)
				require.ErrorIs(t, err, pdf.ErrLimit)
			}
			got, err = decode(t, test.dict, test.data, int64(len(test.want)))
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
		})
	}
}

func TestDamagedFilters(t *testing.T) {
	text := strings.Repeat("naskah dinas ", 500)
	tests := []struct {
		name   string
		filter pdf.Name
		data   string
		begins string // what is decoded before the damage
		want   error
	}{
		{"flate that is none", "FlateDecode", "not flate", "", pdf.ErrMalformed},
		{"flate cut", "FlateDecode", deflate(text)[:40], "naskah", pdf.ErrMalformed},
		{"hexadecimal with a stranger", "ASCIIHexDecode", "4142x", "AB", pdf.ErrMalformed},
		{"base 85 with a stranger", "ASCII85Decode", "87cUR\x80", "Hell", pdf.ErrMalformed},
		{"run length cut", "RunLengthDecode", "\x05ab", "ab", pdf.ErrMalformed},
		{"LZW with a code too high", "LZWDecode", "\x80\x1f\xff\xff", "", pdf.ErrMalformed},
		{"an image's filter", "DCTDecode", "x", "", pdf.ErrFilter},
		{"a filter of someone else", "Contoh", "x", "", pdf.ErrFilter},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := decode(t, pdf.Dict{"Filter": test.filter}, test.data, 1<<20)
			require.ErrorIs(t, err, test.want)
			assert.True(t, strings.HasPrefix(string(got), test.begins), "%q", got)
		})
	}
	many := pdf.Array{}
	for range 40 {
		many = append(many, pdf.Name("FlateDecode"))
	}
	_, err := decode(t, pdf.Dict{"Filter": many}, "", 1)
	require.ErrorIs(t, err, pdf.ErrLimit)
}

// TestLZWAsGo compares with the standard library, whose codes grow one code
// later than PDF's by default.
func TestLZWAsGo(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 300, 5000, 100_000} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(random.IntN(5))
		}
		var b bytes.Buffer
		w := lzw.NewWriter(&b, lzw.MSB, 8)
		_, _ = w.Write(data)
		require.NoError(t, w.Close())
		dict := pdf.Dict{"Filter": pdf.Name("LZWDecode"), "DecodeParms": pdf.Dict{"EarlyChange": pdf.Integer(0)}}
		got, err := decode(t, dict, b.String(), 1<<20)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(data, got), "%d bytes", size)
	}
}

// TestPredictors encodes rows with each filter and reads them back.
func TestPredictors(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const columns, colors = 7, 3
	data := make([]byte, columns*colors*10)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	for filter := range 5 {
		encoded := pngEncode(data, columns*colors, colors, byte(filter))
		got, err := decode(t, pdf.Dict{"Filter": pdf.Name("FlateDecode"), "DecodeParms": pdf.Dict{
			"Predictor": pdf.Integer(12), "Columns": pdf.Integer(columns), "Colors": pdf.Integer(colors),
		}}, deflate(encoded), 1<<20)
		require.NoError(t, err)
		assert.Equal(t, data, got, "PNG filter %d", filter)
	}
	for bits, test := range map[int]struct{ in, want string }{
		8:  {"\x01\x02\x03\x01\x01\x01", "\x01\x02\x03\x02\x03\x04"},
		16: {"\x00\xff\x00\x01\x00\x01\x00\x01\x00\x01\x00\x01", "\x00\xff\x00\x01\x00\x01\x01\x00\x00\x02\x00\x02"},
		4:  {"\x12\x31\x11", "\x12\x32\x34"},
		1:  {"\xa8", "\xbf"}, // 101 010 and two bits of padding
	} {
		got, err := decode(t, pdf.Dict{"Filter": pdf.Name("FlateDecode"), "DecodeParms": pdf.Dict{
			"Predictor": pdf.Integer(2), "Columns": pdf.Integer(2), "Colors": pdf.Integer(3), "BitsPerComponent": pdf.Integer(bits),
		}}, deflate(test.in), 1<<20)
		require.NoError(t, err)
		assert.Equal(t, test.want, string(got), "TIFF, %d bits", bits)
	}
	for name, params := range map[string]pdf.Dict{
		"row of no bytes":     {"Predictor": pdf.Integer(12), "Columns": pdf.Integer(0)},
		"row too long":        {"Predictor": pdf.Integer(12), "Columns": pdf.Integer(1 << 40)},
		"unknown predictor":   {"Predictor": pdf.Integer(5)},
		"parameter no number": {"Predictor": pdf.Name("x")},
	} {
		_, err := decode(t, pdf.Dict{"Filter": pdf.Name("FlateDecode"), "DecodeParms": params}, deflate("x"), 1)
		require.ErrorIs(t, err, pdf.ErrMalformed, name)
	}
}

// pngEncode applies one row filter of PNG to all rows.
func pngEncode(data []byte, row, bpp int, filter byte) string {
	var out bytes.Buffer
	prev := make([]byte, row)
	at := func(b []byte, i int) int {
		if i < 0 {
			return 0
		}
		return int(b[i])
	}
	for ; len(data) > 0; data = data[row:] {
		cur := data[:row]
		out.WriteByte(filter)
		for i, c := range cur {
			a, b, up := at(cur, i-bpp), at(prev, i), at(prev, i-bpp)
			p := []int{0, a, b, (a + b) / 2, 0}[filter]
			if filter == 4 {
				best := a + b - up
				p = a
				dist := func(x int) int { return max(best-x, x-best) }
				if dist(b) < dist(p) {
					p = b
				}
				if dist(up) < dist(p) {
					p = up
				}
			}
			out.WriteByte(c - byte(p))
		}
		prev = cur
	}
	return out.String()
}

func TestStreamBomb(t *testing.T) {
	bomb := deflate(deflate(string(make([]byte, 8<<20))))
	data := withObject(fmt.Sprintf("<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream", len(bomb), bomb))
	d := mustOpen(t, data)
	o, err := d.Get(pdf.Ref{Num: 4})
	require.NoError(t, err)
	_, err = d.StreamData(o.(*pdf.Stream), 1<<20)
	require.ErrorIs(t, err, pdf.ErrLimit)
	raw, err := d.RawData(o.(*pdf.Stream), 1<<20)
	require.NoError(t, err)
	assert.Equal(t, bomb, string(raw))
}
