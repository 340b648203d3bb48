package mockbsre

import (
	"context"
	"net/http"

	"github.com/sertel-id/sertel/certificate"
)

// Status codes. The first three were seen in answers of real servers; 1110 is
// that of NOT_REGISTERED in the status call of version 1. The others are one
// public client's, unproven.
const (
	statusIssue           = 1111
	statusNotRegisteredV1 = 1110
	statusNotActive       = 2021
	statusExpired         = 2022
	statusRenew           = 2023
	statusSuspend         = 2024
	statusRevoke          = 2025
)

// statusCode is the code of a status; unknown is that of NOT_REGISTERED.
func (e *esign) statusCode(s certificate.Status, unknown int) int {
	if code, ok := e.cfg.StatusCodes[s]; ok {
		return code
	}
	switch s {
	case certificate.StatusIssue:
		return statusIssue
	case certificate.StatusNoCertificate:
		return codeNoCertificate
	case certificate.StatusWaitingForVerification, certificate.StatusNew:
		return statusNotActive
	case certificate.StatusExpired:
		return statusExpired
	case certificate.StatusRenew:
		return statusRenew
	case certificate.StatusSuspend:
		return statusSuspend
	case certificate.StatusRevoke:
		return statusRevoke
	}
	return unknown
}

// statusMessage is the text of a status. Those of ISSUE and NOT_REGISTERED were
// seen, the others are composed.
func statusMessage(s certificate.Status) string {
	switch s {
	case certificate.StatusNotRegistered:
		return "User belum terdaftar"
	case certificate.StatusNoCertificate:
		return "User belum memiliki sertifikat"
	case certificate.StatusWaitingForVerification:
		return "User sudah terdaftar dan menunggu verifikasi"
	}
	return "User sudah terdaftar dan memiliki sertifikat dengan status " + s.String()
}

type statusAnswer struct {
	Code    int    `json:"status_code"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

func (e *esign) statusReply(s certificate.Status, unknown int) reply {
	return jsonReply(http.StatusOK, statusAnswer{e.statusCode(s, unknown), s.String(), statusMessage(s)})
}

// statusV1 is GET /api/user/status/{nik}.
func (e *esign) statusV1(ctx context.Context, c *call) reply {
	c.entry.note("nik", c.id)
	person, err := e.person(ctx, c.id, "")
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	return e.statusReply(person.Status, statusNotRegisteredV1)
}

type identityRequest struct {
	NIK   jsonText `json:"nik"`
	Email jsonText `json:"email"`
}

// statusV2 is POST /api/v2/user/check/status. Unknown people are an answer like
// any other.
func (e *esign) statusV2(ctx context.Context, c *call) reply {
	var in identityRequest
	if err := readJSON(c, &in); err != nil {
		return e.jsonError(c, err)
	}
	c.entry.noteIdentity(in.NIK, in.Email)
	person, err := e.person(ctx, string(in.NIK), string(in.Email))
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	status := person.Status
	if status == certificate.StatusNotRegistered && !person.register && isSixteenDigits(string(in.NIK)) && e.on(QuirkUnknownNIK) {
		status = certificate.StatusNoCertificate
	}
	return e.statusReply(status, codeUnknownUser)
}

func isSixteenDigits(s string) bool {
	for _, b := range []byte(s) {
		if b < '0' || b > '9' {
			return false
		}
	}
	return len(s) == 16
}
