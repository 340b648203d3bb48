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
