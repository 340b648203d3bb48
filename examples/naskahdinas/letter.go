package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// The built-in letter keeps room for a block of this size at the tag.
const (
	anchor      = "^"
	blockWidth  = 240
	blockHeight = 80
)

// signLetter puts the head's signature on the letter, with a visible block.
func (s *story) signLetter(ctx context.Context) error {
	s.wait(10*time.Minute, "surat selesai diketik")
	block, err := s.block()
	if err != nil {
		return err
	}
	request := signing.Request{
		Credential: signing.Credential{Passphrase: firstPassphrase},
		Block:      &block,
		Reason:     "Menyetujui surat ini",
		Location:   "Kota Contoh",
		Placement: signing.Placement{
			Anchor: anchor, Width: blockWidth, Height: blockHeight,
		},
	}
	signed, receipt, err := s.sign(ctx, s.headID, s.letter, request)
	if errors.Is(err, signing.ErrTagNotFound) || errors.Is(err, signing.ErrTagAmbiguous) || errors.Is(err, signing.ErrOutsidePage) {
		// A letter of one's own need not have the tag, or room for the block.
		s.tell.say("Tanpa tepat satu tanda %q dengan ruang untuk blok: blok di kanan bawah halaman terakhir.", anchor)
		request.Placement = signing.Placement{
			Page: signing.LastPage, Rect: signing.Rect{X: 300, Y: 60, Width: blockWidth, Height: blockHeight},
		}
		signed, receipt, err = s.sign(ctx, s.headID, s.letter, request)
	}
	if err != nil {
		return err
	}
	s.signed = signed
	s.tellReceipt(receipt)
	s.tell.say("Blok di halaman %d, %.0f x %.0f poin.", receipt.Page, receipt.Rect.Width, receipt.Rect.Height)
	return nil
}

// block is what the reader of the letter sees. The link names one exact version
// of the letter; a real one leads to the agency's page about it.
func (s *story) block() (appearance.Block, error) {
	block, err := appearance.Naskah(appearance.Correspondence, appearance.Official{
		Name: s.applicant.Name(), Position: head.Position, Rank: "Pembina Tingkat I", Grade: "IV/b",
		Number: s.applicant.Number(),
	})
	if err != nil {
		return appearance.Block{}, err
	}
	block.QR.Link = s.link()
	return block, nil
}

func (s *story) link() string {
	version := sha256.Sum256(s.letter)
	return fmt.Sprintf("https://arsip.kotacontoh.example/verifikasi/%x", version[:8])
}

// addParaf lets the secretary sign the signed letter, invisibly.
func (s *story) addParaf(ctx context.Context) error {
	id, err := s.srv.Enrol(ctx, secretary, secretaryPassphrase)
	if err != nil {
		return err
	}
	s.tell.say("%s menempuh langkah yang sama dan memiliki sertifikat.", secretary.Name)
	s.wait(5*time.Minute, "surat diteruskan kepada sekretaris")
	signed, receipt, err := s.sign(ctx, id, s.signed, signing.Request{
		Credential: signing.Credential{Passphrase: secretaryPassphrase},
		Reason:     "Paraf",
		Location:   "Kota Contoh",
	})
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(signed, s.signed) {
		return fmt.Errorf("%w: the signed letter was rewritten", errStory)
	}
	s.signed = signed
	s.tellReceipt(receipt)
	s.tell.say("Paraf tidak terlihat di halaman; tanda tangan pertama tetap utuh.")
	return s.write(signedFile, signed)
}

// sign is what an e-office does: it knows only a DocumentSigner.
func (s *story) sign(ctx context.Context, id certificate.PersonID, letter []byte, request signing.Request) ([]byte, signing.Receipt, error) {
	signer, err := s.srv.Signer(id)
	if err != nil {
		return nil, signing.Receipt{}, err
	}
	return signDocument(ctx, signer, letter, request)
}

func signDocument(ctx context.Context, signer signing.DocumentSigner, letter []byte, request signing.Request) ([]byte, signing.Receipt, error) {
	var out bytes.Buffer
	receipt, err := signer.SignDocument(ctx, &out, bytes.NewReader(letter), int64(len(letter)), request)
	if err != nil {
		return nil, signing.Receipt{}, err
	}
	return out.Bytes(), receipt, nil
}

func (s *story) tellReceipt(r signing.Receipt) {
	s.tell.say("Ditandatangani oleh %s pada %s, %v.", r.Certificate.Subject.CommonName, date(r.Time), r.Level)
	s.tell.item("bidang %s, %d byte menjadi %d byte", r.Field, r.InputSize, r.OutputSize)
	s.tell.item("SHA-256 hasil %x", r.OutputSHA256)
}
