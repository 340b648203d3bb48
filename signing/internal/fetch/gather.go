package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pki"
)

// Evidence is what [Gather] found for a path.
type Evidence struct {
	// OCSPs and CRLs hold the DER of every piece that decided, without
	// repetition, in the order of the path.
	OCSPs, CRLs [][]byte
	// Verdicts judge the certificates of the path, leaf first, without the
	// root.
	Verdicts []pki.Verdict
	// Missing says, for each certificate without an answer, what went wrong;
	// nil when all of them have one. A revoked certificate has an answer.
	Missing error
}

// Gather gets evidence about every certificate of a path below its root and
// judges it: OCSP first, a CRL where that gives no answer. What cannot be had
// is reported in the result; the error is that of the context or of Times.
func Gather(ctx context.Context, src Source, path pki.Path, t pki.Times) (Evidence, error) {
	var all Evidence
	var missing []error
	for i := 0; i+1 < len(path); i++ {
		g := gathering{src: src, path: path, index: i, times: t}
		v, err := g.run(ctx)
		if err != nil {
			return Evidence{}, err
		}
		all.Verdicts = append(all.Verdicts, v)
		if v.Status == pki.StatusUnknown {
			missing = append(missing, fmt.Errorf("fetch: certificate %d of the path: %w", i, errors.Join(g.errs...)))
			continue
		}
		all.add(v.Evidence)
	}
	all.Missing = errors.Join(missing...)
	return all, nil
}

// gathering is the work on one certificate.
type gathering struct {
	src   Source
	path  pki.Path
	index int
	times pki.Times

	ocsps, crls [][]byte
	errs        []error
}

func (g *gathering) run(ctx context.Context) (pki.Verdict, error) {
	cert, issuer := g.path[g.index], g.path[g.index+1]
	ocsp, err := g.src.OCSP(ctx, cert, issuer)
	v, err := g.judge(ctx, &g.ocsps, ocsp, err)
	if err != nil || v.Status != pki.StatusUnknown {
		return v, err
	}
	crl, err := g.src.CRL(ctx, cert, issuer)
	return g.judge(ctx, &g.crls, crl, err)
}

// judge takes a piece, or the error in its place, and weighs what there is.
func (g *gathering) judge(ctx context.Context, kind *[][]byte, piece []byte, err error) (pki.Verdict, error) {
	if ctx.Err() != nil {
		return pki.Verdict{}, ctx.Err()
	}
	if err != nil {
		g.errs = append(g.errs, err)
	} else {
		*kind = append(*kind, piece)
	}
	v, err := pki.Judge(g.path[g.index], g.path[g.index+1], g.ocsps, g.crls, g.times)
	if err == nil && v.Status == pki.StatusUnknown {
		for _, r := range v.Rejected {
			g.errs = append(g.errs, r.Err)
		}
	}
	return v, err
}

// add takes the piece that decided about one certificate. A CRL often decides
// about several.
func (e *Evidence) add(piece *pki.Evidence) {
	list := &e.OCSPs
	if piece.Kind == pki.KindCRL {
		list = &e.CRLs
	}
	if !slices.ContainsFunc(*list, func(have []byte) bool { return bytes.Equal(have, piece.Raw) }) {
		*list = append(*list, piece.Raw)
	}
}
