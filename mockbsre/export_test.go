package mockbsre

import (
	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// NewHSM is the fake's vault by itself.
func NewHSM() certificate.ResettingVault { return newHSM(authority.ECDSAP256) }

// Put adds a mail to the box, as the fake itself does.
func Put(b *Inbox, m Message) { b.put(m) }
