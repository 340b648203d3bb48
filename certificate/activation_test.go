package certificate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

func TestStepsInTheirOrder(t *testing.T) {
	w := newWorld(t)
	a := applicant(t, budi)
	w.register(t, budi)
	token := w.link(t, certificate.MailActivation)

	missing := func(err error, want certificate.Step) {
		t.Helper()
		var step *certificate.StepError
		require.ErrorAs(t, err, &step)
		assert.Equal(t, want, step.Missing)
	}
	_, err := w.LookUpNumber(w.ctx, token, a.Number())
	missing(err, certificate.StepPersonalData)
	missing(w.ConfirmOffice(w.ctx, token), certificate.StepPersonalData)
	require.NoError(t, w.PersonalData(w.ctx, token, personalData(a)))
	missing(w.ConfirmOffice(w.ctx, token), certificate.StepEmployeeData)
	_, err = w.Selfie(w.ctx, token, selfie)
	missing(err, certificate.StepEmployeeData)
	_, err = w.LookUpNumber(w.ctx, token, a.Number())
	require.NoError(t, err)
	_, err = w.Selfie(w.ctx, token, selfie)
	missing(err, certificate.StepEmployeeData)
	require.NoError(t, w.ConfirmOffice(w.ctx, token))
	_, err = w.SubmitActivation(w.ctx, token, w.consent()...)
	missing(err, certificate.StepSelfie)
	assert.Zero(t, w.population.asked, "no picture was compared before its turn")
	_, err = w.Selfie(w.ctx, token, selfie)
	require.NoError(t, err)
	_, err = w.SubmitActivation(w.ctx, token, w.consent()...)
	require.NoError(t, err)
}

func TestWhatDoesNotMatch(t *testing.T) {
	w := newWorld(t)
	a, b := applicant(t, budi), applicant(t, siti)
	w.register(t, budi)
	token := w.link(t, certificate.MailActivation)

	field := func(err error, want certificate.Field) {
		t.Helper()
		var mismatch *certificate.MismatchError
		require.ErrorAs(t, err, &mismatch)
		assert.Equal(t, want, mismatch.Field)
		leaktest.Hides(t, err.Error(), a.NIK().Digits(), b.NIK().Digits(), a.Number().Digits(), "Budi", "Siti")
	}
	d := personalData(a)
	d.NIK = b.NIK()
	field(w.PersonalData(w.ctx, token, d), certificate.FieldNIK)
	d = personalData(a)
	d.Name = b.Name()
	field(w.PersonalData(w.ctx, token, d), certificate.FieldName)
	d = personalData(a)
	d.Name = identity.Name{}
	field(w.PersonalData(w.ctx, token, d), certificate.FieldName)
	d = personalData(a)
	d.Phone = identity.Phone{}
	field(w.PersonalData(w.ctx, token, d), certificate.FieldPhone)
	require.NoError(t, w.PersonalData(w.ctx, token, personalData(a)))

	_, err := w.LookUpNumber(w.ctx, token, b.Number())
	field(err, certificate.FieldEmployeeNumber)
	_, err = w.LookUpNumber(w.ctx, token, identity.EmployeeNumber{})
	field(err, certificate.FieldEmployeeNumber)
	office := w.personnel[budi.EmployeeNumber]
	office.Agency = "Pemerintah Kota Lain"
	w.personnel[budi.EmployeeNumber] = office
	_, err = w.LookUpNumber(w.ctx, token, a.Number())
	field(err, certificate.FieldAgency)
	delete(w.personnel, budi.EmployeeNumber)
	_, err = w.LookUpNumber(w.ctx, token, a.Number())
	require.ErrorIs(t, err, certificate.ErrNumberNotFound)
}

func TestPersonalDataOfTheLastTryCounts(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	token := w.link(t, certificate.MailActivation)
	d := personalData(applicant(t, budi))
	require.NoError(t, w.PersonalData(w.ctx, token, d))
	phone, err := identity.ParsePhone("081300000009")
	require.NoError(t, err)
	d.Phone = phone
	require.NoError(t, w.PersonalData(w.ctx, token, d))
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, phone, rec.Phone)
}

func jpegOf(width, height int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// pngHeader claims a size without having it.
func pngHeader(width, height uint32) []byte {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, width)
	chunk = binary.BigEndian.AppendUint32(chunk, height)
	chunk = append(chunk, 8, 0, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

func TestSelfieFormats(t *testing.T) {
	var animated bytes.Buffer
	require.NoError(t, gif.Encode(&animated, image.NewGray(image.Rect(0, 0, 2, 2)), nil))
	w := newWorld(t, func(c *certificate.RegistrarConfig, _ *world) { c.MaxSelfies = 100 })
	w.register(t, budi)
	token := w.link(t, certificate.MailActivation)
	w.steps(t, token, budi)

	for name, photo := range map[string][]byte{
		"PNG": selfie, "JPEG": jpegOf(64, 48), "one pixel": jpegOf(1, 1), "50 megapixels": pngHeader(10_000, 5_000),
	} {
		_, err := w.Selfie(w.ctx, token, photo)
		require.NoError(t, err, name)
	}
	asked := w.population.asked
	for name, photo := range map[string][]byte{
		"empty": nil, "text": []byte("selfie"), "GIF": animated.Bytes(),
		"no pixels": pngHeader(0, 0), "a bomb of pixels": pngHeader(1<<30, 1<<30), "one pixel row too many": pngHeader(10_000, 5_001),
		"JPEG header cut off": jpegOf(8, 8)[:20], "PNG header cut off": selfie[:20],
		"too large": append(jpegOf(8, 8), make([]byte, certificate.MaxSelfieBytes)...),
	} {
		_, err := w.Selfie(w.ctx, token, photo)
		require.ErrorIs(t, err, certificate.ErrSelfie, name)
	}
	assert.Equal(t, asked, w.population.asked, "what is no picture goes to no register")
}

func FuzzSelfie(f *testing.F) {
	f.Add(selfie)
	f.Add(jpegOf(4, 4))
	f.Add(pngHeader(1<<31, 1<<31))
	f.Add([]byte("\xff\xd8\xff\xda\x00\x00"))
	f.Fuzz(func(t *testing.T, photo []byte) {
		if err := certificate.CheckSelfie(photo); err != nil && !errors.Is(err, certificate.ErrSelfie) {
			t.Fatal(err)
		}
	})
}

func TestSelfieThatDoesNotMatch(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	token := w.link(t, certificate.MailActivation)
	w.steps(t, token, budi) // one picture, and a good one
	w.population.face = certificate.MatchNo
	for range 4 {
		match, err := w.Selfie(w.ctx, token, selfie)
		require.ErrorIs(t, err, certificate.ErrFaceMismatch)
		assert.Equal(t, certificate.MatchNo, match)
	}
	_, err := w.SubmitActivation(w.ctx, token, w.consent()...)
	require.ErrorIs(t, err, certificate.ErrStep, "the last picture counts")
	w.population.face = certificate.MatchYes
	_, err = w.Selfie(w.ctx, token, selfie)
	require.ErrorIs(t, err, certificate.ErrTooManySelfies)
	assert.Equal(t, 5, w.population.asked)
	w.clock.Advance(time.Minute)
	assert.Equal(t, id, w.issued(t, budi), "a new registration begins with new pictures")
}

func TestParallelSelfiesKeepTheLimit(t *testing.T) {
	w := newWorld(t)
	w.register(t, budi)
	token := w.link(t, certificate.MailActivation)
	w.steps(t, token, budi)
	w.population.face = certificate.MatchNo
	done := make(chan struct{})
	for range 50 {
		go func() {
			defer func() { done <- struct{}{} }()
			_, err := w.Selfie(w.ctx, token, selfie)
			assert.Error(t, err)
		}()
	}
	for range 50 {
		<-done
	}
	assert.Equal(t, 5, w.population.asked)
}

func TestOperatorDecidesWhatARegisterCannot(t *testing.T) {
	operator := certificate.Operator{ID: "petugas-1"}
	wait := func(t *testing.T) (*world, certificate.PersonID) {
		w := newWorld(t)
		w.population.face = certificate.MatchUndetermined
		id := w.register(t, budi)
		token := w.link(t, certificate.MailActivation)
		w.steps(t, token, budi)
		status, err := w.SubmitActivation(w.ctx, token, w.consent()...)
		require.NoError(t, err)
		require.Equal(t, certificate.StatusWaitingForVerification, status)
		n, err := w.Deliver(w.ctx)
		require.NoError(t, err)
		require.Zero(t, n, "no link to set a passphrase before the decision")
		require.Error(t, w.RequestPassphraseLink(w.ctx, id))
		waiting, err := w.Waiting(w.ctx, certificate.PersonID{}, 10)
		require.NoError(t, err)
		require.Equal(t, []certificate.PersonID{id}, waiting, "the operator's list")
		return w, id
	}
	t.Run("approves", func(t *testing.T) {
		w, id := wait(t)
		require.ErrorIs(t, w.Approve(w.ctx, id, certificate.Operator{}), certificate.ErrOperatorRequired)
		require.NoError(t, w.Approve(w.ctx, id, operator))
		waiting, err := w.Waiting(w.ctx, certificate.PersonID{}, 10)
		require.NoError(t, err)
		require.Empty(t, waiting)
		_, err = w.SetPassphrase(w.ctx, w.link(t, certificate.MailSetPassphrase), secret(firstPhrase))
		require.NoError(t, err)
		require.Error(t, w.Reject(w.ctx, id, operator), "too late")
	})
	t.Run("rejects", func(t *testing.T) {
		w, id := wait(t)
		require.NoError(t, w.Reject(w.ctx, id, operator))
		w.link(t, certificate.MailRejected)
		assert.Equal(t, certificate.StatusNotRegistered, w.status(t, id))
		w.population.face = certificate.MatchYes
		w.clock.Advance(time.Minute)
		assert.Equal(t, id, w.issued(t, budi))
	})
}

func TestAgreementsByVersionAndHash(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	token := w.link(t, certificate.MailActivation)
	w.steps(t, token, budi)
	privacy, subscriber := agreements[0], agreements[1]

	otherText, otherVersion := subscriber, subscriber
	otherText.Text += " "
	otherVersion.Version = "2023-01"
	for name, c := range map[string]struct {
		given   []certificate.Acceptance
		missing []certificate.AgreementKind
	}{
		"none":            {nil, []certificate.AgreementKind{certificate.PrivacyPolicy, certificate.SubscriberAgreement}},
		"only one":        {[]certificate.Acceptance{privacy.Acceptance()}, []certificate.AgreementKind{certificate.SubscriberAgreement}},
		"one twice":       {[]certificate.Acceptance{subscriber.Acceptance(), subscriber.Acceptance()}, []certificate.AgreementKind{certificate.PrivacyPolicy}},
		"another text":    {[]certificate.Acceptance{privacy.Acceptance(), otherText.Acceptance()}, []certificate.AgreementKind{certificate.SubscriberAgreement}},
		"another version": {[]certificate.Acceptance{privacy.Acceptance(), otherVersion.Acceptance()}, []certificate.AgreementKind{certificate.SubscriberAgreement}},
		"zero":            {[]certificate.Acceptance{{}, {}}, []certificate.AgreementKind{certificate.PrivacyPolicy, certificate.SubscriberAgreement}},
	} {
		_, err := w.SubmitActivation(w.ctx, token, c.given...)
		var refused *certificate.AgreementError
		require.ErrorAs(t, err, &refused, name)
		assert.Equal(t, c.missing, refused.Missing, name)
	}
	_, err := w.SubmitActivation(w.ctx, token, w.consent()...)
	require.NoError(t, err, "a refusal used nothing up")
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, []certificate.Acceptance{
		{Kind: certificate.PrivacyPolicy, Version: "2024-03", SHA256: sha256.Sum256([]byte(privacy.Text)), At: start},
		{Kind: certificate.SubscriberAgreement, Version: "2024-03", SHA256: sha256.Sum256([]byte(subscriber.Text)), At: start},
	}, rec.Agreements)
}

// The page takes the place of the registered name, so it has the same bound: what a certificate
// cannot hold must not be found out when the passphrase is set and the link is gone.
func TestPersonalDataRefusesANameNoCertificateHolds(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	long, err := identity.ParseName("Budi " + strings.Repeat("Contoh", 10))
	require.NoError(t, err)
	w.population.names[budi.NIK] = long.Full()
	d := personalData(applicant(t, budi))
	d.Name = long
	require.ErrorIs(t, w.PersonalData(w.ctx, w.link(t, certificate.MailActivation), d), certificate.ErrNameTooLong)
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, budi.Name, rec.Name.Full(), "nothing was stored")
}
