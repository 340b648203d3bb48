package signing_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

func write(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.pdf")
	require.NoError(t, os.WriteFile(path, b, 0o600))
	return path
}

func TestSignatureDictionary(t *testing.T) {
	texts := map[pdf.Name]string{
		"Reason":      "Menyetujui — ꦧꦸꦢꦶ 😀 (1) \\ <2>",
		"Location":    "Kota Contoh",
		"Name":        "Budi Contoh, S.T.\r\n",
		"ContactInfo": "البريد",
	}
	for _, file := range []string{"libreoffice.pdf", "pdftex.pdf", "encrypted-aes256-r6.pdf"} {
		t.Run(file, func(t *testing.T) {
			out := mustSign(t, producer(t, file), signing.Options{
				Key: person(t, "Budi Contoh", rsa2048()), Field: "Kepala Dinas",
				Reason: texts["Reason"], Location: texts["Location"], Name: texts["Name"], ContactInfo: texts["ContactInfo"],
			})
			sig, field := signatureOf(t, out, "Kepala Dinas")
			for key, want := range texts {
				require.Equal(t, want, pdf.Text(sig[key].(pdf.String)))
			}
			require.Equal(t, pdf.Name("Adobe.PPKLite"), sig["Filter"])
			require.Equal(t, pdf.Name("ETSI.CAdES.detached"), sig["SubFilter"])
			require.Equal(t, dateIn(7*60)+"+07'00'", string(sig["M"].(pdf.String).Bytes))
			require.Equal(t, pdf.Integer(132), field["F"])
			require.NotContains(t, sig, pdf.Name("Reference"))
		})
	}
}

// dateIn is testNow as a PDF date in a zone so many minutes from UTC, without the zone.
func dateIn(minutes int) string {
	return testNow.In(time.FixedZone("", minutes*60)).Format("D:20060102150405")
}

func TestZone(t *testing.T) {
	out := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{
		Key: person(t, "Budi Contoh", p256()), Zone: time.FixedZone("", -(3*60+30)*60)})
	sig, _ := signatureOf(t, out, "Signature1")
	require.Equal(t, dateIn(-(3*60+30))+"-03'30'", string(sig["M"].(pdf.String).Bytes))
	require.NotContains(t, sig, pdf.Name("Reason"), "empty texts are left out")
}

// TestEntriesKept signs documents whose catalog and form hold entries that
// signing knows nothing of, each in the places where files have them.
func TestEntriesKept(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	entries := pdf.Dict{
		"Extensions": pdf.Dict{"ADBE": pdf.Dict{"BaseVersion": pdf.Name("1.7"), "ExtensionLevel": pdf.Integer(8)}},
		"DSS":        pdf.Dict{"Certs": pdf.Array{}},
		"Perms":      pdf.Dict{"UR3": pdf.Dict{"Type": pdf.Name("Sig")}},
		"Lang":       pdf.TextString("id-ID"),
		"PageMode":   pdf.Name("UseOutlines"),
	}
	tests := []struct {
		name   string
		change func(u *pdf.Update, c pdf.Dict)
	}{
		{"no form", func(*pdf.Update, pdf.Dict) {}},
		{"form direct in the catalog", func(_ *pdf.Update, c pdf.Dict) {
			c["AcroForm"] = pdf.Dict{"Fields": pdf.Array{}, "NeedAppearances": true, "Q": pdf.Integer(1)}
		}},
		{"form and fields indirect", func(u *pdf.Update, c pdf.Dict) {
			c["AcroForm"] = u.Add(pdf.Dict{"Fields": u.Add(pdf.Array{}), "NeedAppearances": true, "Q": pdf.Integer(1)})
		}},
		{"form without fields", func(u *pdf.Update, c pdf.Dict) {
			c["AcroForm"] = u.Add(pdf.Dict{"NeedAppearances": true, "Q": pdf.Integer(1)})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := withCatalog(t, letter, func(u *pdf.Update, c pdf.Dict) {
				for k, v := range entries {
					c[k] = pdf.Clone(v)
				}
				tt.change(u, c)
			})
			out := mustSign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Certify: signing.CertifyFormFilling})
			doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
			require.NoError(t, err)
			catalog, err := doc.Catalog()
			require.NoError(t, err)
			for k, v := range entries {
				if k == "Extensions" { // ours joins what is there
					require.True(t, pdf.Equal(v.(pdf.Dict)["ADBE"], catalog[k].(pdf.Dict)["ADBE"]))
					continue
				}
				if k == "Perms" {
					perms, err := doc.Dict(catalog["Perms"])
					require.NoError(t, err)
					require.Contains(t, perms, pdf.Name("UR3"))
					require.Contains(t, perms, pdf.Name("DocMDP"))
					continue
				}
				require.True(t, pdf.Equal(v, catalog[k]), "%s", k)
			}
			form, err := doc.Dict(catalog["AcroForm"])
			require.NoError(t, err)
			require.Equal(t, pdf.Integer(3), form["SigFlags"])
			if tt.name != "no form" {
				require.Equal(t, true, form["NeedAppearances"])
				require.Equal(t, pdf.Integer(1), form["Q"])
			}
			signatureOf(t, out, "Signature1")
		})
	}
}

// TestVersionAndExtension holds that a document is one of PDF 1.7 at least once
// it is signed, and says which extension its signatures are written by, which
// those of PDF 2.0 are not.
func TestVersionAndExtension(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	s := newService(t)
	for _, tt := range []struct {
		name, in, want string
		level          int // of the extension; 0 for none
		opts           signing.Options
		entry          pdf.Object // in Extensions before
	}{
		{"too low", "1.4", "1.7", 2, signing.Options{}, nil},
		{"as high", "1.7", "1.7", 2, signing.Options{}, nil},
		{"with a store", "1.6", "1.7", 5, signing.Options{Timestamper: s.timestamper(t), Evidence: s.evidence(t)}, nil},
		{"higher", "2.0", "2.0", 0, signing.Options{}, nil},
		{"a level there is never lowered", "1.7", "1.7", 9, signing.Options{}, pdf.Dict{"BaseVersion": pdf.Name("1.7"), "ExtensionLevel": pdf.Integer(9)}},
		{"a lower level is raised", "1.7", "1.7", 2, signing.Options{}, pdf.Dict{"BaseVersion": pdf.Name("1.7"), "ExtensionLevel": pdf.Integer(1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := bytes.Clone(letter)
			copy(in[5:8], tt.in)
			if tt.entry != nil {
				in = withCatalog(t, in, func(_ *pdf.Update, c pdf.Dict) { c["Extensions"] = pdf.Dict{"ESIC": tt.entry} })
			}
			tt.opts.Key = s.person(t, false)
			out := mustSign(t, in, tt.opts)
			holds := func(b []byte) {
				doc, err := pdf.Open(bytes.NewReader(b), int64(len(b)), pdf.Options{})
				require.NoError(t, err)
				require.Equal(t, tt.want, doc.Version())
				catalog, err := doc.Catalog()
				require.NoError(t, err)
				if tt.level == 0 {
					require.NotContains(t, catalog, pdf.Name("Extensions"))
					return
				}
				extension := catalog["Extensions"].(pdf.Dict)["ESIC"].(pdf.Dict)
				require.Equal(t, pdf.Name("1.7"), extension["BaseVersion"])
				require.Equal(t, pdf.Integer(tt.level), extension["ExtensionLevel"])
			}
			holds(out)
			again := mustSign(t, out, signing.Options{Key: tt.opts.Key})
			holds(again)
			intact(t, again, 2)
		})
	}
}

// TestPageChangedOnlyByAnnots compares every object of the input with the
// output: besides the page's Annots, form and catalog nothing may differ.
func TestPageChangedOnlyByAnnots(t *testing.T) {
	for _, file := range []string{"libreoffice.pdf", "pdflib-form.pdf", "qpdf-linearised-objstm-form.pdf", "reportlab-form.pdf"} {
		t.Run(file, func(t *testing.T) {
			in := producer(t, file)
			out := mustSign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: corner})
			before, err := pdf.Open(bytes.NewReader(in), int64(len(in)), pdf.Options{})
			require.NoError(t, err)
			after, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
			require.NoError(t, err)
			page, err := before.Page(0)
			require.NoError(t, err)
			for e := range before.Entries() {
				if e.Kind == pdf.EntryFree {
					continue
				}
				ref := pdf.Ref{Num: e.Num, Gen: e.Gen}
				if e.Kind == pdf.EntryCompressed {
					ref.Gen = 0
				}
				a, err := before.Get(ref)
				require.NoError(t, err)
				b, err := after.Get(ref)
				require.NoError(t, err)
				allowed := map[pdf.Name]bool{}
				switch {
				case ref == page.Ref:
					allowed["Annots"] = true
				case ref == before.CatalogRef():
					allowed["AcroForm"], allowed["Version"], allowed["Extensions"] = true, true, true
				}
				x, ok1 := a.(pdf.Dict)
				y, ok2 := b.(pdf.Dict)
				if ok1 && ok2 {
					if x["Fields"] != nil { // the form
						allowed["Fields"], allowed["SigFlags"] = true, true
					}
					for k := range allowed {
						delete(x, k)
						delete(y, k)
					}
				}
				if _, ok := a.(pdf.Array); ok {
					continue // Annots or Fields as objects of their own
				}
				require.True(t, pdf.Equal(a, b), "object %v: %v became %v", ref, a, b)
			}
		})
	}
}
