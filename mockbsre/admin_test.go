package mockbsre_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// controls drives a fake as a test in another language does.
type controls struct {
	*box
	server *httptest.Server
}

func newControls(t *testing.T) *controls {
	srv := mockbsre.NewUnstarted(mockbsre.Config{Strict: true})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	c := &controls{&box{Server: srv, t: t}, httptest.NewServer(srv.Admin())}
	t.Cleanup(c.server.Close)
	return c
}

// ask makes a request and returns the status and what the answer holds.
func (c *controls) ask(method, path, body string) (int, map[string]any) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.server.URL+path, strings.NewReader(body))
	require.NoError(c.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.server.Client().Do(r)
	require.NoError(c.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(c.t, err)
	assert.Contains(c.t, answer.Header.Get("Server"), "tiruan")
	var v map[string]any
	if len(text) > 0 && json.Unmarshal(text, &v) != nil {
		v = map[string]any{"text": string(text)}
	}
	return answer.StatusCode, v
}

// ok makes a request that must succeed.
func (c *controls) ok(method, path, body string) map[string]any {
	c.t.Helper()
	status, v := c.ask(method, path, body)
	require.Contains(c.t, []int{200, 204}, status, "%s %s: %v", method, path, v)
	return v
}

func list(v map[string]any, name string) []any { return v[name].([]any) }

func TestAdminDrivesEverything(t *testing.T) {
	c := newControls(t)
	service := c.ok("GET", "/service", "")
	assert.Equal(t, mockbsre.DefaultPassword, service["password"])

	// People.
	budi := c.ok("POST", "/people", `{"number": 0}`)
	assert.Equal(t, "ISSUE", budi["status"])
	nik, phrase := budi["nik"].(string), budi["passphrase"].(string)
	ayu := c.ok("POST", "/people", `{"number": 1, "status": "NEW"}`)
	assert.Equal(t, "NEW", ayu["status"])
	assert.Nil(t, ayu["passphrase"])
	person := mockbsre.MadeUpPerson(2)
	raw, err := json.Marshal(map[string]any{"person": map[string]string{
		"nik": person.NIK, "name": person.Name, "employee_number": person.EmployeeNumber, "siasn_email": person.SIASNEmail,
		"work_email": person.WorkEmail, "phone": person.Phone, "agency": person.Agency, "unit": person.Unit,
		"position": person.Position, "province": person.Province, "rank": person.Rank,
	}, "passphrase": typed})
	require.NoError(t, err)
	own := c.ok("POST", "/people", string(raw))
	assert.Equal(t, typed, own["passphrase"])
	assert.Len(t, list(c.ok("GET", "/people", ""), "people"), 3)
	assert.Len(t, list(c.ok("GET", "/people?limit=1", ""), "people"), 1)
	assert.Equal(t, "ISSUE", c.ok("GET", "/people/"+nik, "")["status"])

	// The signing service with the credential that was told.
	c.person.NIK = nik
	body := c.invisible(letter(t))
	body["passphrase"] = phrase
	require.Len(t, c.post("/api/v2/sign/pdf", body).files(), 1)
	c.post("/api/v2/sign/get/totp", map[string]any{"nik": nik, "data": 1})
	assert.Regexp(t, `^\d{6}$`, c.ok("GET", "/people/"+nik+"/code", "")["code"])

	// Inbox.
	mails := list(c.ok("GET", "/inbox?to="+budi["work_email"].(string), ""), "mails")
	require.NotEmpty(t, mails)
	latest := c.ok("GET", "/inbox/latest?kind=activation", "")
	assert.Equal(t, "activation", latest["kind"])
	assert.Len(t, latest["links"], 1)
	id := json.Number(strings.TrimSuffix(strings.TrimSpace(toText(t, latest["id"])), ".0")).String()
	assert.Equal(t, latest, c.ok("GET", "/inbox/"+id, ""))
	c.ok("DELETE", "/inbox/"+id, "")
	status, _ := c.ask("GET", "/inbox/"+id, "")
	assert.Equal(t, 404, status)
	assert.Equal(t, 0.0, c.ok("DELETE", "/inbox?text=nobody+wrote+this", "")["removed"])

	// Clock.
	before := c.Clock.Now()
	assert.Equal(t, before.Add(24*time.Hour).UTC().Format(time.RFC3339), c.ok("POST", "/clock", `{"advance":"24h"}`)["now"])
	c.ok("POST", "/clock", `{"set":"`+before.Add(48*time.Hour).Format(time.RFC3339)+`"}`)
	assert.True(t, before.Add(48*time.Hour).Equal(c.Clock.Now()))

	// Journal.
	calls := list(c.ok("GET", "/journal", ""), "calls")
	require.Len(t, calls, 2)
	assert.Equal(t, "v2 sign", calls[0].(map[string]any)["operation"])
	assert.NotContains(t, toText(t, calls), nik)
	made := list(c.ok("GET", "/signatures", ""), "signatures")
	assert.Len(t, made, 1)
	c.ok("DELETE", "/journal", "")
	assert.Empty(t, list(c.ok("GET", "/journal", ""), "calls"))

	// Strict.
	c.post("/api/v2/user/check/status", `{"nikk":"1"}`)
	strict := c.ok("GET", "/strict", "")
	assert.Equal(t, true, strict["strict"])
	assert.Len(t, list(strict, "errors"), 2)

	// Forgetting and the rest.
	c.ok("DELETE", "/people/"+nik, "")
	assert.Equal(t, "NOT_REGISTERED", c.ok("GET", "/people/"+nik, "")["status"])
	_, pem := c.ask("GET", "/root.pem", "")
	assert.Contains(t, pem["text"], "BEGIN CERTIFICATE")
	endpoints := c.ok("GET", "/", "")["endpoints"].(map[string]any)
	assert.Contains(t, endpoints, "PUT /faults")
}

func toText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

func TestAdminNumbers(t *testing.T) {
	c := newControls(t)
	pppk := c.ok("POST", "/people", `{"number": 2}`)
	civil := mockbsre.MadeUpPerson(3)
	changed := c.ok("POST", "/people/"+pppk["nik"].(string)+"/number", `{"number":"`+civil.EmployeeNumber+`"}`)
	assert.Equal(t, civil.EmployeeNumber, changed["employee_number"])
	assert.Equal(t, pppk["nik"], changed["nik"])
}

func TestAdminFaults(t *testing.T) {
	c := newControls(t)
	set := c.ok("PUT", "/faults", `{"rules":[
		{"operation":"v1 status","kind":"status-503","retry_after":"7s","last":1},
		{"operation":"v1 status","status":418,"body":"x","content_type":"text/plain","first":3,"probability":1}]}`)
	assert.NotZero(t, set["seed"])
	var statuses []int
	for range 3 {
		answer := c.get("/api/user/status/3371990101800001")
		statuses = append(statuses, answer.status)
		if answer.status == 503 {
			assert.Equal(t, "7", answer.header.Get("Retry-After"))
		}
	}
	assert.Equal(t, []int{503, 200, 418}, statuses)
	assert.Equal(t, set, c.ok("GET", "/faults", ""))
	again := c.ok("PUT", "/faults", strings.Replace(toText(t, set), `"pending":0,`, "", 1))
	assert.Equal(t, set, again, "what is answered can be set again, to replay it")

	c.ok("DELETE", "/faults", "")
	c.ok("POST", "/faults/next", `{"operation":"v1 status","kind":"slow-header","delay":"1h","status":504}`)
	assert.Equal(t, 1.0, c.ok("GET", "/faults", "")["pending"])
	c.ok("POST", "/reset", `{"only":"faults"}`)
	assert.Zero(t, c.PendingFaults())
	c.ok("POST", "/faults/next", `{"status":502}`)
	assert.Equal(t, 502, c.get("/api/user/status/3371990101800001").status)
	calls := list(c.ok("GET", "/journal?limit=1", ""), "calls")
	assert.Equal(t, map[string]any{"status": 502.0}, calls[0].(map[string]any)["fault"])

	kinds := c.ok("GET", "/faults/kinds", "")
	assert.Len(t, list(kinds, "kinds"), len(mockbsre.FaultKinds()))
	for _, k := range list(kinds, "kinds") {
		kind := k.(map[string]any)
		for _, op := range list(kinds, "operations") { // every kind can be planned as it is told
			if !strings.HasSuffix(op.(string), " sign") {
				continue
			}
			fault := kind["fault"].(map[string]any)
			fault["operation"] = op
			c.ok("POST", "/faults/next", toText(t, fault))
			delete(fault, "operation")
		}
	}
	c.ok("PUT", "/faults", `{"hostile":true,"seed":7}`)
	assert.Equal(t, mockbsre.FaultScript{Seed: 7, Hostile: true}.Seed, c.Faults().Seed)
}

func TestAdminSeals(t *testing.T) {
	c := newControls(t)
	seal := c.ok("POST", "/seals", `{"name":"Dinas Contoh","mail":"segel@dinas.magelangkota.go.id"}`)
	id := seal["id"].(string)
	assert.Equal(t, []any{seal}, list(c.ok("GET", "/seals", ""), "seals"))
	status, _ := c.ask("GET", "/seals/"+id+"/activation", "")
	assert.Equal(t, 404, status)
	c.post("/api/v2/seal/get/activation", map[string]string{"idSubscriber": id})
	assert.Regexp(t, `^\d{6}$`, c.ok("GET", "/seals/"+id+"/activation", "")["code"])
	assert.Len(t, c.ok("GET", "/inbox/latest?to=segel@dinas.magelangkota.go.id", "")["codes"], 1)
	c.ok("DELETE", "/seals/"+id, "")
	c.ok("POST", "/reset", `{"only":"seals"}`)
	assert.Empty(t, list(c.ok("GET", "/seals", ""), "seals"))
}

func TestAdminResets(t *testing.T) {
	c := newControls(t)
	nik := c.ok("POST", "/people", `{"number": 0}`)["nik"].(string)
	c.get("/api/user/status/" + nik)
	c.ok("POST", "/reset", `{"only":"inbox"}`)
	assert.Empty(t, list(c.ok("GET", "/inbox", ""), "mails"))
	c.ok("POST", "/reset", `{"only":"journal"}`)
	assert.Empty(t, c.Journal())
	c.ok("POST", "/reset", `{"only":"people"}`)
	assert.Equal(t, "NOT_REGISTERED", c.ok("GET", "/people/"+nik, "")["status"])
	c.ok("POST", "/reset", `{}`)
	assert.Empty(t, list(c.ok("GET", "/people", ""), "people"))
	c.ok("POST", "/people", `{"number": 0}`)
}

func TestAdminRefuses(t *testing.T) {
	c := newControls(t)
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
	}{
		"unknown path":          {"GET", "/nothing", "", 404},
		"wrong method":          {"PUT", "/clock", "{}", 405},
		"no body":               {"POST", "/clock", "", 400},
		"not JSON":              {"POST", "/clock", "advance", 400},
		"two objects":           {"POST", "/clock", `{"advance":"1h"}{}`, 400},
		"unknown member":        {"POST", "/clock", `{"advnce":"1h"}`, 400},
		"two ways":              {"POST", "/clock", `{"advance":"1h","set":"2027-01-01T00:00:00Z"}`, 400},
		"no duration":           {"POST", "/clock", `{"advance":"tomorrow"}`, 400},
		"a time out of reach":   {"POST", "/clock", `{"set":"9999-01-01T00:00:00Z"}`, 400},
		"too much":              {"POST", "/clock", `{"advance":"` + strings.Repeat("1", 2<<20) + `"}`, 413},
		"no such mail":          {"GET", "/inbox/77", "", 404},
		"no mail's id":          {"DELETE", "/inbox/x", "", 404},
		"no mail":               {"GET", "/inbox/latest", "", 404},
		"no kind of mail":       {"GET", "/inbox?kind=letter", "", 400},
		"no limit":              {"GET", "/inbox?limit=x", "", 400},
		"limit out of bounds":   {"GET", "/journal?limit=100000", "", 400},
		"nobody":                {"GET", "/people/3371990101809999", "", 404},
		"no NIK":                {"GET", "/people/x", "", 404},
		"nobody's code":         {"GET", "/people/3371990101809999/code", "", 404},
		"number out of bounds":  {"POST", "/people", `{"number":10000}`, 400},
		"no person":             {"POST", "/people", `{}`, 400},
		"status that is none":   {"POST", "/people", `{"number":1,"status":"ACTIVE"}`, 400},
		"not a made-up person":  {"POST", "/people", `{"person":{"nik":"3371980101800001","name":"Budi Contoh"}}`, 400},
		"seal without a name":   {"POST", "/seals", `{}`, 400},
		"no such seal":          {"DELETE", "/seals/x", "", 404},
		"kind that is none":     {"POST", "/faults/next", `{"kind":"sunspots"}`, 400},
		"fault that is none":    {"POST", "/faults/next", `{}`, 400},
		"rule that is none":     {"PUT", "/faults", `{"rules":[{"kind":"sunspots"}]}`, 400},
		"operation unknown":     {"PUT", "/faults", `{"rules":[{"operation":"v3 sign","status":500}]}`, 400},
		"reset of what is none": {"POST", "/reset", `{"only":"everything"}`, 400},
	} {
		status, answer := c.ask(tt.method, tt.path, tt.body)
		assert.Equal(t, tt.status, status, "%s: %v", name, answer)
		if tt.status == 400 {
			assert.NotEmpty(t, answer["error"], name)
		}
	}
	// A page of another site that the developer looks at must not drive it.
	for name, header := range map[string][2]string{
		"another origin": {"Origin", "https://elsewhere.example"}, "another site": {"Sec-Fetch-Site", "cross-site"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", c.server.URL+"/reset", strings.NewReader("{}"))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(header[0], header[1])
		answer, err := c.server.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, 403, answer.StatusCode, name)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", c.server.URL+"/reset", strings.NewReader("{}"))
	require.NoError(t, err)
	answer, err := c.server.Client().Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, 400, answer.StatusCode, "without its content type")
	assert.Panics(t, func() { mockbsre.NewUnstarted(mockbsre.Config{}).Admin() })
}
