package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	digitorus "github.com/digitorus/pdf"
	pdfsign "github.com/digitorus/pdfsign/sign"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// letterOf is a document of about the given size: one page and one image.
func letterOf(size int) []byte {
	body := make([]byte, size)
	_, _ = rand.Read(body)
	return raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", size, body))
}

// byPdfsign signs with digitorus/pdfsign, the yardstick.
func byPdfsign(dst io.Writer, doc []byte, key *signing.Key) error {
	r, err := digitorus.NewReader(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		return err
	}
	return pdfsign.Sign(bytes.NewReader(doc), dst, r, int64(len(doc)), pdfsignData(key))
}

func pdfsignData(key *signing.Key) pdfsign.SignData {
	return pdfsign.SignData{
		Signature: pdfsign.SignDataSignature{CertType: pdfsign.ApprovalSignature,
			Info: pdfsign.SignDataSignatureInfo{Date: testNow}},
		Signer: key.Signer, DigestAlgorithm: crypto.SHA256, Certificate: key.Certificate,
		CertificateChains: [][]*x509.Certificate{append([]*x509.Certificate{key.Certificate}, key.Chain...)},
	}
}

// BenchmarkSignMemory prints what one signature allocates in all, which is no
// less than it ever holds, for files of several sizes and numbers of objects,
// and beside it what pdfsign does.
func BenchmarkSignMemory(b *testing.B) {
	key := person(b, "Budi Contoh", p256())
	objects := func(n int) []byte {
		list := []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>"}
		for range n {
			list = append(list, "<< /Contoh (objek) >>")
		}
		return raw("", list...)
	}
	for _, tt := range []struct {
		name string
		doc  []byte
	}{
		{"100KB", letterOf(100 << 10)}, {"100MB", letterOf(100 << 20)},
		{"10 objects", objects(10)}, {"100000 objects", objects(100_000)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			opts := signing.Options{Key: key, Now: now}
			var ours, theirs uint64
			for b.Loop() {
				ours = allocated(b, ours, func() error {
					_, err := signing.Sign(context.Background(), io.Discard, bytes.NewReader(tt.doc), int64(len(tt.doc)), opts)
					return err
				})
				theirs = allocated(b, theirs, func() error { return byPdfsign(io.Discard, tt.doc, key) })
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(ours), "ours-bytes")
			b.ReportMetric(float64(theirs), "pdfsign-bytes")
		})
	}
}

// allocated is what f allocates, or least when that is less: other goroutines
// allocate too.
func allocated(b *testing.B, least uint64, f func() error) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := f()
	runtime.ReadMemStats(&after)
	require.NoError(b, err)
	if used := after.TotalAlloc - before.TotalAlloc; least == 0 || used < least {
		return used
	}
	return least
}

// BenchmarkSign prints, for documents in memory, the time of a signature as a
// multiple of the limit: the SHA-256 of the file and one private-key
// operation, measured in turn in the same run, the shortest time of each.
func BenchmarkSign(b *testing.B) {
	key := person(b, "Budi Contoh", rsa2048())
	for _, size := range []int{100 << 10, 5 << 20, 100 << 20} {
		b.Run(sizeName(size), func(b *testing.B) {
			doc := letterOf(size)
			opts := signing.Options{Key: key, Now: now}
			var limit, ours, theirs least
			for b.Loop() {
				limit.time(b, func() error {
					sum := sha256.Sum256(doc)
					_, err := key.Signer.Sign(rand.Reader, sum[:], crypto.SHA256)
					return err
				})
				ours.time(b, func() error {
					_, err := signing.Sign(context.Background(), io.Discard, bytes.NewReader(doc), int64(len(doc)), opts)
					return err
				})
				theirs.time(b, func() error { return byPdfsign(io.Discard, doc, key) })
			}
			report(b, limit, ours, theirs)
		})
	}
}

// BenchmarkSignFile does the same from file to file; the limit is hashing and
// copying the file and syncing the copy, and one private-key operation.
func BenchmarkSignFile(b *testing.B) {
	key := person(b, "Budi Contoh", rsa2048())
	for _, size := range []int{5 << 20, 100 << 20} {
		b.Run(sizeName(size), func(b *testing.B) {
			dir := b.TempDir()
			src := filepath.Join(dir, "in.pdf")
			require.NoError(b, os.WriteFile(src, letterOf(size), 0o600))
			opts := signing.Options{Key: key, Now: now}
			var limit, ours, theirs least
			for b.Loop() {
				limit.time(b, func() error { return copyAndHash(filepath.Join(dir, "copy.pdf"), src, key) })
				ours.time(b, func() error {
					_, err := signing.SignFile(context.Background(), filepath.Join(dir, "out.pdf"), src, opts)
					return err
				})
				theirs.time(b, func() error { return pdfsign.SignFile(src, filepath.Join(dir, "theirs.pdf"), pdfsignData(key)) })
			}
			report(b, limit, ours, theirs)
		})
	}
}

func copyAndHash(dst, src string, key *signing.Key) error {
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(dst)
	if err != nil {
		return err
	}
	defer out.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(out, h)}, struct{ io.Reader }{in}, make([]byte, 64<<10)); err != nil {
		return err
	}
	if _, err := key.Signer.Sign(rand.Reader, h.Sum(nil), crypto.SHA256); err != nil {
		return err
	}
	return out.Sync()
}

// least is the shortest of several times: the one that other work on the
// machine disturbed least.
type least time.Duration

func (l *least) time(b *testing.B, f func() error) {
	start := time.Now()
	err := f()
	d := least(time.Since(start))
	require.NoError(b, err)
	if *l == 0 || d < *l {
		*l = d
	}
}

func report(b *testing.B, limit, ours, theirs least) {
	b.ReportMetric(0, "ns/op") // several things were timed in turn
	b.ReportMetric(float64(limit)/1000, "limit-us")
	b.ReportMetric(float64(ours)/float64(limit), "ours/limit")
	if theirs > 0 {
		b.ReportMetric(float64(theirs)/float64(limit), "pdfsign/limit")
	}
}

func sizeName(size int) string {
	if size < 1<<20 {
		return fmt.Sprintf("%dKB", size>>10)
	}
	return fmt.Sprintf("%dMB", size>>20)
}
