package mockbsre_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// FuzzAdmin sends any body to the calls that take one: it is refused or done,
// and what was set can be read again.
func FuzzAdmin(f *testing.F) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	require.NoError(f, srv.Start(f.Context()))
	f.Cleanup(srv.Close)
	admin := srv.Admin()
	for _, seed := range []string{
		`{"advance":"24h"}`, `{"set":"2027-01-02T03:04:05Z"}`, `{"advance":"-2562047h47m16s"}`, `{"only":"faults"}`, `{}`, `null`, `[]`,
		`{"seed":7,"hostile":true,"rules":[{"operation":"v2 sign","kind":"lost-answer","first":1,"last":2,"probability":0.5}]}`,
		`{"operation":"v1 status","status":503,"retry_after":"1s","delay":"1ms","real_time":true,"body":"x"}`, `{"rules":[{}]}`,
		`{"name":"Dinas Contoh","mail":"segel@dinas.example"}`, `{"number":1e309}`, `{"person":{"nik":"3371990101800001"},"status":"NEW"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, call := range []struct{ method, path string }{
			{"POST", "/clock"}, {"PUT", "/faults"}, {"POST", "/faults/next"}, {"POST", "/reset"}, {"POST", "/people"}, {"POST", "/people/3371990101800001/number"},
		} {
			r := httptest.NewRequestWithContext(t.Context(), call.method, call.path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			admin.ServeHTTP(w, r)
			require.Contains(t, []int{200, 204, 400, 404, 413}, w.Code, "%s %s: %s", call.method, call.path, w.Body)
		}
		w := httptest.NewRecorder()
		admin.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/faults", nil))
		require.Equal(t, 200, w.Code)
		year := srv.Clock.Now().Year()
		require.True(t, year >= 2000 && year <= 2200)
	})
}
