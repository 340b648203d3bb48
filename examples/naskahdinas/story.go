package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

// errStory means that something was accepted that should have been refused, or
// the other way round.
var errStory = errors.New("unexpected outcome")

// duration is how long the story takes by the fake's clock, most of it a day in
// which nobody opens the activation mail. It ends before now, so that programs
// that go by the real clock find the certificates valid.
const duration = 27 * time.Hour

// story is the state that passes from step to step.
type story struct {
	srv    *mockbsre.Server
	tell   narrator
	folder string
	letter []byte

	applicant certificate.Applicant
	headID    certificate.PersonID
	signed    []byte
	reports   reports
}

func begin(ctx context.Context, letter []byte, folder string, tell narrator) (*story, error) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{RSA: true, Start: time.Now().Add(-duration)})
	if err := srv.Start(ctx); err != nil {
		return nil, err
	}
	for _, p := range []mockbsre.Person{head, secretary} {
		if err := errors.Join(srv.Population.Add(p), srv.Personnel.Add(p)); err != nil {
			return nil, err
		}
	}
	s := &story{srv: srv, tell: tell, folder: folder, letter: letter}
	tell.say("BSrE TIRUAN: orang, nomor, sertifikat, dan surat di sini rekaan.")
	tell.say("Jam tiruan mulai %s dan hanya maju bila diperintahkan.", date(srv.Clock.Now()))
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Root().Raw})
	return s, s.write(rootFile, root)
}

// expect makes sure that an error is the one that belongs here.
func expect(err, want error) error {
	if errors.Is(err, want) {
		return nil
	}
	return fmt.Errorf("%w: got %v, want %v", errStory, err, want)
}

// showStatus reads the status as the portal's dashboard does and compares it.
func (s *story) showStatus(ctx context.Context, want certificate.Status) error {
	report, err := s.srv.Registrar().StatusByNIK(ctx, s.applicant.NIK())
	if err != nil {
		return err
	}
	s.tell.status(report)
	if report.Status != want {
		return fmt.Errorf("%w: status %v, want %v", errStory, report.Status, want)
	}
	return nil
}

// openMail reads the newest mail of a kind and takes the link's token out.
func (s *story) openMail(kind certificate.MailKind) (certificate.Token, error) {
	m, err := s.srv.Inbox.Latest(mockbsre.Query{To: head.WorkEmail, Kind: kind})
	if err != nil {
		return certificate.Token{}, fmt.Errorf("mail %v: %w", kind, err)
	}
	s.tell.mail(m)
	if len(m.Links) == 0 {
		return certificate.Token{}, nil
	}
	return m.Token()
}

func (s *story) wait(d time.Duration, why string) {
	s.srv.Clock.Advance(d)
	s.tell.say("(%s; sekarang %s)", why, date(s.srv.Clock.Now()))
}

// The files of the folder.
const (
	signedFile     = "surat-bertanda-tangan.pdf"
	tamperedFile   = "surat-diubah.pdf"
	reportTextFile = "laporan.txt"
	reportJSONFile = "laporan.json"
	rootFile       = "root-tiruan.pem"
)

// write puts a file into the folder, whole or not at all.
func (s *story) write(name string, data []byte) error {
	beside, err := os.CreateTemp(s.folder, name+".*")
	if err != nil {
		return err
	}
	_, err = beside.Write(data)
	err = errors.Join(err, beside.Chmod(0o644), beside.Close())
	if err == nil {
		err = os.Rename(beside.Name(), filepath.Join(s.folder, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(beside.Name()))
	}
	return nil
}

func outputFolder(name string) (string, error) {
	if name == "" {
		return os.MkdirTemp("", "naskahdinas-")
	}
	if err := os.MkdirAll(name, 0o755); err != nil {
		return "", err
	}
	return filepath.Abs(name)
}

// maxLetter bounds a letter of one's own, which is held in memory here.
const maxLetter = 100 << 20

func readLetter(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxLetter {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, maxLetter>>20)
	}
	return os.ReadFile(name)
}
