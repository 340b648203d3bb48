package main

import (
	"context"
	"errors"
)

var (
	// errFull: the store in memory takes no more.
	errFull = errors.New("eoffice: the store is full")
	// errInUse: another process works on the database.
	errInUse = errors.New("eoffice: another e-office works on this database")
)

// store keeps letters, the bytes of their versions, and jobs. What it returns is
// a copy. Unknown ids are errNotFound.
type store interface {
	AddLetter(ctx context.Context, l letter, document []byte) error
	Letter(ctx context.Context, id string) (letter, error)
	LetterByToken(ctx context.Context, token string) (letter, error)
	// Letters returns the newest letters that a person may see.
	Letters(ctx context.Context, username string, limit int) ([]letter, error)
	// ChangeLetter calls change on the letter and stores what it leaves, with
	// the document as its newest version unless that is nil: all of it or, when
	// change fails, nothing. Changes of one letter follow one another.
	ChangeLetter(ctx context.Context, id string, change func(*letter) (document []byte, err error)) (letter, error)
	Document(ctx context.Context, id string, version int) ([]byte, error)

	AddJob(ctx context.Context, j job) error
	Job(ctx context.Context, id string) (job, error)
	ChangeJob(ctx context.Context, id string, change func(*job) error) (job, error)
	// OpenJobs returns the jobs that have not ended, oldest first.
	OpenJobs(ctx context.Context) ([]job, error)

	Close() error
}
