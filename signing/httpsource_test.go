package signing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

func TestHTTPSourceRefusesItsConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  signing.HTTPConfig
		want string
	}{
		"nobody may be asked":            {signing.HTTPConfig{}, "signing: configuration: HTTPConfig needs either Hosts or AnyHost"},
		"a host that can never be asked": {signing.HTTPConfig{Hosts: []string{"*.contoh.example"}}, "signing: configuration: HTTPConfig.Hosts[0] is no host"},
	} {
		source, err := signing.NewHTTPSource(c.cfg)
		require.ErrorIs(t, err, signing.ErrConfig, name)
		require.ErrorContains(t, err, c.want, name)
		require.Nil(t, source, name)
	}
}
