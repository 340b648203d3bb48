package smtpmail_test

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// scramServer is the server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677).
type scramServer struct {
	check func(name, password string) error
	step  int
	auth  string // the messages so far
	nonce string
}

const scramRounds = 4096

var scramSalt = []byte("a salt of sixtee")

func scramMAC(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func (s *scramServer) Next(response []byte) ([]byte, bool, error) {
	s.step++
	switch s.step {
	case 1:
		if len(response) == 0 {
			s.step = 0
			return []byte{}, false, nil
		}
		bare := strings.TrimPrefix(string(response), "n,,")
		name, nonce, _ := strings.Cut(strings.TrimPrefix(bare, "n="), ",r=")
		if name != user {
			return nil, true, errWrongPassword
		}
		s.nonce = nonce + "server"
		challenge := fmt.Sprintf("r=%s,s=%s,i=%d", s.nonce, base64.StdEncoding.EncodeToString(scramSalt), scramRounds)
		s.auth = bare + "," + challenge
		return []byte(challenge), false, nil
	case 2:
		withoutProof, proof, _ := strings.Cut(string(response), ",p=")
		salted, err := pbkdf2.Key(sha256.New, password, scramSalt, scramRounds, sha256.Size)
		if err != nil {
			return nil, true, err
		}
		s.auth += "," + withoutProof
		clientKey := scramMAC(salted, "Client Key")
		stored := sha256.Sum256(clientKey)
		want := scramMAC(stored[:], s.auth)
		for i := range want {
			want[i] ^= clientKey[i]
		}
		if proof != base64.StdEncoding.EncodeToString(want) || withoutProof != "c=biws,r="+s.nonce {
			return nil, true, errWrongPassword
		}
		signature := scramMAC(scramMAC(salted, "Server Key"), s.auth)
		return []byte("v=" + base64.StdEncoding.EncodeToString(signature)), false, nil
	}
	return nil, true, s.check(user, password)
}
