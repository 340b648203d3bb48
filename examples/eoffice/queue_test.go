package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
)

// batchForm approves letters as they are.
func (o *office) batchForm(secret string, ids ...string) url.Values {
	form := url.Values{"setuju": {"ya"}, "passphrase": {secret}}
	for _, id := range ids {
		form.Add("surat", id+":"+o.letter(id).current().SHA256)
	}
	return form
}

// several are prepared letters for Budi.
func (o *office) several(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, o.prepared(fmt.Sprint(i+1), "surat-tugas", "budi:tte:^"))
	}
	return ids
}

func jobOf(a answer) string { return strings.TrimPrefix(a.at, "/antrean/") }

func TestBatch(t *testing.T) {
	o := newOffice(t, nil)
	ids := o.several(4)
	budi := o.as("budi")
	page := budi.get("/massal")
	for _, id := range ids {
		assert.Contains(t, page.body, id+":"+o.letter(id).current().SHA256)
	}
	assert.Equal(t, http.StatusUnprocessableEntity, budi.send("/massal", url.Values{"setuju": {"ya"}}).status, "none chosen")

	// A mistyped passphrase costs one attempt.
	wrong := budi.ended(jobOf(budi.send("/massal", o.batchForm("Salah-Sama-Sekali-1", ids[:3]...))))
	assert.Contains(t, wrong.body, "0 dari 3 naskah ditandatangani")
	assert.Contains(t, wrong.body, "Belum dicoba, karena naskah sebelumnya gagal")
	tries := 0
	for _, x := range o.cfg.box.fake.Journal() {
		if x.Operation == mockbsre.SignV2 {
			tries++
		}
	}
	assert.Equal(t, 1, tries)

	again := budi.get("/massal?dari=" + jobOf(wrong))
	assert.Equal(t, 3, strings.Count(again.body, " checked>"), "those that were not signed are chosen")
	twice := o.batchForm(passphraseOf("budi"), append(ids, ids[0])...)
	done := budi.ended(jobOf(budi.send("/massal", twice)))
	assert.Contains(t, done.body, "4 dari 4 naskah ditandatangani")
	for _, id := range ids {
		assert.Equal(t, stateDone, o.letter(id).State)
	}
	assert.Contains(t, budi.get("/massal").body, "Tidak ada")
	assert.Equal(t, http.StatusNotFound, o.as("ratna").get("/antrean/"+jobOf(done)).status, "another's job")
}

// spoiledStore gives out other bytes than it was given for one letter, and fails
// to keep signed ones.
type spoiledStore struct {
	store
	damaged string // a letter
	failing error  // of adding versions
}

func (s *spoiledStore) Document(ctx context.Context, id string, version int) ([]byte, error) {
	document, err := s.store.Document(ctx, id, version)
	if id == s.damaged {
		document[len(document)/2] ^= 1
	}
	return document, err
}

func (s *spoiledStore) ChangeLetter(ctx context.Context, id string, change func(*letter) ([]byte, error)) (letter, error) {
	return s.store.ChangeLetter(ctx, id, func(l *letter) ([]byte, error) {
		document, err := change(l)
		if err == nil && document != nil && s.failing != nil {
			return nil, s.failing
		}
		return document, err
	})
}

func TestBatchGoesOnAfterADamagedLetter(t *testing.T) {
	s := &spoiledStore{store: newMemoryStore()}
	o := newOffice(t, func(c *appConfig) { c.store = s })
	ids := o.several(3)
	s.damaged = ids[0]
	budi := o.as("budi")
	page := budi.ended(jobOf(budi.send("/massal", o.batchForm(passphraseOf("budi"), ids...))))
	assert.Contains(t, page.body, "2 dari 3 naskah ditandatangani")
	assert.Contains(t, page.body, "bukan yang Anda setujui")
	assert.True(t, o.letter(ids[0]).ready("budi"))
}

func TestSignedLetterThatCannotBeStoredIsKept(t *testing.T) {
	dir := t.TempDir()
	s := &spoiledStore{store: newMemoryStore()}
	o := newOffice(t, func(c *appConfig) { c.store = s })
	kept, err := esign.NewQuarantineDir(dir)
	require.NoError(t, err)
	o.cfg.box.quarantine = kept
	ids := o.several(2)
	s.failing = errors.New("disk full")
	budi := o.as("budi")
	page := budi.ended(jobOf(budi.send("/massal", o.batchForm(passphraseOf("budi"), ids...))))
	assert.Contains(t, page.body, "0 dari 2 naskah ditandatangani")
	assert.Contains(t, page.body, "hasil belum diketahui")
	found, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	require.NoError(t, err)
	require.Len(t, found, 1, "the batch ended")
	data, err := os.ReadFile(found[0])
	require.NoError(t, err)
	report, err := o.cfg.box.judge(t.Context(), data)
	require.NoError(t, err)
	assert.NoError(t, report.Err(), "it is signed, and not lost")
	assert.True(t, o.letter(ids[0]).turn("budi").Unknown)
	assert.False(t, o.letter(ids[1]).turn("budi").Unknown)
}

func TestLostAnswerIsDecidedByThePerson(t *testing.T) {
	for name, c := range map[string]struct {
		decision string
		state    letterState
	}{"once more": {"lagi", stateSigning}, "not at all": {"henti", stateReturned}} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, nil)
			id := o.several(1)[0]
			budi := o.as("budi")
			o.cfg.box.fake.FailNext(mockbsre.SignV2, mockbsre.Fault{Applied: true, Cut: true, CutAfter: -1})
			page := budi.sign(id, passphraseOf("budi"))
			assert.Contains(t, page.body, "hasil belum diketahui")
			assert.Len(t, o.cfg.box.fake.Signatures(), 1, "the box has signed")
			assert.Contains(t, budi.get("/surat/"+id).body, "Putuskan")
			assert.Contains(t, budi.get("/surat/"+id+"/tandatangan").body, "Putuskan lebih dahulu")
			sum := o.letter(id).current().SHA256
			early := budi.send("/surat/"+id+"/tandatangan", url.Values{"sidik": {sum}, "setuju": {"ya"}, "passphrase": {passphraseOf("budi")}})
			assert.Equal(t, http.StatusConflict, early.status, "nothing repeats by itself")

			budi.send("/surat/"+id+"/putusan", url.Values{"putusan": {c.decision}})
			assert.Equal(t, c.state, o.letter(id).State)
			if c.decision == "henti" {
				return
			}
			assert.Contains(t, budi.sign(id, passphraseOf("budi")).body, "1 dari 1 naskah ditandatangani")
			document, err := o.cfg.store.Document(t.Context(), id, 3)
			require.NoError(t, err)
			report, err := o.cfg.box.judge(t.Context(), document)
			require.NoError(t, err)
			assert.NoError(t, report.Err())
			assert.Len(t, report.Signatures, 1, "signed from the same original")
		})
	}
}

// TestRestart ends a process with jobs left over and begins another one on the
// same store: no letter is lost, none is signed without its passphrase, and one
// that may be signed at the box waits for a decision.
func TestRestart(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		b, people := fakeParts(t, time.Now)
		same := func(c *appConfig) { c.box, c.people, c.store = b, people, s }
		before := unstarted(t, same) // signs nothing
		ids := before.several(3)
		person := people.find("budi")
		var jobs []string
		for _, id := range ids {
			job, err := before.queue.submit(t.Context(), person, []approval{{id, before.letter(id).current().SHA256}}, passphrase.FromString(passphraseOf("budi")))
			require.NoError(t, err)
			jobs = append(jobs, job)
		}
		// The second one was given to the box when the process ended.
		_, err := s.ChangeJob(t.Context(), jobs[1], func(j *job) error {
			j.State, j.Items[0].State = jobRunning, itemSigning
			return nil
		})
		require.NoError(t, err)
		// The third one was stored, and its job not yet.
		before.queue.pending = before.queue.pending[2:]
		signedAlready(t, before, jobs[2])

		after := newOffice(t, same)
		open, err := s.OpenJobs(t.Context())
		require.NoError(t, err)
		assert.Empty(t, open)
		budi := after.as("budi")
		first := budi.get("/antrean/" + jobs[0])
		assert.Contains(t, first.body, "Passphrase tidak lagi tersimpan")
		assert.Contains(t, first.body, "Naskah aman")
		assert.Contains(t, budi.sign(ids[0], passphraseOf("budi")).body, "1 dari 1")

		assert.Contains(t, budi.get("/antrean/"+jobs[1]).body, "hasil belum diketahui")
		assert.False(t, after.letter(ids[1]).ready("budi"))
		budi.send("/surat/"+ids[1]+"/putusan", url.Values{"putusan": {"lagi"}})
		assert.Contains(t, budi.sign(ids[1], passphraseOf("budi")).body, "1 dari 1")

		assert.Contains(t, budi.get("/antrean/"+jobs[2]).body, "1 dari 1 naskah ditandatangani")
		for _, id := range ids {
			assert.Equal(t, stateDone, after.letter(id).State)
			assert.Equal(t, 1, after.letter(id).signed())
		}
	})
}

// signedAlready signs the letter of a job and leaves the job as if the process had
// ended before it was noted there.
func signedAlready(t *testing.T, o *office, id string) {
	t.Helper()
	require.NoError(t, o.queue.carryOut(t.Context(), id))
	_, err := o.cfg.store.ChangeJob(t.Context(), id, func(j *job) error {
		require.Equal(t, itemSigned, j.Items[0].State)
		j.State, j.Items[0].State = jobRunning, itemSigning
		return nil
	})
	require.NoError(t, err)
}

func TestPassphraseWaitsOnlySoLong(t *testing.T) {
	clock := &stepClock{now: time.Now()}
	o := unstarted(t, func(c *appConfig) { c.now = clock.Now })
	id := o.several(1)[0]
	job, err := o.queue.submit(t.Context(), o.cfg.people.find("budi"), []approval{{id, o.letter(id).current().SHA256}}, passphrase.FromString(passphraseOf("budi")))
	require.NoError(t, err)
	clock.advance(6 * time.Minute)
	require.NoError(t, o.queue.carryOut(t.Context(), job))
	assert.Contains(t, o.as("budi").get("/antrean/"+job).body, "Passphrase tidak lagi tersimpan")
	assert.True(t, o.letter(id).ready("budi"))
}

func TestTwoJobsForOneLetter(t *testing.T) {
	o := unstarted(t, nil)
	id := o.several(1)[0]
	submit := func() error {
		_, err := o.queue.submit(t.Context(), o.cfg.people.find("budi"), []approval{{id, o.letter(id).current().SHA256}}, passphrase.FromString(passphraseOf("budi")))
		return err
	}
	require.NoError(t, submit())
	require.ErrorIs(t, submit(), errMoved)
	assert.Contains(t, o.as("budi").get("/surat/"+id).body, "sedang ditandatangani")
}

func TestStopLeavesTheOtherLetters(t *testing.T) {
	o := unstarted(t, nil)
	ids := o.several(2)
	budi := o.as("budi")
	page := budi.send("/massal", o.batchForm(passphraseOf("budi"), ids...))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, o.queue.carryOut(ctx, jobOf(page)), "the process stops before the first")
	stopped := budi.get(page.at)
	assert.Contains(t, stopped.body, "0 dari 2 naskah ditandatangani")
	assert.Contains(t, stopped.body, "sedang dihentikan")
	for _, id := range ids {
		assert.True(t, o.letter(id).ready("budi"))
	}
}

func TestProgressIsTold(t *testing.T) {
	o := unstarted(t, nil)
	ids := o.several(3)
	budi := o.as("budi")
	page := budi.send("/massal", o.batchForm(passphraseOf("budi"), ids...))
	assert.Contains(t, page.body, `<noscript><meta http-equiv="refresh" content="2"></noscript>`, "without scripts")
	assert.Contains(t, page.body, "0 dari 3 naskah")

	r := budi.request(http.MethodGet, page.at+"/peristiwa", nil)
	response, err := budi.client.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	lines := bufio.NewScanner(response.Body)
	next := func() view {
		for lines.Scan() {
			if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
				var v view
				require.NoError(t, json.Unmarshal([]byte(data), &v))
				return v
			}
		}
		require.FailNow(t, "the stream ended")
		return view{}
	}
	v := next()
	assert.Equal(t, 3, v.Total)
	assert.Zero(t, v.Done)
	ctx, cancel := context.WithCancel(t.Context())
	var worker sync.WaitGroup
	worker.Go(func() { o.queue.run(ctx) })
	defer worker.Wait()
	defer cancel()
	for !v.Ended {
		now := next()
		assert.GreaterOrEqual(t, now.Done, v.Done)
		v = now
	}
	assert.Equal(t, 3, v.Done)
	for _, item := range v.Items {
		assert.Equal(t, "ditandatangani", item.Text)
	}
	assert.False(t, lines.Scan() && strings.HasPrefix(lines.Text(), "data: "), "the stream ends with the job")
	assert.NotContains(t, budi.get(page.at).body, "http-equiv", "nothing more to wait for")
}

func TestStreamsEndWithTheOffice(t *testing.T) {
	o := unstarted(t, nil)
	budi := o.as("budi")
	page := budi.send("/massal", o.batchForm(passphraseOf("budi"), o.several(1)...))
	response, err := budi.client.Do(budi.request(http.MethodGet, page.at+"/peristiwa", nil))
	require.NoError(t, err)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	require.True(t, lines.Scan())
	o.hangUp()
	for lines.Scan() {
	}
	assert.NoError(t, lines.Err())
}
