package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sertel-id/sertel/signing/verify"
)

// reports are what the verifier said, by document.
type reports struct {
	Signed     *verify.Report `json:"bertanda_tangan"`
	Tampered   *verify.Report `json:"diubah"`
	AfterReset *verify.Report `json:"setelah_reset"`
}

// verifyLetter judges the signed letter, then the same letter with one byte
// changed.
func (s *story) verifyLetter(ctx context.Context) error {
	var err error
	if s.reports.Signed, err = s.judge(ctx, s.signed); err != nil {
		return err
	}
	if err := s.show(s.reports.Signed); err != nil {
		return err
	}
	if err := bothStand(s.reports.Signed); err != nil {
		return err
	}

	tampered := tamper(s.signed, len(s.letter))
	if err := s.write(tamperedFile, tampered); err != nil {
		return err
	}
	if s.reports.Tampered, err = s.judge(ctx, tampered); err != nil {
		return err
	}
	s.tell.say("\nSatu byte surat diubah:")
	s.tell.item("%s", s.reports.Tampered.Summary(verify.Indonesian))
	for _, signature := range s.reports.Tampered.Signatures {
		if signature.Intact == verify.Yes {
			return fmt.Errorf("%w: the changed letter counts as intact", errStory)
		}
	}
	if s.reports.Tampered.Err() == nil {
		return fmt.Errorf("%w: the changed letter passed", errStory)
	}
	return nil
}

// bothStand asks for the two signatures of the story. A letter of one's own may
// bring earlier ones, whose roots are not trusted here.
func bothStand(r *verify.Report) error {
	n := len(r.Signatures)
	switch {
	case n < 2:
		return fmt.Errorf("%w: %d signatures", errStory, n)
	case n == 2:
		return r.Err()
	}
	for _, signature := range r.Signatures[n-2:] {
		if signature.Conclusion.Indication != verify.TotalPassed {
			return r.Err()
		}
	}
	return nil
}

// judge trusts the fake's root alone and needs no network: the evidence is in
// the document.
func (s *story) judge(ctx context.Context, document []byte) (*verify.Report, error) {
	return verify.Verify(ctx, bytes.NewReader(document), int64(len(document)), verify.Options{
		Roots: verify.Trust(s.srv.Root()), Now: s.srv.Clock.Now,
	})
}

func (s *story) show(r *verify.Report) error {
	var text strings.Builder
	if err := r.WriteText(&text, verify.Indonesian); err != nil {
		return err
	}
	s.tell.say("%s", strings.TrimRight(text.String(), "\n"))
	return nil
}

// tamper changes one bit in the middle of the longest stream of the letter, so
// that what is hit is content and not the structure around it.
func tamper(signed []byte, letter int) []byte {
	out := bytes.Clone(signed)
	at, longest := letter/2, 0
	for from := 0; ; {
		begin := bytes.Index(out[from:letter], []byte("stream"))
		if begin < 0 {
			break
		}
		begin += from + len("stream")
		length := bytes.Index(out[begin:letter], []byte("endstream"))
		if length < 0 {
			break
		}
		if length > longest {
			at, longest = begin+length/2, length
		}
		from = begin + length + len("endstream")
	}
	out[at] ^= 1
	return out
}

// writeReport puts the verifier's reports into the folder, for people and for
// programs.
func (s *story) writeReport() error {
	var text bytes.Buffer
	for _, part := range []struct {
		title  string
		report *verify.Report
	}{
		{"Surat bertanda tangan (" + signedFile + ")", s.reports.Signed},
		{"Surat yang diubah (" + tamperedFile + ")", s.reports.Tampered},
		{"Surat yang ditandatangani setelah reset passphrase", s.reports.AfterReset},
	} {
		fmt.Fprintf(&text, "%s\n%s\n\n", part.title, strings.Repeat("=", len(part.title)))
		if err := part.report.WriteText(&text, verify.Indonesian); err != nil {
			return err
		}
		fmt.Fprintln(&text)
	}
	if err := s.write(reportTextFile, text.Bytes()); err != nil {
		return err
	}
	data, err := json.MarshalIndent(s.reports, "", "  ")
	if err != nil {
		return err
	}
	return s.write(reportJSONFile, append(data, '\n'))
}
