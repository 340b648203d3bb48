package passphrase

// ReformatPHC parses and prints a PHC string.
func ReformatPHC(s string) (string, error) {
	p, err := parsePHC(s)
	if err != nil {
		return "", err
	}
	return p.String(), nil
}

// SetMaxKeys lowers the number of keys kept.
func (m *MemoryAttempts) SetMaxKeys(n int) { m.max = n }

// Waiting is the number of secrets that wait.
func (h *Handoff) Waiting() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.waiting)
}

// PKCS12Cost is what a file asks for before it is decoded.
func PKCS12Cost(der []byte) (iterations int, err error) {
	w, err := walkPFX(der)
	if err != nil {
		return 0, err
	}
	return MaxPKCS12Iterations - w.left, nil
}

// ExportFastPKCS12 is ExportPKCS12 with one iteration.
func ExportFastPKCS12(s Secret, f KeyFile) ([]byte, error) { return exportPKCS12(s, f, 1) }
