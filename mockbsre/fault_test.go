package mockbsre_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// try sends a request whose answer may not come.
func (b *box) try(ctx context.Context, body any) (status int, text []byte, err error) {
	b.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(b.t, err)
	r := b.request("POST", "/api/v2/sign/pdf", "application/json", strings.NewReader(string(raw))).WithContext(ctx)
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	// Each its own connection, so that no client repeats a request by itself.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}

func TestFaults(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	for _, c := range []struct {
		name   string
		fault  mockbsre.Fault
		status int  // of what arrives; 0 for none
		broken bool // the answer breaks off
		made   int
	}{
		{"cut before anything", mockbsre.Fault{Cut: true, CutAfter: -1}, 0, true, 0},
		{"signed, then the answer lost", mockbsre.Fault{Applied: true, Cut: true, CutAfter: -1}, 0, true, 1},
		{"signed, then cut within the body", mockbsre.Fault{Applied: true, Cut: true, CutAfter: 2000}, 200, true, 1},
		{"signed, headers alone", mockbsre.Fault{Applied: true, Cut: true}, 200, true, 1},
		{"not signed, headers alone", mockbsre.Fault{Cut: true}, 200, true, 0},
		{"status", mockbsre.Fault{Status: 503}, 503, false, 0},
		{"signed, yet a status", mockbsre.Fault{Applied: true, Status: 500}, 500, false, 1},
		{"malformed JSON", mockbsre.Fault{Malformed: true}, 200, false, 0},
		{"signed, malformed JSON", mockbsre.Fault{Applied: true, Malformed: true}, 200, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.ClearJournal()
			b.FailNext(mockbsre.SignV2, c.fault)
			status, text, err := b.try(t.Context(), b.invisible(letter(t)))
			assert.Equal(t, c.broken, err != nil)
			assert.Equal(t, c.status, status)
			assert.Len(t, b.Signatures(), c.made)
			if c.fault.Malformed {
				assert.False(t, json.Valid(text))
			}
			if c.fault.Status != 0 {
				assert.Contains(t, string(text), `"path":"/api/v2/sign/pdf"`)
			}
			journal := b.Journal()
			require.Len(t, journal, 1)
			require.NotNil(t, journal[0].Fault)
			assert.Equal(t, c.fault, *journal[0].Fault)
			assert.Equal(t, c.status, journal[0].Status)
			assert.Zero(t, b.PendingFaults())
			b.sound(letter(t), b.signed())
		})
	}
}

func TestFaultsMeetTheirOperation(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	b.FailNext(mockbsre.VerifyV2, mockbsre.Fault{Status: 502})
	b.FailNext(mockbsre.AnyOperation, mockbsre.Fault{Status: 504})
	wrong := b.request("GET", "/api/user/status/1", "", nil)
	wrong.SetBasicAuth("x", "y")
	assert.Equal(t, 401, b.do(wrong).status, "no fault is used up without the credential")
	assert.Equal(t, 504, b.get("/api/user/status/1").status)
	assert.Equal(t, 200, b.get("/api/user/status/1").status)
	assert.Equal(t, 502, b.post("/api/v2/verify/pdf", map[string]any{"file": letter(t)}).status)
	for name, f := range map[string]mockbsre.Fault{
		"nothing": {}, "applied alone": {Applied: true}, "no such status": {Status: 42},
	} {
		assert.Panics(t, func() { b.FailNext(mockbsre.SignV2, f) }, name)
	}
}

func TestDelayObeysTheClock(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	b.FailNext(mockbsre.StatusV1, mockbsre.Fault{Delay: time.Minute})
	answered := make(chan response, 1)
	go func() { answered <- b.get("/api/user/status/" + b.person.NIK) }()
	require.Eventually(t, func() bool { return len(b.Journal()) == 1 }, 10*time.Second, time.Millisecond)
	b.Clock.Advance(59 * time.Second)
	select {
	case <-answered:
		t.Fatal("answered before the time")
	default:
	}
	b.Clock.Advance(time.Second)
	assert.Equal(t, "ISSUE", (<-answered).json()["status"])

	b.FailNext(mockbsre.SignV2, mockbsre.Fault{Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	body := b.invisible(letter(t))
	go func() {
		_, _, err := b.try(ctx, body)
		failed <- err
	}()
	require.Eventually(t, func() bool { return len(b.Signatures()) == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	assert.ErrorIs(t, <-failed, context.Canceled)

	b.FailNext(mockbsre.StatusV1, mockbsre.Fault{Delay: time.Hour})
	held := make(chan error, 1)
	r := b.request("GET", "/api/user/status/"+b.person.NIK, "", nil)
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			err = errors.Join(nil, answer.Body.Close())
		}
		held <- err
	}()
	require.Eventually(t, func() bool { return b.PendingFaults() == 0 && len(b.Journal()) == 3 }, 10*time.Second, time.Millisecond)
	b.Close()
	assert.NoError(t, <-held, "closing lets held answers go")
}
