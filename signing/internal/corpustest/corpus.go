// Package corpustest reads the PDFs of other producers that tests sign and judge. They are not in the tree: a
// list there (signing/testdata/corpus.tsv) names for each its public source, its SHA-256 and what becomes of it,
// and a folder of the caller's holds the files. Only tests use it.
package corpustest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Signed is the outcome of a file that was signed soundly. Every other one begins with Refused.
const (
	Signed  = "signed"
	Refused = "refused: "
)

// errList: the list cannot be read, or names other files than the folder holds.
var errList = errors.New("corpustest: list")

// header is the first line of a list.
const header = "name\trepository\tcommit\tpath\tsha256\tqpdf\toutcome"

// File is a line of the list.
type File struct {
	// Name is the file's in the folder.
	Name string
	// Repository, Commit and Path say where it was published, on GitHub.
	Repository, Commit, Path string
	// SHA256 is its digest in hexadecimal digits.
	SHA256 string
	// QPDF is the exit code of "qpdf --check": 0 clean, 2 errors, 3 warnings.
	QPDF int
	// Outcome is [Signed], or [Refused] and the error.
	Outcome string

	// File is where it lies; only Files sets it.
	File string
}

// Bytes are the file's.
func (f File) Bytes(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(f.File)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// passwords open files, by a part of their name; the producers' test suites publish them.
var passwords = map[string]string{
	"enc-XI-R6_V5_U_view_O_master":        "view",
	"enc-R3_V2_U_view_O_master":           "view",
	"enc-XI-R6_V5_U_attachment_encrypted": "attachment",
	"PasswordSample-40bit":                "user",
	"pr6531_1":                            "asdfasdf",
	"sign_me_protected":                   " ",
}

// Password opens the file; most need none.
func (f File) Password() string {
	for part, password := range passwords {
		if strings.Contains(f.Name, part) {
			return password
		}
	}
	return ""
}

// Files gives the files of a list in its order, from the folder that the environment variable SERTEL_CORPUS names;
// the caller reads the variable. The test is skipped when it is empty, and fails when the folder is not what the
// list says.
func Files(t testing.TB, folder, list string) []File {
	t.Helper()
	if folder == "" {
		t.Skip("SERTEL_CORPUS names no folder with the files of signing/testdata/corpus.tsv")
	}
	files, err := Read(list)
	if err == nil {
		err = find(files, folder)
	}
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Read gives the lines of a list.
func Read(list string) ([]File, error) {
	text, err := os.ReadFile(list)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errList, err)
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	if first != header {
		return nil, fmt.Errorf("%w: the first line is not %q", errList, header)
	}
	var files []File
	for line := range strings.Lines(rest) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 7 {
			return nil, fmt.Errorf("%w: %d cells in %q", errList, len(cells), line)
		}
		code, err := strconv.Atoi(cells[5])
		if err != nil {
			return nil, fmt.Errorf("%w: %q: %w", errList, line, err)
		}
		files = append(files, File{Name: cells[0], Repository: cells[1], Commit: cells[2], Path: cells[3],
			SHA256: cells[4], QPDF: code, Outcome: cells[6]})
	}
	return files, nil
}

// Write makes the list anew.
func Write(list string, files []File) error {
	var text bytes.Buffer
	fmt.Fprintln(&text, header)
	for _, f := range files {
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", f.Name, f.Repository, f.Commit, f.Path, f.SHA256, f.QPDF, f.Outcome)
	}
	return os.WriteFile(list, text.Bytes(), 0o644)
}

// find says where each file lies and compares its digest; the folder holds these files and no others.
func find(files []File, folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("%w: %w", errList, err)
	}
	for i := range files {
		files[i].File = filepath.Join(folder, files[i].Name)
		b, err := os.ReadFile(files[i].File)
		if err != nil {
			return fmt.Errorf("%w: %w", errList, err)
		}
		if digest := sha256.Sum256(b); hex.EncodeToString(digest[:]) != files[i].SHA256 {
			return fmt.Errorf("%w: %s has another SHA-256 than the list", errList, files[i].Name)
		}
	}
	for _, entry := range entries {
		if !slices.ContainsFunc(files, func(f File) bool { return f.Name == entry.Name() }) {
			return fmt.Errorf("%w: %s is not in it", errList, entry.Name())
		}
	}
	return nil
}
