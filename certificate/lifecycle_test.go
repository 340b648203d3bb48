package certificate_test

import (
	"encoding"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
)

// what the guide and BSrE's status words ask for, written down a second time and by hand.
var wantLifeCycle = map[certificate.Status]string{
	certificate.StatusUnknown:                "",
	certificate.StatusNotRegistered:          "register>NO_CERTIFICATE",
	certificate.StatusNoCertificate:          "register>NO_CERTIFICATE lapse>NOT_REGISTERED withdraw>NOT_REGISTERED activate>NEW refer>WAITING_FOR_VERIFICATION",
	certificate.StatusWaitingForVerification: "approve>NEW reject>NOT_REGISTERED withdraw>NOT_REGISTERED",
	certificate.StatusNew:                    "issue>ISSUE withdraw>NOT_REGISTERED change_mail>NEW change_office>NEW",
	certificate.StatusIssue:                  "sign>ISSUE reset>ISSUE change_mail>ISSUE change_office>ISSUE renew>RENEW suspend>SUSPEND revoke>REVOKE",
	certificate.StatusExpired:                "change_mail>EXPIRED change_office>EXPIRED renew>RENEW revoke>REVOKE",
	certificate.StatusRenew:                  "issue>ISSUE cancel_renewal>ISSUE change_mail>RENEW change_office>RENEW suspend>SUSPEND revoke>REVOKE",
	certificate.StatusSuspend:                "change_office>SUSPEND resume>ISSUE revoke>REVOKE",
	certificate.StatusRevoke:                 "",
}

func TestTransitionOverTheWholeProduct(t *testing.T) {
	require.Len(t, wantLifeCycle, len(certificate.Statuses())+1, "a status was added: say what may happen in it")
	for from, arcs := range wantLifeCycle {
		want := map[string]string{}
		for _, arc := range strings.Fields(arcs) {
			event, to, _ := strings.Cut(arc, ">")
			want[event] = to
		}
		for _, e := range certificate.Events() {
			got, err := certificate.Transition(from, e)
			if to, ok := want[e.String()]; ok {
				require.NoError(t, err, "%s %s", from, e)
				assert.Equal(t, to, got.String(), "%s %s", from, e)
				delete(want, e.String())
				continue
			}
			var transition *certificate.TransitionError
			require.ErrorAs(t, err, &transition, "%s %s", from, e)
			assert.Equal(t, certificate.TransitionError{From: from, Event: e}, *transition)
			assert.Equal(t, certificate.StatusUnknown, got, "a refused event gives no status")
		}
		assert.Empty(t, want, "of %s: no such event", from)
	}
}

func TestDiagramInTheDocs(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	doc := strings.ReplaceAll(string(source), "//\t", "")
	assert.Contains(t, doc, certificate.Mermaid())
}

// words checks that every value has one word, that it comes back, and that others are refused.
func words[T interface {
	comparable
	encoding.TextMarshaler
	fmt.Stringer
}, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, values ...T) {
	seen := map[string]bool{}
	for _, v := range values {
		text, err := v.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, v.String(), string(text))
		assert.False(t, seen[string(text)], "%s means two things", text)
		seen[string(text)] = true
		var back T
		require.NoError(t, P(&back).UnmarshalText(text))
		assert.Equal(t, v, back)
	}
	for _, bad := range []string{"", "x", values[0].String() + " ", strings.ToUpper(values[0].String()) + "S"} {
		var v T
		require.Error(t, P(&v).UnmarshalText([]byte(bad)), "%q", bad)
	}
}

func TestStoredWords(t *testing.T) {
	words(t, certificate.Events()...)
	words(t, certificate.MailKinds()...)
	words(t, certificate.Statuses()...)
	words(t, certificate.PurposeActivation, certificate.PurposeSetPassphrase, certificate.PurposeReset, certificate.PurposeWorkMail)
	words(t, certificate.TokenLive, certificate.TokenUsed, certificate.TokenSuperseded, certificate.TokenExpired)
	words(t, certificate.MatchUndetermined, certificate.MatchNo, certificate.MatchYes)
	words(t, certificate.PrivacyPolicy, certificate.SubscriberAgreement)
	for _, undefined := range []encoding.TextMarshaler{
		certificate.Event(0), certificate.Event(99), certificate.MailKind(0), certificate.Purpose(0), certificate.TokenState(0),
		certificate.Match(9), certificate.AgreementKind(0), certificate.Status(99),
	} {
		_, err := undefined.MarshalText()
		require.Error(t, err, "%T(%v)", undefined, undefined)
	}
}

func TestStatusWords(t *testing.T) {
	for _, s := range certificate.Statuses() {
		parsed, err := certificate.ParseStatus(s.String())
		require.NoError(t, err)
		assert.Equal(t, s, parsed)
		assert.NotEqual(t, certificate.StatusUnknown.Text(certificate.Indonesian), s.Text(certificate.Indonesian))
		assert.NotEqual(t, s.Text(certificate.English), s.Text(certificate.Indonesian))
	}
	for name, word := range map[string]string{
		"empty": "", "lower case": "issue", "blank before": " ISSUE", "not a word of BSrE": "UNKNOWN", "numeric code": "1",
		"line break": "ISSUE\n", "very long": strings.Repeat("ISSUE", 1000),
	} {
		_, err := certificate.ParseStatus(word)
		require.ErrorIs(t, err, certificate.ErrStatusWord, name)
		assert.Less(t, len(err.Error()), 300, name)
	}
}
