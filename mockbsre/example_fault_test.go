package mockbsre_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/sertel-id/sertel/mockbsre"
)

// status asks for the status of somebody.
func status(srv *mockbsre.Server, body string) string {
	r, err := http.NewRequest("POST", srv.URL()+"/api/v2/user/check/status", strings.NewReader(body))
	if err != nil {
		return err.Error()
	}
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "no answer"
	}
	defer answer.Body.Close()
	return answer.Status
}

func ExampleServer_SetFaults() {
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	if err := srv.Start(context.Background()); err != nil {
		panic(err)
	}
	defer srv.Close()
	err := srv.SetFaults(mockbsre.FaultScript{Rules: []mockbsre.FaultRule{
		{Operation: mockbsre.StatusV2, First: 2, Last: 2, Fault: mockbsre.Fault503.Fault()},
	}})
	if err != nil {
		panic(err)
	}
	for range 3 {
		fmt.Println(status(srv, `{"nik":"3371990101800001"}`))
	}
	fmt.Println("finds a client that", mockbsre.Fault503.Finds())
	// Output:
	// 200 OK
	// 503 Service Unavailable
	// 200 OK
	// finds a client that gives a letter up that can be signed in a while
}

// In a test, NewWith(t, mockbsre.Config{Strict: true}) makes failures of these.
func ExampleServer_StrictErrors() {
	srv := mockbsre.NewUnstarted(mockbsre.Config{Strict: true})
	if err := srv.Start(context.Background()); err != nil {
		panic(err)
	}
	defer srv.Close()
	status(srv, `{"nik":"3371990101800001"}`)
	status(srv, `{"emial":"budi.contoh@pns.magelangkota.go.id"}`)
	for _, err := range srv.StrictErrors() {
		fmt.Println(err)
	}
	// Output:
	// mockbsre: strict: v2 status: unknown member "emial"; instead: "email"
	// mockbsre: strict: v2 status: neither "nik" nor "email"; instead: one of them
}

func ExampleServer_Admin() {
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	if err := srv.Start(context.Background()); err != nil {
		panic(err)
	}
	defer srv.Close()
	admin := httptest.NewServer(srv.Admin()) // a listener of its own
	defer admin.Close()

	answer, err := http.Post(admin.URL+"/faults/next", "application/json",
		strings.NewReader(`{"operation": "v2 status", "kind": "status-502"}`))
	if err != nil {
		panic(err)
	}
	answer.Body.Close()
	fmt.Println(status(srv, `{"nik":"3371990101800001"}`))

	answer, err = http.Get(admin.URL + "/inbox")
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	mails, err := io.ReadAll(answer.Body)
	fmt.Printf("%s", mails)
	if err != nil {
		panic(err)
	}
	// Output:
	// 502 Bad Gateway
	// {"mails":[]}
}
