package mockbsre

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
)

// Bounds of the signed files that are kept until they are fetched; the oldest
// go. How long the real service keeps them is not known.
const (
	maxKept     = 1_000
	maxKeptSize = 64 << 20
)

// downloads are the signed files of version 1 that can be fetched.
type downloads struct {
	files map[string]signedFile
	order []string // oldest first; may name files that are gone
	size  int
}

func (d *downloads) drop(id string) {
	d.size -= d.files[id].size()
	delete(d.files, id)
}

// keep keeps a signed file and returns its id, 32 hexadecimal digits.
func (e *esign) keep(file signedFile) string {
	var random [16]byte
	_, _ = rand.Read(random[:])
	id := hex.EncodeToString(random[:])
	e.mu.Lock()
	defer e.mu.Unlock()
	d := &e.downloads
	if d.files == nil {
		d.files = map[string]signedFile{}
	}
	d.files[id], d.size = file, d.size+file.size()
	d.order = append(d.order, id)
	for len(d.order) > maxKept || d.size > maxKeptSize && len(d.order) > 1 {
		d.drop(d.order[0])
		d.order = d.order[1:]
	}
	return id
}

// fetch returns a kept file, which is gone then.
func (e *esign) fetch(id string) (signedFile, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	file, ok := e.downloads.files[id]
	if ok && e.on(QuirkDownloadOnce) {
		e.downloads.drop(id)
	}
	return file, ok
}

// download is GET /api/sign/download/{id_dokumen}. That a second call is 404 was
// seen; the body is that of the gateway of 2019.
func (e *esign) download(_ context.Context, c *call) reply {
	file, ok := e.fetch(c.id)
	if !ok {
		return jsonReply(http.StatusNotFound, struct {
			Code  int    `json:"status_code"`
			Error string `json:"error"`
		}{codeGone, "File tidak tersedia, pastikan bahwa dokumen belum di download"})
	}
	return reply{status: http.StatusOK, kind: typePDF, document: c.id, stream: file.writeTo}
}
