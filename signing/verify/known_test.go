package verify_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/verify"
)

// What users compare a root with before they trust it is pinned digit by digit.
func TestKnownPSrE(t *testing.T) {
	type row struct {
		name, organization, sha256, from, until string
		root                                    bool
	}
	var got []row
	for _, k := range verify.KnownPSrE() {
		got = append(got, row{k.Name, k.Organization, k.SHA256, k.NotBefore, k.NotAfter, k.Root})
		assert.NotEmpty(t, k.Source)
	}
	assert.Equal(t, []row{
		{"Root CA Indonesia DS G1", "Kementerian Komunikasi dan Informatika",
			"b5f36672fd7cfd401e01ef640b2fe61f816f32f447b280b76f536244cf42fcdf", "2018-08-28", "2038-08-23", true},
		{"BSRE CA DS G1", "Badan Siber dan Sandi Negara",
			"4a3ab062c4d24f60417fa28f6543ac7151c9f1fde5817bbe67f49c55ce5ffed5", "2022-11-21", "2032-11-18", false},
		{"OSD LU Kelas 2", "Lembaga Sandi Negara",
			"2178095b3cc0f6facb9e6f07feecee6327a89c6681af43ba95126b68867d02b2", "2016-08-18", "2026-08-18", true},
	}, got)
	w := newWorld(t)
	_, ok := verify.Describe(w.root.cert)
	assert.False(t, ok, "a made-up root is not known")
}

func TestHTTPFetcherNeedsHosts(t *testing.T) {
	_, err := verify.NewHTTPFetcher(verify.HTTPConfig{})
	assert.ErrorIs(t, err, verify.ErrConfig)
	assert.EqualError(t, err, "verify: configuration: HTTPConfig needs either Hosts or AnyHost")
	_, err = verify.NewHTTPFetcher(verify.HTTPConfig{Hosts: []string{"http://ocsp.example/"}})
	assert.ErrorIs(t, err, verify.ErrConfig)
	assert.ErrorContains(t, err, "verify: configuration: HTTPConfig.Hosts[0] is no host")
	_, err = verify.NewHTTPFetcher(verify.HTTPConfig{Hosts: []string{"ocsp.example"}})
	assert.NoError(t, err)
}
