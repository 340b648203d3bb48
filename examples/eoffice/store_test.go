package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres/pgtest"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// eachStore runs a test over both stores.
func eachStore(t *testing.T, test func(*testing.T, store)) {
	t.Run("memory", func(t *testing.T) { test(t, newMemoryStore()) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresFor(t, server.Database(t).DSN())) })
}

func postgresFor(t *testing.T, dsn string) *postgresStore {
	t.Helper()
	p, err := openPostgres(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, p.Close()) })
	return p
}

func someLetter(id string, at time.Time, author string) letter {
	l := letter{ID: id, Token: "token-" + id, Number: "1", Subject: "Surat", Author: author, Created: at, State: stateDraft}
	l.addVersion([]byte("satu"), "diunggah", at)
	return l
}

func TestStoreKeepsLetters(t *testing.T) {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	eachStore(t, func(t *testing.T, s store) {
		ctx := t.Context()
		want := someLetter("a", at, "agus")
		require.NoError(t, s.AddLetter(ctx, want, []byte("satu")))
		require.NoError(t, s.AddLetter(ctx, someLetter("b", at.Add(time.Minute), "ratna"), []byte("dua")))
		got, err := s.Letter(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, want, got)
		got, err = s.LetterByToken(ctx, "token-b")
		require.NoError(t, err)
		assert.Equal(t, "b", got.ID)

		changed, err := s.ChangeLetter(ctx, "a", func(l *letter) ([]byte, error) {
			l.Steps = []step{{Signer: "ratna", Kind: stepSign}}
			l.addVersion([]byte("lebih"), "disiapkan", at)
			return []byte("lebih"), nil
		})
		require.NoError(t, err)
		assert.Len(t, changed.Versions, 2)
		for version, text := range map[int]string{1: "satu", 2: "lebih"} {
			document, err := s.Document(ctx, "a", version)
			require.NoError(t, err)
			assert.Equal(t, text, string(document))
		}
		letters, err := s.Letters(ctx, "ratna", 10)
		require.NoError(t, err)
		require.Len(t, letters, 2, "her own, and the one that she is to sign")
		assert.Equal(t, "b", letters[0].ID, "the newest first")
		letters, err = s.Letters(ctx, "ratna", 1)
		require.NoError(t, err)
		assert.Len(t, letters, 1)
		letters, err = s.Letters(ctx, "rat", 10)
		require.NoError(t, err)
		assert.Empty(t, letters)
	})
}

func TestStoreRefuses(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		ctx := t.Context()
		_, err := s.Letter(ctx, "x")
		assert.ErrorIs(t, err, errNotFound)
		_, err = s.LetterByToken(ctx, "")
		assert.ErrorIs(t, err, errNotFound)
		_, err = s.Document(ctx, "x", 1)
		assert.ErrorIs(t, err, errNotFound)
		_, err = s.Job(ctx, "x")
		assert.ErrorIs(t, err, errNotFound)
		_, err = s.ChangeLetter(ctx, "x", func(*letter) ([]byte, error) { return nil, nil })
		assert.ErrorIs(t, err, errNotFound)
		_, err = s.ChangeJob(ctx, "x", func(*job) error { return nil })
		assert.ErrorIs(t, err, errNotFound)
	})
}

func TestStoreChangesAllOrNothing(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		ctx := t.Context()
		require.NoError(t, s.AddLetter(ctx, someLetter("a", time.Now().UTC(), "agus"), []byte("satu")))
		refused := errors.New("refused")
		_, err := s.ChangeLetter(ctx, "a", func(l *letter) ([]byte, error) {
			l.Subject = "lain"
			return []byte("dua"), refused
		})
		require.ErrorIs(t, err, refused)
		l, err := s.Letter(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, "Surat", l.Subject)
		_, err = s.Document(ctx, "a", 2)
		assert.ErrorIs(t, err, errNotFound)
	})
}

func TestStoreChangesFollowOneAnother(t *testing.T) {
	eachStore(t, func(t *testing.T, s store) {
		ctx := t.Context()
		require.NoError(t, s.AddLetter(ctx, someLetter("a", time.Now().UTC(), "agus"), []byte("satu")))
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := s.ChangeLetter(ctx, "a", func(l *letter) ([]byte, error) {
					l.note(time.Now().UTC(), "agus", "lagi")
					return nil, nil
				})
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		l, err := s.Letter(ctx, "a")
		require.NoError(t, err)
		assert.Len(t, l.Events, 20)
	})
}

func TestStoreKeepsJobs(t *testing.T) {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	eachStore(t, func(t *testing.T, s store) {
		ctx := t.Context()
		for i, id := range []string{"tua", "muda"} {
			require.NoError(t, s.AddJob(ctx, job{ID: id, Created: at.Add(time.Duration(i) * time.Minute), State: jobQueued}))
		}
		open, err := s.OpenJobs(ctx)
		require.NoError(t, err)
		require.Len(t, open, 2)
		assert.Equal(t, "tua", open[0].ID)
		j, err := s.ChangeJob(ctx, "tua", func(j *job) error { j.State = jobEnded; return nil })
		require.NoError(t, err)
		assert.Equal(t, jobEnded, j.State)
		open, err = s.OpenJobs(ctx)
		require.NoError(t, err)
		require.Len(t, open, 1)
		assert.Equal(t, "muda", open[0].ID)
	})
}

func TestMemoryStoreIsBounded(t *testing.T) {
	s := newMemoryStore()
	s.limit = 10
	require.NoError(t, s.AddLetter(t.Context(), someLetter("a", time.Now(), "agus"), []byte("12345678")))
	assert.ErrorIs(t, s.AddLetter(t.Context(), someLetter("b", time.Now(), "agus"), []byte("123")), errFull)
	_, err := s.ChangeLetter(t.Context(), "a", func(*letter) ([]byte, error) { return []byte("123"), nil })
	assert.ErrorIs(t, err, errFull)
}

func TestOneProcessWorksOnADatabase(t *testing.T) {
	dsn := server.Database(t).DSN()
	first, err := openPostgres(t.Context(), dsn)
	require.NoError(t, err)
	_, err = openPostgres(t.Context(), dsn)
	require.ErrorIs(t, err, errInUse)
	require.NoError(t, first.Close())
	second, err := openPostgres(t.Context(), dsn)
	require.NoError(t, err, "the lock ends with the process, the tables stay")
	require.NoError(t, second.Close())
}

func TestDatabaseErrorsHoldNoPassword(t *testing.T) {
	for name, dsn := range map[string]string{
		"not a connection string": "postgres://eoffice:sandi-basis-data-rahasia@%zz/x",
		"nobody there":            "postgres://eoffice:sandi-basis-data-rahasia@127.0.0.1:1/x?connect_timeout=1",
	} {
		_, err := openPostgres(context.WithoutCancel(t.Context()), dsn)
		require.Error(t, err, name)
		assert.False(t, strings.Contains(err.Error(), "sandi-basis-data-rahasia"), name)
	}
}
