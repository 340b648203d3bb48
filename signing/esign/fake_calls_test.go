package esign_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

var bothVersions = map[string]func(*esign.Config){"version 1": v1, "version 2": nil}

func TestFakeStatus(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	statuses := []certificate.Status{
		certificate.StatusExpired, certificate.StatusNotRegistered, certificate.StatusNoCertificate,
		certificate.StatusWaitingForVerification, certificate.StatusNew, certificate.StatusIssue,
		certificate.StatusRenew, certificate.StatusSuspend, certificate.StatusRevoke,
	}
	people := map[certificate.Status]mockbsre.Person{}
	for i, s := range statuses {
		people[s] = mockbsre.MadeUpPerson(i + 1)
		_, err := f.Seed(t.Context(), people[s], s, passphrase.FromString(fakeRight))
		require.NoError(t, err)
	}
	one, two := f.client(v1), f.client(nil)
	for status, person := range people {
		t.Run(status.String(), func(t *testing.T) {
			for name, ask := range map[string]func() (esign.StatusAnswer, error){
				"version 1 by NIK":  func() (esign.StatusAnswer, error) { return one.Status(t.Context(), nikOf(person)) },
				"version 2 by NIK":  func() (esign.StatusAnswer, error) { return two.Status(t.Context(), nikOf(person)) },
				"version 2 by mail": func() (esign.StatusAnswer, error) { return two.Status(t.Context(), mailOf(person)) },
			} {
				got, err := ask()
				require.NoError(t, err, name)
				assert.Equal(t, status, got.Status, name)
				assert.Equal(t, status.String(), got.Word, name)
				assert.NotEmpty(t, got.Message, name)
				assert.WithinDuration(t, f.Clock.Now(), got.ServerTime, time.Second, name)
			}
			if status == certificate.StatusIssue {
				return
			}
			for name, change := range bothVersions {
				var out bytes.Buffer
				in := page(1)
				_, err := f.client(change).Signer(nikOf(person)).Sign(t.Context(), &out, bytes.NewReader(in), int64(len(in)), signed())
				var failed *esign.Error
				require.ErrorAs(t, err, &failed, name)
				assert.Equal(t, esign.OutcomeRefused, failed.Outcome, "%s: %v", name, err)
				assert.Zero(t, out.Len(), name)
			}
		})
	}
	// A NIK in no register: builds differ.
	got, err := two.Status(t.Context(), nikOf(mockbsre.MadeUpPerson(900)))
	require.NoError(t, err)
	assert.Equal(t, certificate.StatusNoCertificate, got.Status)
}

func TestFakeChain(t *testing.T) {
	for name, quirks := range map[string]map[mockbsre.Quirk]bool{"base64": nil, "PEM": {mockbsre.QuirkChainPEM: true}} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, mockbsre.EsignConfig{Quirks: quirks})
			c := f.client(nil)
			for _, id := range []esign.Identity{nikOf(f.person), mailOf(f.person)} {
				chain, err := c.CertificateChain(t.Context(), id)
				require.NoError(t, err)
				require.Len(t, chain, 3)
				assert.False(t, chain[0].IsCA)
				assert.True(t, chain[2].Equal(f.Root()))
			}
			_, err := c.CertificateChain(t.Context(), nikOf(mockbsre.MadeUpPerson(5)))
			assert.ErrorIs(t, err, esign.CodeSignerUnknown)
		})
	}
}

func TestFakeSignerIsConfirmed(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	_, r, err := f.sign(f.client(nil), page(1), signed())
	require.NoError(t, err)
	assert.True(t, r.SignerConfirmed, "by the chain that the box gives out")
	assert.Empty(t, r.Doubts)
	assert.Equal(t, signing.TimeAuthority, r.TimeSource)

	_, r, err = f.sign(f.client(v1), page(1), signed())
	require.NoError(t, err)
	assert.False(t, r.SignerConfirmed, "version 1 has no chain")

	in := page(2)
	id := nikOf(f.person)
	id.Certificate = sha256.Sum256([]byte("another one"))
	_, err = f.client(nil).Signer(id).Sign(t.Context(), &bytes.Buffer{}, bytes.NewReader(in), int64(len(in)), signed())
	assert.ErrorIs(t, err, esign.CodeOtherSigner)
}

// picture is a PNG of 400 by 200 pixels.
func picture(t testing.TB) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 400, 200))
	for i := range 400 {
		img.Set(i, i/2, color.NRGBA{R: 200, A: 255})
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// TestFakeShows has the same things shown by both versions, at the same place.
func TestFakeShows(t *testing.T) {
	at := signing.Placement{Page: 1, Rect: signing.Rect{X: 60, Y: 100, Width: 120, Height: 60}}
	tag := signing.Placement{Width: 80, Height: 40}
	for _, tt := range []struct {
		name    string
		quirks  map[mockbsre.Quirk]bool
		profile esign.Profile
		req     esign.Request
		only    string
		want    signing.Rect // X and width alone for a tag
		doubts  []esign.Doubt
	}{
		{name: "a picture", req: esign.Request{Request: signing.Request{Placement: at}, Picture: picture(t)}, want: at.Rect},
		{name: "a block", req: esign.Request{Request: signing.Request{Placement: at, Block: blockOf(true)}}, want: at.Rect},
		{name: "the box's QR code", only: "version 1", want: at.Rect,
			req: esign.Request{Request: signing.Request{Placement: at}, ServerQR: "https://surat.contoh.go.id/v/1"}},
		{name: "a picture at the box's tag", req: esign.Request{Request: signing.Request{Placement: tag}, Picture: picture(t), ServerTag: "#"},
			want: signing.Rect{X: 300, Width: 80, Height: 40}},
		{name: "the other key of the tag", only: "version 2", profile: esign.Profile{V2TagKey: "tag"},
			req:  esign.Request{Request: signing.Request{Placement: tag}, Picture: picture(t), ServerTag: "#"},
			want: signing.Rect{X: 300, Width: 80, Height: 40}},
		{name: "the first of two tags", req: esign.Request{Request: signing.Request{Placement: tag}, Picture: picture(t), ServerTag: "~"},
			want: signing.Rect{X: 72, Width: 80, Height: 40}},
		{name: "the last of two tags", quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkTagLast: true},
			req:  esign.Request{Request: signing.Request{Placement: tag}, Picture: picture(t), ServerTag: "~"},
			want: signing.Rect{X: 300, Width: 80, Height: 40}},
		{name: "sizes, as the profile says", only: "version 1", quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkV1Sizes: true},
			profile: esign.Profile{V1Sizes: true},
			req:     esign.Request{Request: signing.Request{Placement: at}, Picture: picture(t)}, want: at.Rect},
		{name: "sizes, against the profile", only: "version 1", quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkV1Sizes: true},
			req:  esign.Request{Request: signing.Request{Placement: at}, Picture: picture(t)},
			want: signing.Rect{X: 60, Y: 100, Width: 180, Height: 160}, doubts: []esign.Doubt{esign.DoubtPlace}},
	} {
		for version, change := range bothVersions {
			if tt.only != "" && tt.only != version {
				continue
			}
			t.Run(tt.name+", "+version, func(t *testing.T) {
				f := newFake(t, mockbsre.EsignConfig{Quirks: tt.quirks})
				c := f.client(func(cfg *esign.Config) {
					if change != nil {
						change(cfg)
					}
					cfg.Profile = tt.profile
				})
				req := tt.req
				req.Credential = withPassphrase(fakeRight).Credential
				out, r, err := f.sign(c, page(1), req)
				require.NoError(t, err)
				assert.Equal(t, tt.doubts, r.Doubts)
				report := f.judged(out)
				require.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
				require.NotNil(t, report.Signatures[0].Place)
				got := report.Signatures[0].Place.Rect
				assert.InDelta(t, tt.want.X, got[0], 0.5)
				assert.InDelta(t, tt.want.Width, got[2]-got[0], 0.5)
				assert.InDelta(t, tt.want.Height, got[3]-got[1], 0.5)
				if tt.want.Y != 0 {
					assert.InDelta(t, tt.want.Y, got[1], 0.5)
				}
			})
		}
	}
}

func TestFakeTexts(t *testing.T) {
	for version, change := range bothVersions {
		f := newFake(t, mockbsre.EsignConfig{})
		req := signed()
		req.Reason, req.Location = `Menyetujui "bersyarat" é`, "Kota Contoh"
		if change == nil {
			req.ContactInfo = "humas@contoh.go.id"
		}
		out, _, err := f.sign(f.client(change), page(1), req)
		require.NoError(t, err, version)
		claims := f.judged(out).Signatures[0].Claims
		assert.Equal(t, req.Reason, claims.Reason, version)
		assert.Equal(t, req.Location, claims.Location, version)
		assert.Equal(t, req.ContactInfo, claims.ContactInfo, version)
	}
}

func TestFakeDownload(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	c := f.client(v1)
	out, r, err := f.sign(c, page(1), signed())
	require.NoError(t, err)
	require.Len(t, r.DocumentID, 32)
	var again bytes.Buffer
	require.NoError(t, c.Download(t.Context(), &again, r.DocumentID))
	assert.Equal(t, out, again.Bytes())
	again.Reset()
	assert.ErrorIs(t, c.Download(t.Context(), &again, r.DocumentID), esign.CodeDocumentGone, "once")
	assert.ErrorIs(t, c.Download(t.Context(), &again, strings.Repeat("0", 32)), esign.CodeDocumentGone, "unknown")
	assert.Zero(t, again.Len())
}

// TestFakeCutAnswerIsFetched: version 1 has the id in its headers.
func TestFakeCutAnswerIsFetched(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	f.FailNext(mockbsre.SignV1, mockbsre.Fault{Applied: true, Cut: true, CutAfter: 500})
	out, r, err := f.sign(f.client(v1), page(1), signed())
	require.NoError(t, err)
	assert.Equal(t, esign.OutcomeSigned, r.Outcome)
	assert.Len(t, f.judged(out).Signatures, 1)
	assert.Equal(t, 1, f.asked(mockbsre.DownloadV1))
	assert.Len(t, f.Signatures(), 1)
}

func TestFakeOneTimeCode(t *testing.T) {
	for name, quirks := range map[string]map[mockbsre.Quirk]bool{"in the app": nil, "by mail": {mockbsre.QuirkCodeInApp: false}} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, mockbsre.EsignConfig{Quirks: quirks})
			for _, key := range []string{"totp", "otp"} {
				c := f.client(func(cfg *esign.Config) { cfg.Profile.V2CodeKey = key })
				ack, err := c.RequestCode(t.Context(), mailOf(f.person), 2)
				require.NoError(t, err)
				assert.NotEmpty(t, ack.Message)
				code, err := f.OneTimeCode(f.id)
				require.NoError(t, err)
				outs := make([]bytes.Buffer, 2)
				files := make([]esign.File, 2)
				for i := range files {
					in := page(i)
					files[i] = esign.File{Dst: &outs[i], Src: bytes.NewReader(in), Size: int64(len(in))}
				}
				results, err := c.Signer(mailOf(f.person)).SignFiles(t.Context(), signing.Credential{OneTimeCode: code}, files)
				require.NoError(t, err, key)
				for i, r := range results {
					assert.Equal(t, esign.OutcomeSigned, r.Outcome)
					assert.True(t, bytes.HasPrefix(outs[i].Bytes(), page(i)), "in the order of the request")
					assert.Len(t, f.judged(outs[i].Bytes()).Signatures, 1)
				}
				_, _, err = f.sign(c, page(9), esign.Request{Request: signing.Request{
					Credential: signing.Credential{OneTimeCode: passphrase.FromString("000000")}}})
				assert.ErrorIs(t, err, esign.CodeOneTimeCodeWrong)
			}
		})
	}
}

func TestFakeVerify(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	once, _, err := f.sign(f.client(nil), page(1), signed())
	require.NoError(t, err)
	f.Clock.Advance(time.Minute)
	both, _, err := f.sign(f.client(v1), once, signed())
	require.NoError(t, err)
	changed := bytes.Replace(both, []byte("nomor 1"), []byte("nomor 7"), 1)
	require.NotEqual(t, both, changed)
	for version, change := range bothVersions {
		c := f.client(func(cfg *esign.Config) {
			cfg.ReadRetries = -1
			if change != nil {
				change(cfg)
			}
		})
		ask := func(in []byte) (*esign.Verification, error) {
			return c.Verify(t.Context(), bytes.NewReader(in), int64(len(in)), passphrase.Secret{})
		}
		v, err := ask(both)
		require.NoError(t, err, version)
		assert.Equal(t, esign.ConclusionValid, v.Conclusion, version)
		require.Len(t, v.Signatures, 2, version)
		assert.True(t, v.Signatures[0].Time.Before(v.Signatures[1].Time), "%s: in the order of signing", version)
		for _, s := range v.Signatures {
			assert.Equal(t, verify.Yes, s.Intact, version)
			assert.Equal(t, verify.Yes, s.Trusted, version)
			assert.NotEmpty(t, s.Signer, version)
			assert.NotEmpty(t, s.TimestampAuthority, version)
		}
		if change == nil {
			assert.Equal(t, "PAdES-BASELINE-LT", v.Signatures[0].Format)
			leaf := f.judged(once).Signatures[0].Signer.Certificate
			sum := sha256.Sum256(leaf.Raw)
			assert.Equal(t, hex.EncodeToString(sum[:]), v.Signatures[0].Certificates[0].SHA256)
		}
		v, err = ask(page(1))
		require.NoError(t, err, version)
		assert.Equal(t, esign.ConclusionNoSignature, v.Conclusion, version)
		v, err = ask(changed)
		require.NoError(t, err, version)
		assert.Equal(t, esign.ConclusionInvalid, v.Conclusion, version)
		_, err = ask([]byte("bukan PDF"))
		assert.ErrorIs(t, err, esign.CodeServiceFault, version)
	}
}

func TestFakeEncryptedDocument(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("qpdf is not installed")
		}
		t.Skip("qpdf is not installed")
	}
	f := newFake(t, mockbsre.EsignConfig{})
	dir := t.TempDir()
	plain, locked := filepath.Join(dir, "a.pdf"), filepath.Join(dir, "b.pdf")
	require.NoError(t, os.WriteFile(plain, page(1), 0o600))
	text, err := exec.Command("qpdf", "--encrypt", "Rahasia9!", "Rahasia9!", "256", "--", plain, locked).CombinedOutput()
	require.NoError(t, err, "%s", text)
	in := must(os.ReadFile(locked))
	c := f.client(nil)
	req := signed()
	_, _, err = f.sign(c, in, req)
	assert.ErrorIs(t, err, signing.ErrDocumentPassword)
	assert.Zero(t, f.asked(mockbsre.SignV2), "before the credential leaves")
	req.DocumentPassword = passphrase.FromString("Rahasia9!")
	out, r, err := f.sign(c, in, req)
	require.NoError(t, err)
	assert.Contains(t, r.Doubts, esign.DoubtUnchecked)
	v, err := c.Verify(t.Context(), bytes.NewReader(out), int64(len(out)), req.DocumentPassword)
	require.NoError(t, err)
	assert.Equal(t, esign.ConclusionValid, v.Conclusion)
}

func TestFakeRefusals(t *testing.T) {
	for name, quirks := range map[string]map[mockbsre.Quirk]bool{
		"code in status_code": nil, "code in the text": {mockbsre.QuirkErrorGlued: true}, "shouted": {mockbsre.QuirkErrorShouted: true},
	} {
		t.Run(name, func(t *testing.T) {
			for version, change := range bothVersions {
				f := newFake(t, mockbsre.EsignConfig{Quirks: quirks})
				c := f.client(change)
				_, _, err := f.sign(c, page(1), esign.Request{Request: withPassphrase(wrong)})
				assert.ErrorIs(t, err, esign.CodePassphraseWrong, version)
				in := page(1)
				_, err = c.Signer(nikOf(mockbsre.MadeUpPerson(7))).Sign(t.Context(), &bytes.Buffer{}, bytes.NewReader(in), int64(len(in)), signed())
				assert.ErrorIs(t, err, esign.CodeSignerUnknown, version)
				assert.Empty(t, f.Signatures())
			}
		})
	}
	t.Run("wrong application credential", func(t *testing.T) {
		for version, change := range bothVersions {
			f := newFake(t, mockbsre.EsignConfig{})
			c := f.client(func(cfg *esign.Config) {
				if change != nil {
					change(cfg)
				}
				cfg.Password = passphrase.FromString("lain")
			})
			_, _, err := f.sign(c, page(1), signed())
			assert.ErrorIs(t, err, esign.CodeApplication, version)
			_, err = c.Status(t.Context(), nikOf(f.person))
			assert.ErrorIs(t, err, esign.CodeApplication, version)
		}
	})
}

func TestFakeRegistration(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	c := f.client(nil)
	person := mockbsre.MadeUpPerson(3)
	require.NoError(t, f.Population.Add(person))
	require.NoError(t, f.Personnel.Add(person))
	id := nikOf(person)
	r := esign.Registration{Name: id.Name, Email: mailOf(person).Email, NIK: id.NIK}
	ack, err := c.Register(t.Context(), r)
	require.NoError(t, err)
	assert.Equal(t, "Pendaftaran berhasil", ack.Message)
	_, err = f.Inbox.Latest(mockbsre.Query{To: person.WorkEmail, Kind: certificate.MailActivation})
	require.NoError(t, err)
	enrolled := nikOf(f.person)
	_, err = c.Register(t.Context(), esign.Registration{Name: enrolled.Name, Email: mailOf(f.person).Email, NIK: enrolled.NIK})
	assert.ErrorIs(t, err, esign.CodeRegistered)
	r.Name = enrolled.Name
	_, err = c.Register(t.Context(), r)
	assert.ErrorIs(t, err, esign.CodeRegistration)
}

// TestFakeReadsAreRetried: reads alone, and within their number.
func TestFakeReadsAreRetried(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	c := f.client(nil)
	for _, fault := range []mockbsre.Fault{{Status: 503}, {Cut: true, CutAfter: 3}} {
		f.FailNext(mockbsre.StatusV2, fault)
	}
	answer, err := c.Status(t.Context(), nikOf(f.person))
	require.NoError(t, err)
	assert.Equal(t, certificate.StatusIssue, answer.Status)
	assert.Equal(t, 3, f.asked(mockbsre.StatusV2))

	f.FailNext(mockbsre.StatusV2, mockbsre.Fault{Malformed: true})
	_, err = c.Status(t.Context(), nikOf(f.person))
	assert.ErrorIs(t, err, esign.CodeAnswer)

	f.FailNext(mockbsre.SignV2, mockbsre.Fault{Status: 503})
	_, _, err = f.sign(c, page(1), signed())
	require.Error(t, err)
	assert.Equal(t, 1, f.asked(mockbsre.SignV2), "a signature is not")
}

// TestFakeMalformedSuccess: a status of 200 is not yet a signed document.
func TestFakeMalformedSuccess(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	f.FailNext(mockbsre.SignV2, mockbsre.Fault{Applied: true, Malformed: true})
	out, _, err := f.sign(f.client(nil), page(1), signed())
	assert.ErrorIs(t, err, esign.CodeOutcomeUnknown)
	assert.Empty(t, out)
}
