package fetch

import (
	"fmt"
	"net/url"
	"strings"
)

// hostList copies a list of hosts for [listed]. An entry that no address could
// match is refused: it would show only as evidence that is missing. The entry
// is not repeated, since an address may hold a login.
func hostList(hosts []string) ([]string, error) {
	list := make([]string, len(hosts))
	for i, h := range hosts {
		if !canMatch(h) {
			return nil, fmt.Errorf("fetch: HTTPConfig.Hosts[%d] is no host: a name such as \"ocsp.example\" or \"ocsp.example:8080\" "+
				"is one, and \".example\" covers all below it; no scheme, path, white space or *", i)
		}
		list[i] = strings.ToLower(h)
	}
	return list, nil
}

// canMatch reports whether an entry is what the host of some address can be.
func canMatch(entry string) bool {
	host := strings.TrimPrefix(entry, ".")
	if host == "" || strings.HasPrefix(host, ".") || strings.Contains(host, "*") {
		return false
	}
	u, err := url.Parse("http://" + host + "/")
	return err == nil && u.Host == host && u.Hostname() != ""
}

// listed reports whether a host is in the list, or below a name in it that
// begins with a dot.
func listed(list []string, host string) bool {
	host = strings.ToLower(host)
	for _, h := range list {
		if h == host || strings.HasPrefix(h, ".") && strings.HasSuffix(host, h) {
			return true
		}
	}
	return false
}
