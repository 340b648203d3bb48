package pdf_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// TestObjectsAsQPDF compares every object of every corpus file that opens
// without repair, streams decoded, with what qpdf reads.
func TestObjectsAsQPDF(t *testing.T) {
	files := corpusFiles(t)
	requireTool(t, "qpdf")
	compared, streams := 0, 0
	for i, file := range files {
		if i%sampling() != 0 {
			continue
		}
		name, data, password := file.Name, file.Bytes(t), file.Password()
		d, err := pdf.Open(bytes.NewReader(data), int64(len(data)), pdf.Options{Password: []byte(password)})
		if err != nil || len(d.Repairs()) > 0 || len(d.Ambiguities()) > 0 {
			continue
		}
		out, err := exec.Command("qpdf", "--json=2", "--json-stream-data=inline", "--decode-level=generalized",
			"--password="+password, file.File).Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() != 3 {
			continue
		}
		var doc struct {
			QPDF []map[string]json.RawMessage `json:"qpdf"`
		}
		require.NoError(t, json.Unmarshal(out, &doc), name)
		require.Len(t, doc.QPDF, 2)
		for key, raw := range doc.QPDF[1] {
			ref, ok := strings.CutPrefix(key, "obj:")
			if !ok {
				continue
			}
			n, err := compareObject(d, parseRef(t, ref), raw)
			if err != nil {
				t.Errorf("%s: %s: %v", name, ref, err)
			}
			compared++
			streams += n
		}
	}
	t.Logf("%d objects compared, %d streams among them", compared, streams)
	require.NotZero(t, streams)
}

func parseRef(t *testing.T, s string) pdf.Ref {
	t.Helper()
	var r pdf.Ref
	_, err := fmt.Sscanf(s, "%d %d R", &r.Num, &r.Gen)
	require.NoError(t, err)
	return r
}

func compareObject(d *pdf.Document, ref pdf.Ref, raw json.RawMessage) (streams int, err error) {
	var want struct {
		Value  any
		Stream *struct {
			Dict map[string]any
			Data string
		}
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&want); err != nil {
		return 0, err
	}
	if e, ok := d.Entry(ref.Num); !ok || e.Gen != ref.Gen {
		// qpdf keeps superseded generations, and cross-reference streams that
		// no entry names.
		return 0, nil
	}
	got, err := d.Get(ref)
	if err != nil {
		return 0, err
	}
	if want.Stream == nil {
		return 0, compareValue(d, got, want.Value)
	}
	s, ok := got.(*pdf.Stream)
	if !ok {
		return 0, fmt.Errorf("no stream but %v", got)
	}
	start, _, _ := s.Extent()
	for _, r := range d.Repairs() {
		if r.Kind == pdf.RepairLength && r.Offset == start {
			return 0, nil // qpdf counts the end-of-line before endstream
		}
	}
	data, err := base64.StdEncoding.DecodeString(want.Stream.Data)
	if err != nil {
		return 0, err
	}
	// qpdf removes the filters that it undid.
	_, filtered := want.Stream.Dict["/Filter"]
	read := d.StreamData
	if filtered {
		read = d.RawData
	}
	mine, err := read(s, 64<<20)
	if err != nil {
		return 0, err
	}
	if !bytes.Equal(mine, data) {
		return 1, fmt.Errorf("stream of %d bytes differs from qpdf's %d", len(mine), len(data))
	}
	return 1, nil
}

func compareValue(d *pdf.Document, got pdf.Object, want any) error {
	switch w := want.(type) {
	case nil:
		if got == nil {
			return nil
		}
	case bool:
		if got == w {
			return nil
		}
	case json.Number:
		f, _ := w.Float64()
		if n, ok := pdf.Number(got); ok && n == f {
			return nil
		}
	case string:
		return compareString(got, w)
	case []any:
		a, ok := got.(pdf.Array)
		if !ok || len(a) != len(w) {
			return fmt.Errorf("%v is not %v", got, want)
		}
		for i := range a {
			if err := compareValue(d, a[i], w[i]); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		dict, ok := got.(pdf.Dict)
		if !ok {
			return fmt.Errorf("%v is not %v", got, want)
		}
		for k, v := range w {
			if k == "/Contents" && w["/ByteRange"] != nil {
				continue // qpdf 11 decrypts a signature's, which is not encrypted
			}
			if err := compareValue(d, dict[jsonName(k)], v); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
		}
		for k, v := range dict {
			if o, err := d.Resolve(v); o == nil && err == nil {
				delete(dict, k)
			}
		}
		if len(dict) != len(w) {
			return fmt.Errorf("%v has not the keys of %v", got, want)
		}
		return nil
	}
	return fmt.Errorf("%v is not %v", got, want)
}

func jsonName(s string) pdf.Name {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "n:"), "/")
	return pdf.Name(s)
}

func compareString(got pdf.Object, want string) error {
	ok := false
	switch g := got.(type) {
	case pdf.Name:
		ok = g == jsonName(want) || strings.Contains(string(g), "#") || strings.Contains(want, "#")
	case pdf.Ref:
		ok = g.String() == want
	case pdf.String:
		if h, isHex := strings.CutPrefix(want, "b:"); isHex {
			b, _ := hex.DecodeString(h)
			ok = bytes.Equal(b, g.Bytes)
		} else {
			ok = pdf.Text(g) == strings.TrimPrefix(want, "u:")
		}
	}
	if !ok {
		return fmt.Errorf("%v is not %s", got, strconv.Quote(want))
	}
	return nil
}
