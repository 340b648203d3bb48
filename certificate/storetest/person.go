package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math/big"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// began is when everything in the suite happens.
var began = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

// must is for values that are made up right here.
func must[T any](v T, err error) T {
	if err != nil {
		panic("storetest: " + err.Error())
	}
	return v
}

// fill makes a whole record of the n-th made-up person: district 99 in the NIK.
func fill(r *certificate.Record, n int) {
	r.SubjectID = "CONTOH0000000000"
	r.NIK = must(identity.ParseNIK(fmt.Sprintf("337199010185%04d", n)))
	r.Name = must(identity.ParseName("Dr. Budi Contoh, M.Kom."))
	r.SIASNMail = must(identity.ParseEmail(fmt.Sprintf("budi%d@example.com", n)))
	r.Phone = must(identity.ParsePhone("081200000001"))
	r.Employment, r.Agency = certificate.PNS, "Pemerintah Kota Contoh"
	r.Numbers = []certificate.Dated[identity.EmployeeNumber]{{Value: number(n), From: began}}
	r.WorkMails = []certificate.Dated[identity.Email]{
		{Value: mail(fmt.Sprintf("lama%d", n)), From: began.AddDate(-1, 0, 0), Until: began},
		{Value: mail(fmt.Sprintf("budi%d", n)), From: began},
	}
	r.Offices = []certificate.Dated[certificate.Office]{{Value: certificate.Office{
		Agency: "Pemerintah Kota Contoh", Unit: "Dinas Contoh", Position: "Kepala", Province: "Jawa Tengah", Rank: "IV/c",
	}, From: began}}
	r.State = certificate.StatusIssue
	r.History = []certificate.Change{{At: began, Event: certificate.EventIssue, From: certificate.StatusNew,
		To: certificate.StatusIssue, Serial: serial(n)}}
	r.Certificates = []certificate.Certificate{{
		Serial: serial(n), KeyID: "KEY", DER: []byte{0, 1, 2}, Chain: [][]byte{{3}, {4}}, IssuedAt: began,
		NotBefore: began, NotAfter: began.AddDate(2, 0, 0),
		Holds: []certificate.Dated[bool]{{Value: true, From: began, Until: began.Add(time.Hour)}},
	}}
	r.Agreements = []certificate.Acceptance{{Kind: certificate.PrivacyPolicy, Version: "1", SHA256: sha256.Sum256(nil), At: began}}
	r.Tokens = []certificate.StoredToken{{Hash: tokenHash(n), Purpose: certificate.PurposeReset,
		State: certificate.TokenUsed, CreatedAt: began, ExpiresAt: began.Add(time.Minute)}}
	r.Activation = &certificate.Activation{PersonalData: true, Name: certificate.MatchYes,
		Found: &certificate.Office{Unit: "Dinas Contoh"}, Confirmed: true, Selfies: 2, Selfie: certificate.MatchNo, SelfieAt: began}
	r.Issuance = &certificate.Issuance{RequestID: "REQUEST", KeyID: "KEY2", StartedAt: began}
	r.NewWorkMail = mail(fmt.Sprintf("baru%d", n))
	r.Asked = map[certificate.Purpose]time.Time{certificate.PurposeReset: began}
	r.Barred = true
	r.Mails = []certificate.MailIntent{{ID: "MAIL", Kind: certificate.MailResetPassphrase, To: r.NewWorkMail,
		CreatedAt: began, Serial: serial(n), NotBefore: began.Add(time.Minute), Attempts: 3}}
	r.Tasks = []certificate.Task{{ID: "TASK", Kind: certificate.TaskRevoke, Serial: serial(n),
		Reason: certificate.ReasonSuperseded, At: began, RequestID: "OLD", KeyID: "KEY0", NotBefore: began, Attempts: 1}}
}

func number(n int) identity.EmployeeNumber {
	return must(identity.ParseEmployeeNumber(fmt.Sprintf("1985010120%02d011%03d", 5+n/100, 900+n%100)))
}

func mail(local string) identity.Email {
	return must(identity.ParseEmail(local + "@pns.contoh.go.id"))
}

func serial(n int) certificate.Serial {
	return must(certificate.NewSerial(big.NewInt(int64(1_000_000 + n))))
}

func tokenHash(n int) certificate.TokenHash {
	return sha256.Sum256(fmt.Appendf(nil, "token %d", n))
}

// add stores the n-th person.
func add(ctx context.Context, s certificate.Store, n int, change func(*certificate.Record)) (certificate.PersonID, error) {
	id := certificate.GeneratePersonID()
	err := s.Update(ctx, id, func(r *certificate.Record) error {
		fill(r, n)
		if change != nil {
			change(r)
		}
		return nil
	})
	return id, err
}

// filled is the n-th person as add stores it.
func filled(id certificate.PersonID, n int) *certificate.Record {
	r := &certificate.Record{ID: id}
	fill(r, n)
	return r
}

// same compares two records by what a store keeps of them.
func same(a, b *certificate.Record) error {
	x, err := a.MarshalBinary()
	if err != nil {
		return err
	}
	y, err := b.MarshalBinary()
	if err != nil {
		return err
	}
	if !bytes.Equal(x, y) {
		return fmt.Errorf("records differ") // not their content: it is personal
	}
	return nil
}
