package mockbsre

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// properties is the member of a request whose elements are objects.
const properties = "signatureProperties"

// jsonMembers are the members of requests of version 2, by operation, and those
// of a signature's properties under [properties] (manual, "Sign PDF v2" and
// following; contactInfo is in the collection of a server 2.2.0).
var jsonMembers = map[Operation][]string{
	SignV2:         {"nik", "email", "passphrase", "totp", properties, "file"},
	CodeV2:         {"nik", "email", "data"},
	VerifyV2:       {"file", "password"},
	StatusV2:       {"nik", "email"},
	RegistrationV2: {"nama", "email", "nik"},
	SealV2:         {"idSubscriber", "totp", properties, "file"},
	SealCodeV2:     {"idSubscriber", "totp", "data"},
	SealActivateV2: {"idSubscriber", "totp"},
	SealRevokeV2:   {"idSubscriber", "totp"},
	properties: {
		"tampilan", "imageBase64", "page", "originX", "originY", "width", "height", "tag_koordinat",
		"location", "reason", "contactInfo", "pdfPassword",
	},
}

// toleratedMembers are names that the manual has beside the right ones.
var toleratedMembers = map[string]string{"otp": "totp", "tag": "tag_koordinat"}

// numberMembers hold numbers, all others texts or lists.
var numberMembers = []string{"page", "originX", "originY", "width", "height", "data"}

// remarkJSON remarks on a body that was read, with its files apart.
func (c *call) remarkJSON(body []byte, files []jsonFile) {
	known, ok := jsonMembers[c.operation]
	if !ok {
		return
	}
	seen := map[string]bool{}
	members(body, "", func(in, name string, value []byte) {
		allowed := known
		switch {
		case in == properties:
			allowed = jsonMembers[properties]
		case in != "": // within something unknown
			return
		case seen[name]:
			c.entry.remark(fmt.Sprintf("member %q twice", name), "once")
		case !empty(value):
			seen[name] = true
		}
		c.remarkMember(allowed, name, value)
	})
	c.remarkMissing(known, seen)
	for _, f := range files {
		if f.bad {
			c.entry.remark("a file that is not plain base64", "base64 without line breaks and without data:")
		}
	}
}

// remarkMember remarks on one member, by its name and the form of its value.
func (c *call) remarkMember(allowed []string, name string, value []byte) {
	x, first := c.entry, value[0]
	switch right := toleratedMembers[name]; {
	case right != "" && slices.Contains(allowed, right):
		x.remark(fmt.Sprintf("member %q", name), fmt.Sprintf("%q", right))
	case !slices.Contains(allowed, name):
		near := nearest(name, allowed)
		if near != "" {
			near = fmt.Sprintf("%q", near)
		}
		x.remark(fmt.Sprintf("unknown member %q", name), near)
	case slices.Contains(numberMembers, name):
		// The manual's own sample of a code for a seal has a text.
		if first == '"' && c.operation != SealCodeV2 {
			x.remark(fmt.Sprintf("%q as a text", name), "a number")
		}
	case name == "nik" && !empty(value) && (first != '"' || !isSixteenDigits(text(value))):
		x.remark("NIK that is not 16 digits as text", "16 digits, as text")
	case name == "tampilan":
		c.remarkWord(name, text(value), "VISIBLE", "INVISIBLE")
	case (name == "location" || name == "reason" || name == "contactInfo") && text(value) == "null":
		x.remark(fmt.Sprintf(`%q holds the text "null"`, name), "null, or leave it out")
	}
}

var shortWord = regexp.MustCompile(`^[A-Za-z]{0,10}$`)

// remarkWord remarks on a value that must be one of a few words.
func (c *call) remarkWord(name, word string, right ...string) {
	if !slices.Contains(right, word) {
		given := strconv.Quote(word)
		if !shortWord.MatchString(word) { // what else stands there is perhaps a secret
			given = fmt.Sprintf("[%d bytes]", len(word))
		}
		c.entry.remark(fmt.Sprintf("%q is %s", name, given), nearest(word, right))
	}
}

// remarkMissing remarks on what a request to sign cannot be without.
func (c *call) remarkMissing(known []string, seen map[string]bool) {
	either := func(a, b string) {
		if slices.Contains(known, a) && !seen[a] && !seen[b] {
			c.entry.remark(fmt.Sprintf("neither %q nor %q", a, b), "one of them")
		}
	}
	either("nik", "email")
	if slices.Contains(known, "passphrase") {
		either("passphrase", "totp")
		if seen["passphrase"] && (seen["totp"] || seen["otp"]) {
			c.entry.remark(`"passphrase" and a one-time code`, "one of them")
		}
	}
	for _, name := range []string{"idSubscriber", properties, "file", "data", "nama"} {
		if slices.Contains(known, name) && !seen[name] {
			c.entry.remark(fmt.Sprintf("no %q", name), fmt.Sprintf("%q", name))
		}
	}
}

// remarkShown remarks on the visible part of a signature in version 2.
func (c *call) remarkShown(p signProperty) {
	x := c.entry
	tagged := p.TagKoordinat != "" || p.Tag != ""
	placed := p.Page.given || p.OriginX.given || p.OriginY.given
	switch visible := strings.EqualFold(string(p.Tampilan), "VISIBLE"); {
	case !visible && (tagged || placed || p.Width.given || p.Height.given || !p.noPicture()):
		x.remark("an invisible signature with a place or a picture", "neither, or VISIBLE")
	case !visible:
	case p.noPicture():
		x.remark("a visible signature without a picture", `"imageBase64": version 2 draws nothing by itself`)
	case tagged && placed:
		x.remark("a place both by tag and by coordinates", "one of them")
	case !p.Width.given || !p.Height.given:
		x.remark("a visible signature without its size", `"width" and "height"`)
	}
}

// text is the content of a JSON text, empty for anything else.
func text(value []byte) string {
	var s string
	if value[0] != '"' || json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// empty reports a value that means that nothing is given.
func empty(value []byte) bool {
	s := string(value[:min(len(value), 5)])
	return s == `""` || s == "null"
}

// members calls visit for each member of the objects in a text that is JSON,
// with the name of the member in which the object stands; empty outermost. It
// copies nothing.
func members(body []byte, in string, visit func(in, name string, value []byte)) {
	m := &memberScan{body, 0, visit}
	m.space()
	m.value(in)
}

// unnamed stands for a member without a name, which is not outermost.
const unnamed = "."

// memberScan goes through JSON that encoding/json has accepted and whose depth
// is bounded.
type memberScan struct {
	body  []byte
	at    int
	visit func(in, name string, value []byte)
}

func (m *memberScan) peek() byte {
	if m.at < len(m.body) {
		return m.body[m.at]
	}
	return 0
}

func (m *memberScan) space() {
	for m.at < len(m.body) && strings.IndexByte(" \t\r\n", m.body[m.at]) >= 0 {
		m.at++
	}
}

// quoted passes over a text.
func (m *memberScan) quoted() []byte {
	start := m.at
	for m.at++; m.at < len(m.body); m.at++ {
		if m.body[m.at] == '\\' {
			m.at++
		} else if m.body[m.at] == '"' {
			m.at++
			break
		}
	}
	m.at = min(m.at, len(m.body))
	return m.body[start:m.at]
}

func (m *memberScan) value(in string) {
	switch m.peek() {
	case '"':
		m.quoted()
	case '{':
		m.object(in)
	case '[':
		m.each(']', func() { m.value(in) })
	default:
		for m.at < len(m.body) && strings.IndexByte(",]} \t\r\n", m.body[m.at]) < 0 {
			m.at++
		}
	}
}

func (m *memberScan) object(in string) {
	m.each('}', func() {
		name := text(append([]byte(nil), m.quoted()...))
		m.space()
		m.at++ // the colon
		m.space()
		start := m.at
		m.value(cmp.Or(name, unnamed))
		if start < m.at {
			m.visit(in, name, m.body[start:m.at])
		}
	})
}

// each passes over the elements of a list or object.
func (m *memberScan) each(end byte, element func()) {
	m.at++
	for m.space(); m.at < len(m.body) && m.peek() != end; m.space() {
		if m.peek() == ',' {
			m.at++
			continue
		}
		before := m.at
		element()
		if m.at == before {
			return
		}
	}
	m.at++
}
