package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/png" // the picture's size
	"os"
	"path/filepath"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

const reason = "Uji sambungan Esign Client"

// signPage signs the test page once by each version, and at tags if asked to,
// and says what came back.
func (c *checker) signPage(ctx context.Context) {
	if !c.active {
		c.line(skipped, "Tanda tangan", "tidak dicoba: sertifikat pejabat tidak aktif")
		return
	}
	secret, err := firstLine(c.cfg.passphraseFile)
	if err != nil {
		c.line(failed, "Tanda tangan", "passphrase: %v", err)
		return
	}
	defer secret.Destroy()
	side := blockOf(esign.V2)
	picture, err := appearance.Block{
		Lines: []appearance.Line{{Text: "UJI"}}, QR: appearance.QR{Link: "HALAMAN UJI", AllowAnyPayload: true},
	}.PNG(side.Width, side.Height, appearance.PrintResolution)
	if err != nil {
		c.line(failed, "Tanda tangan", "gambar uji: %v", err)
		return
	}
	var found profile
	document := testPage(time.Now())
	for _, version := range c.cfg.versions {
		req := esign.Request{Request: signing.Request{Purpose: "uji " + version.String()}, Picture: picture, MoreSigners: true}
		req.Credential = signing.Credential{Passphrase: secret}
		req.Reason = reason
		req.Placement = signing.Placement{Page: 1, Rect: blockOf(version)}
		signed, s, err := c.signOnce(ctx, c.clients[version], document, req, "Tanda tangan "+version.String(), failed)
		if err != nil {
			return
		}
		found.note(version, s.Place)
		found.notePicture(picture, signed[len(document):])
		document = signed
	}
	if c.cfg.tag {
		document = c.signAtTags(ctx, document, secret, picture, &found)
	}
	c.judgedByBox(ctx, document)
	c.keep(document)
	c.printProfile(found)
}

// signOnce makes one signature and reads it back. A refusal has the given
// verdict.
func (c *checker) signOnce(ctx context.Context, client *esign.Client, in []byte, req esign.Request, title string, refused verdict) ([]byte, *verify.Signature, error) {
	var out bytes.Buffer
	begun := time.Now()
	r, err := client.Signer(c.cfg.id).Sign(ctx, &out, bytes.NewReader(in), int64(len(in)), req)
	took := time.Since(begun)
	if err != nil {
		if r.Outcome == esign.OutcomeUnknown {
			refused = failed
		}
		c.line(refused, title, "%s", explain(err))
		if errors.Is(err, esign.CodeOutcomeUnknown) {
			c.text("Halaman uji mungkin sudah ditandatangani. Tidak ada yang diulang.")
		}
		return nil, nil, err
	}
	c.line(passed, title, "halaman uji ditandatangani (%d ms)", took.Milliseconds())
	s, err := newest(ctx, out.Bytes(), c.roots)
	if err != nil {
		c.line(failed, "Hasil", "tidak dapat dibaca: %v", err)
		return nil, nil, err
	}
	c.readBack(in, out.Bytes(), r, s)
	return out.Bytes(), s, nil
}

// newest judges a document and returns the last signature.
func newest(ctx context.Context, document []byte, roots []verify.Root) (*verify.Signature, error) {
	if roots == nil {
		// Nothing is trusted then; form and place are told all the same.
		roots = verify.Trust(noRoot)
	}
	report, err := verify.Verify(ctx, bytes.NewReader(document), int64(len(document)),
		verify.Options{Roots: roots, InsecureSkipRevocation: true})
	if err != nil {
		return nil, err
	}
	if len(report.Signatures) == 0 {
		return nil, errors.New("tidak ada tanda tangan")
	}
	return &report.Signatures[len(report.Signatures)-1], nil
}

func (c *checker) readBack(in, out []byte, r esign.Result, s *verify.Signature) {
	check := func(ok bool, title, good, bad string) {
		if ok {
			c.line(passed, title, "%s", good)
		} else {
			c.line(failed, title, "%s", bad)
		}
	}
	check(bytes.HasPrefix(out, in), "Awalan", "byte asli utuh, tambahan "+fmt.Sprint(len(out)-len(in))+" byte", "byte asli berubah")
	check(s.Intact == verify.Yes, "Keutuhan", "tanda tangan utuh", "tanda tangan tidak utuh")
	v := passed
	if s.SubFilter != "ETSI.CAdES.detached" {
		v = warned
	}
	c.line(v, "SubFilter", "%s", s.SubFilter)
	if s.Place == nil {
		c.line(failed, "Letak", "tidak terlihat")
	} else {
		c.line(passed, "Letak", "halaman %d, kotak %.1f %.1f %.1f %.1f", s.Place.Page,
			s.Place.Rect[0], s.Place.Rect[1], s.Place.Rect[2], s.Place.Rect[3])
	}
	if c.roots == nil {
		c.line(warned, "Tingkat", "minimal %v; waktu dan penanda tangan hanya dapat dinilai dengan -roots", s.Level)
	} else {
		v, trust := passed, "mengarah ke sertifikat induk"
		if s.Trusted != verify.Yes {
			v, trust = warned, "BELUM mengarah ke sertifikat induk"
		} else if s.Level == verify.LevelBB {
			v = warned
		}
		c.line(v, "Tingkat", "%v; sertifikat pejabat %s", s.Level, trust)
	}
	for _, d := range r.Doubts {
		c.line(warned, "Catatan", "%s", d.Text(passphrase.Indonesian))
	}
}

// judgedByBox has the box judge its own work.
func (c *checker) judgedByBox(ctx context.Context, document []byte) {
	version := c.cfg.versions[len(c.cfg.versions)-1]
	answer, err := c.clients[version].Verify(ctx, bytes.NewReader(document), int64(len(document)), passphrase.Secret{})
	if err != nil {
		c.line(failed, "Nilai server", "%s", explain(err))
		return
	}
	v := passed
	if answer.Conclusion != esign.ConclusionValid {
		v = failed
	}
	format := ""
	if n := len(answer.Signatures); n > 0 && answer.Signatures[n-1].Format != "" {
		format = ", " + answer.Signatures[n-1].Format
	}
	c.line(v, "Nilai server", "%s, %d tanda tangan%s", answer.Conclusion, len(answer.Signatures), format)
}

// keep writes the signed page beside its place and renames it.
func (c *checker) keep(document []byte) {
	if c.cfg.out == "" {
		return
	}
	if err := write(c.cfg.out, document); err != nil {
		c.line(failed, "Simpan", "%v", err)
		return
	}
	c.line(passed, "Simpan", "%s", c.cfg.out)
}

func write(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".esigncheck-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// pixels is the size of a picture.
func pixels(picture []byte) (width, height int) {
	header, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return 0, 0
	}
	return header.Width, header.Height
}
