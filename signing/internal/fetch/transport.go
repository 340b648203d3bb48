package fetch

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// newTransport makes the built-in transport. With AnyHost the address is
// checked when it is dialled, so that a name that resolves to an inner address
// is seen.
func newTransport(cfg Config) *http.Transport {
	dialer := &net.Dialer{Timeout: cfg.Timeout}
	if cfg.AnyHost {
		dialer.Control = refuseInner
	}
	return &http.Transport{
		Proxy:                  cfg.Proxy,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    cfg.Timeout,
		ResponseHeaderTimeout:  cfg.Timeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           8,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}

func refuseInner(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%q: %w", address, ErrHost)
	}
	if ip := ap.Addr().Unmap(); !ip.IsGlobalUnicast() || ip.IsPrivate() || isShared(ip) {
		return fmt.Errorf("%s is not public: %w", ip, ErrHost)
	}
	return nil
}

// isShared covers what IsPrivate does not: carrier-grade NAT (RFC 6598),
// benchmarking and documentation ranges, and the translations that reach inner
// IPv4 addresses through IPv6 (RFC 6052, RFC 3056).
func isShared(ip netip.Addr) bool {
	for _, p := range []netip.Prefix{
		netip.MustParsePrefix("100.64.0.0/10"),
		netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"),
		netip.MustParsePrefix("240.0.0.0/4"),
		netip.MustParsePrefix("64:ff9b::/96"),
		netip.MustParsePrefix("64:ff9b:1::/48"),
		netip.MustParsePrefix("2002::/16"),
	} {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
