package main

import (
	"io"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestServesPages(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	output, stop := started(t, config{host: "127.0.0.1", people: 2, seed: 7, level: "B-LT"})
	printed := regexp.MustCompile(`pages +(http://\S+)`).FindStringSubmatch(output())
	require.NotNil(t, printed)
	assert.Regexp(t, `NOT_REGISTERED +\d{16} +\d{18} `, output(), "whom examples/enrol can take")

	get := func(path string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, printed[1]+path, nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(text)
	}
	status, text := get("")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, text, "<h1>Login</h1>")
	_, text = get("surat/terbaru?jenis=set_passphrase")
	assert.Contains(t, text, ">"+printed[1]+"email/passphrase/set/", "the mails' links lead here")
	require.NoError(t, stop())
	http.DefaultClient.CloseIdleConnections()
}
