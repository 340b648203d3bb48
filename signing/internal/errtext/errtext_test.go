package errtext_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/internal/errtext"
)

var (
	errPage = errors.New("letter: no such page")
	errRead = errors.New("pdf: no such page")
)

func TestAt(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"an error of the package": {errPage, "letter: role \"ketua\": no such page"},
		"one of another package":  {errRead, "letter: role \"ketua\": pdf: no such page"},
		"the prefix in a quoted text": {fmt.Errorf("letter: field %q: %w", "letter: x", io.EOF),
			"letter: role \"ketua\": field \"letter: x\": EOF"},
		"twice": {errtext.At("letter: ", "page 2", errPage), "letter: role \"ketua\": page 2: no such page"},
	} {
		t.Run(name, func(t *testing.T) {
			err := errtext.At("letter: ", "role \"ketua\"", c.err)
			assert.EqualError(t, err, c.want)
			assert.ErrorIs(t, err, c.err)
		})
	}
	assert.NoError(t, errtext.At("letter: ", "x", nil))
}

func TestUnder(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"the same in other words": {errRead, "letter: no such page"},
		"and more":                {fmt.Errorf("%w: page 5 of 3", errRead), "letter: no such page: page 5 of 3"},
		"its prefix alone":        {errors.New("pdf: at byte 7: no"), "letter: no such page: at byte 7: no"},
		"nothing of it":           {io.EOF, "letter: no such page: EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			err := errtext.Under(errPage, c.err, errRead.Error(), "pdf: ")
			assert.EqualError(t, err, c.want)
			assert.ErrorIs(t, err, c.err)
			assert.ErrorIs(t, err, errPage)
		})
	}
}
