package signing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

func TestScopeOf(t *testing.T) {
	for _, c := range []struct {
		why  string
		err  error
		want signing.Scope
	}{
		{"only before the first signature", signing.ErrSigned, signing.ScopeDocument},
		{"blocks of this letter", signing.ErrOverlap, signing.ScopeDocument},
		{"the place in this letter", signing.ErrPlaceSigned, signing.ScopeDocument},
		{"text of this letter", signing.ErrOverText, signing.ScopeDocument},
		{"this letter has a footer", signing.ErrFooterTwice, signing.ScopeDocument},
		{"this letter's layout", signing.ErrLayout, signing.ScopeDocument},
		{"this letter's block is too large for the picture that is sent", appearance.ErrResolution, signing.ScopeDocument},
		{"this letter's block is too small", appearance.ErrTooSmall, signing.ScopeDocument},
		{"a name that the font lacks", &appearance.CharacterError{}, signing.ScopeDocument},
		{"what is in this letter", &signing.UnsupportedError{Feature: "XFA form"}, signing.ScopeDocument},
		{"two letters to one place", signing.ErrSameOutput, signing.ScopeDocument},
		{"every letter of this signer", signing.ErrExpired, signing.ScopeSigner},
		{"the signer's part goes before the letter's", errors.Join(signing.ErrField, signing.ErrCredential), signing.ScopeSigner},
		{"an authority", signing.ErrTimestamp, signing.ScopeService},
		{"the program's settings", signing.ErrConfig, signing.ScopeApplication},
		{"the settings go before the letter's place", errors.Join(signing.ErrPlacement, signing.ErrConfig), signing.ScopeApplication},
		{"the program's own file", signing.ErrJournal, signing.ScopeApplication},
		{"another run of the program", signing.ErrJournalInUse, signing.ScopeApplication},
		{"the caller gave up", context.Canceled, signing.ScopeApplication},
		{"the caller gave up while evidence was fetched", errors.Join(signing.ErrEvidence, context.Canceled), signing.ScopeApplication},
		{"whose deadline it was is not known", context.DeadlineExceeded, signing.ScopeService},
		{"a person who may not sign", &certificate.TransitionError{From: certificate.StatusExpired, Event: certificate.EventSign}, signing.ScopeSigner},
		{"a word that names no scope", worded("everything"), signing.ScopeService},
		{"unknown", errors.New("connection reset"), signing.ScopeService},
		{"the error's own word", scoped{signing.ErrField}, signing.ScopeApplication},
	} {
		require.Equal(t, c.want, signing.ScopeOf(fmt.Errorf("letter 12: %w", c.err)), c.why)
	}
}

// worded is an error of a package that does not know this one.
type worded string

func (w worded) Error() string        { return "worded" }
func (w worded) FailureScope() string { return string(w) }

// noDisk is a signer whose output's disk is gone when it comes to write.
type noDisk struct{ signing.DocumentSigner }

func (n noDisk) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req signing.Request) (signing.Receipt, error) {
	if err := dst.(signing.BatchSink).Discard(); err != nil {
		return signing.Receipt{}, err
	}
	return n.DocumentSigner.SignDocument(ctx, dst, src, size, req)
}

// brokenJournal fails when it is asked.
type brokenJournal struct{ signing.BatchJournal }

func (brokenJournal) Find(context.Context, signing.BatchKey) (signing.BatchEntry, bool, error) {
	return signing.BatchEntry{}, false, errBroken
}

// TestOwnDiskIsNotTheServicesFault: what fails here is not blamed on the signing
// service, and ends the batch.
func TestOwnDiskIsNotTheServicesFault(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, *signing.FileDocument, *signing.DocumentSigner, *signing.BatchOptions) error{
		"the output cannot be written": func(_ *testing.T, _ *signing.FileDocument, s *signing.DocumentSigner, _ *signing.BatchOptions) error {
			*s = noDisk{*s}
			return os.ErrClosed
		},
		"the output's folder is not there": func(_ *testing.T, d *signing.FileDocument, _ *signing.DocumentSigner, _ *signing.BatchOptions) error {
			d.Output = filepath.Join(filepath.Dir(d.Output), "none", "out.pdf")
			return os.ErrNotExist
		},
		"the output's folder is a file": func(_ *testing.T, d *signing.FileDocument, _ *signing.DocumentSigner, _ *signing.BatchOptions) error {
			d.Output = filepath.Join(d.Source, "out.pdf")
			return nil
		},
		"the journal cannot be read": func(_ *testing.T, _ *signing.FileDocument, _ *signing.DocumentSigner, o *signing.BatchOptions) error {
			o.Journal = brokenJournal{}
			return errBroken
		},
		"the journal cannot be written": func(t *testing.T, d *signing.FileDocument, _ *signing.DocumentSigner, o *signing.BatchOptions) error {
			j, err := signing.OpenFileJournal(filepath.Join(filepath.Dir(d.Output), "journal"))
			require.NoError(t, err)
			require.NoError(t, j.Close())
			o.Journal = j
			return os.ErrClosed
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := letterFolder(t, 2)
			counted, credential := batchSigner(t)
			var signer signing.DocumentSigner = counted
			opts := signing.BatchOptions{Credential: credential}
			first := signing.FileDocument{Source: inFolder(dir, "in", 0), Output: inFolder(dir, "out", 0)}
			want := spoil(t, &first, &signer, &opts)
			results, err := signing.Batch(t.Context(), signer, []signing.BatchItem{{Document: first},
				{Document: signing.FileDocument{Source: inFolder(dir, "in", 1), Output: inFolder(dir, "out", 1)}}}, opts)
			require.Error(t, err)
			if want != nil {
				require.ErrorIs(t, err, want)
			}
			require.Equal(t, signing.BatchFailed, results[0].Outcome)
			require.Equal(t, signing.ScopeApplication, results[0].Scope)
			require.Equal(t, 1, strings.Count(err.Error(), "signing: "), err)
			require.Equal(t, signing.BatchNotTried, results[1].Outcome)
			require.Equal(t, signing.ScopeApplication, results[1].Scope)
		})
	}
}
