package mockbsre_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

// A program that speaks to the agency's Esign Client speaks to the fake with
// nothing but another address.
func ExampleServer_URL() {
	srv := mockbsre.NewUnstarted(mockbsre.Config{Start: time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)})
	if err := srv.Start(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	budi := mockbsre.MadeUpPerson(0)
	if _, err := srv.Enrol(context.Background(), budi, passphrase.FromString("Tiga-Kelinci9-Ungu")); err != nil {
		fmt.Println(err)
		return
	}
	ask := func() {
		r, _ := http.NewRequest("POST", srv.URL()+"/api/v2/user/check/status", strings.NewReader(`{"nik":"`+budi.NIK+`"}`))
		r.Header.Set("Content-Type", "application/json")
		username, password := srv.Credential()
		r.SetBasicAuth(username, string(password.Reveal()))
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println("no answer")
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		fmt.Println(answer.StatusCode, string(body))
	}
	ask()
	srv.FailNext(mockbsre.StatusV2, mockbsre.Fault{Status: 503})
	ask()
	// Output:
	// 200 {"status_code":1111,"status":"ISSUE","message":"User sudah terdaftar dan memiliki sertifikat dengan status ISSUE"}
	// 503 {"timestamp":"2027-01-04T08:00:00.000+00:00","status":503,"error":"Service Unavailable","path":"/api/v2/user/check/status"}
}
