package mockbsre_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

func TestInbox(t *testing.T) {
	srv := mockbsre.New(t)
	budi, _ := enrol(t, srv, 0)
	ratna, _ := enrol(t, srv, 1)

	assert.Len(t, srv.Inbox.List(), 8, "activation, account, passphrase and notice for each")
	mails := srv.Inbox.Search(mockbsre.Query{To: strings.ToUpper(budi.WorkEmail)})
	var kinds []certificate.MailKind
	for _, m := range mails {
		kinds = append(kinds, m.Kind)
		assert.Equal(t, budi.WorkEmail, m.To)
		assert.Equal(t, srv.Clock.Now(), m.At)
		assert.NotEmpty(t, m.Subject)
	}
	assert.Equal(t, []certificate.MailKind{
		certificate.MailActivation, certificate.MailAccountInformation,
		certificate.MailSetPassphrase, certificate.MailCertificateIssued,
	}, kinds)

	found := srv.Inbox.Search(mockbsre.Query{Text: "TELAH TERBIT"})
	assert.Len(t, found, 2)
	latest, err := srv.Inbox.Latest(mockbsre.Query{Kind: certificate.MailActivation})
	require.NoError(t, err)
	assert.Equal(t, ratna.WorkEmail, latest.To)
	require.Len(t, latest.Links, 1)
	assert.True(t, strings.HasPrefix(latest.Links[0], srv.Registrar().LinkPrefix(certificate.PurposeActivation)))
	assert.Contains(t, latest.Text, latest.Links[0])
	token, err := latest.Token()
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(latest.Links[0], token.Reveal()))

	latest.Links[0] = "changed"
	again, err := srv.Inbox.Latest(mockbsre.Query{Kind: certificate.MailActivation})
	require.NoError(t, err)
	assert.NotEqual(t, "changed", again.Links[0], "copies are given out")

	_, err = found[0].Token()
	assert.ErrorIs(t, err, mockbsre.ErrNoMail, "no link in it")
	_, err = srv.Inbox.Latest(mockbsre.Query{To: "nobody@surel.example"})
	assert.ErrorIs(t, err, mockbsre.ErrNoMail)
	srv.Inbox.Clear()
	assert.Empty(t, srv.Inbox.List())
}

func TestInboxMessagesByID(t *testing.T) {
	srv := mockbsre.New(t)
	budi, _ := enrol(t, srv, 0)
	all := srv.Inbox.List()
	for i, m := range all {
		assert.Equal(t, i+1, m.ID, "in the order of arrival")
		one, err := srv.Inbox.Message(m.ID)
		require.NoError(t, err)
		assert.Equal(t, m, one)
	}
	require.NoError(t, srv.Inbox.Delete(2))
	assert.ErrorIs(t, srv.Inbox.Delete(2), mockbsre.ErrNoMail, "deleted before")
	_, err := srv.Inbox.Message(2)
	assert.ErrorIs(t, err, mockbsre.ErrNoMail)
	_, err = srv.Inbox.Message(99)
	assert.ErrorIs(t, err, mockbsre.ErrNoMail)

	assert.Equal(t, 1, srv.Inbox.Remove(mockbsre.Query{To: budi.WorkEmail, Kind: certificate.MailSetPassphrase}))
	assert.Zero(t, srv.Inbox.Remove(mockbsre.Query{To: "nobody@surel.example"}))
	srv.Inbox.Clear()
	enrol(t, srv, 1)
	assert.Equal(t, 5, srv.Inbox.List()[0].ID, "no id is given twice")
}

func TestCodesAreTakenOutOfMails(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"at the end of a line":       {"Kode TOTP Anda: 012345\nBerlaku 5 menit.\n", []string{"012345"}},
		"a line of its own":          {"Kode:\n\n  123456 \n", []string{"123456"}},
		"two":                        {"a 111111\nb 222222", []string{"111111", "222222"}},
		"seven digits":               {"Kode: 1234567\n", nil},
		"within a sentence":          {"Ada 123456 orang.\n", nil},
		"the end of a link":          {"https://portal.example/123456\n", nil},
		"the end of a serial number": {"Nomor seri: AB123456\n", nil},
	} {
		srv := mockbsre.NewUnstarted(mockbsre.Config{})
		mockbsre.Put(srv.Inbox, mockbsre.Message{Text: c.text})
		assert.Equal(t, c.want, srv.Inbox.List()[0].Codes, name)
	}
}

func TestInboxIsBounded(t *testing.T) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	for range 25_000 {
		mockbsre.Put(srv.Inbox, mockbsre.Message{})
	}
	all := srv.Inbox.List()
	assert.GreaterOrEqual(t, len(all), 10_000)
	assert.LessOrEqual(t, len(all), 11_000)
	assert.Equal(t, 25_000, all[len(all)-1].ID, "the oldest go")
}

func TestCodeOfARealMail(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkCodeInApp: false}})
	b.post("/api/v2/sign/get/totp", map[string]any{"nik": b.person.NIK, "data": 1})
	m, err := b.Inbox.Latest(mockbsre.Query{To: b.person.WorkEmail, Text: "totp"})
	require.NoError(t, err)
	code, err := b.OneTimeCode(b.id)
	require.NoError(t, err)
	assert.Equal(t, []string{string(code.Reveal())}, m.Codes)
	assert.Empty(t, m.Links)
	assert.Zero(t, m.Kind)
}
