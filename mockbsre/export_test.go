package mockbsre

import (
	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// NewHSM is the fake's vault by itself.
func NewHSM() certificate.ResettingVault { return newHSM(authority.ECDSAP256) }
