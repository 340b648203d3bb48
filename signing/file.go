package signing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// SignFile signs the PDF file at srcPath and puts the result at dstPath, which
// may be the same. The result is written beside its place, synced and renamed:
// at dstPath there is either what was there before or the whole signed file.
// Errors are those of [Sign] and of the file system.
func SignFile(ctx context.Context, dstPath, srcPath string, opts Options) (Receipt, error) {
	return writeFile(dstPath, srcPath, func(dst io.Writer, src io.ReaderAt, size int64) (Receipt, error) {
		return Sign(ctx, dst, src, size, opts)
	})
}

// writeFile writes what write makes of the source beside dstPath and renames it.
func writeFile[R any](dstPath, srcPath string, write func(io.Writer, io.ReaderAt, int64) (R, error)) (r R, err error) {
	var none R
	src, info, err := openRegular(srcPath)
	if err != nil {
		return none, fmt.Errorf("signing: %w", err)
	}
	defer src.Close()
	dir := filepath.Dir(dstPath)
	tmp, err := os.CreateTemp(dir, ".signing-*.pdf")
	if err != nil {
		return none, fmt.Errorf("signing: %w", err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if r, err = write(tmp, src, info.Size()); err != nil {
		return none, err
	}
	err = errors.Join(tmp.Chmod(info.Mode().Perm()), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), dstPath)
	}
	if err != nil {
		return none, fmt.Errorf("signing: %w", err)
	}
	syncDir(dir)
	return r, nil
}

// openRegular opens a file for reading that is no pipe, folder or device.
func openRegular(path string) (*os.File, os.FileInfo, error) {
	// Before it is opened: to open a pipe is to wait for its other end.
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s: not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// syncDir makes the rename last through a crash where the system can; where
// directories cannot be synced the file itself is whole all the same.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
