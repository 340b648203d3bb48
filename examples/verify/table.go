package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/sertel-id/sertel/signing/verify"
)

// write writes the results in the form that was asked for.
func write(w io.Writer, cfg config, results []result) error {
	switch {
	case cfg.json:
		return writeJSON(w, results)
	case cfg.details:
		return writeDetails(w, cfg.lang, results)
	}
	return writeTable(w, cfg.lang, results)
}

// writeJSON writes an array with one object per document.
func writeJSON(w io.Writer, results []result) error {
	type entry struct {
		File       string            `json:"file"`
		Indication verify.Indication `json:"indication"`
		Error      string            `json:"error,omitempty"`
		Report     *verify.Report    `json:"report,omitempty"`
	}
	entries := make([]entry, len(results))
	for i, r := range results {
		entries[i] = entry{File: r.path, Indication: r.indication(), Report: r.report}
		if r.err != nil {
			entries[i].Error = r.err.Error()
		}
	}
	data, err := json.MarshalIndent(entries, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, escaped(string(data)))
	return err
}

func writeDetails(w io.Writer, lang verify.Lang, results []result) error {
	for i, r := range results {
		if i > 0 {
			fmt.Fprintln(w)
		}
		title := wrap(printable(r.path), tableWidth, 4)
		fmt.Fprintf(w, "%s\n%s\n", strings.Join(title, "\n"), strings.Repeat("=", taken(title[0])))
		if r.report == nil {
			fmt.Fprintf(w, "%s: %s\n", r.indication().Text(lang), r.note(lang))
			continue
		}
		if err := r.report.WriteText(w, lang); err != nil {
			return err
		}
	}
	return nil
}

// The columns of the table, 80 characters with a blank between each two.
const (
	tableWidth   = 80
	fileWidth    = 22
	verdictWidth = 22
	noteWidth    = 34
)

func writeTable(w io.Writer, lang verify.Lang, results []result) error {
	out := bufio.NewWriter(w)
	heads := [3]string{"BERKAS", "HASIL", "KETERANGAN"}
	if lang == verify.English {
		heads = [3]string{"FILE", "RESULT", "REMARK"}
	}
	writeRow(out, heads)
	count := map[verify.Indication]int{}
	for _, r := range results {
		count[r.indication()]++
		writeRow(out, [3]string{printable(r.path), r.indication().Text(lang), r.note(lang)})
	}
	if len(results) > 1 {
		fmt.Fprintln(out)
		for _, i := range []verify.Indication{verify.TotalPassed, verify.TotalFailed, verify.Indeterminate} {
			fmt.Fprintf(out, "%-*s %6d\n", verdictWidth, i.Text(lang), count[i])
		}
	}
	return out.Flush()
}

// note is the reason of the verdict, without the verdict.
func (r result) note(lang verify.Lang) string {
	if r.report != nil {
		return strings.TrimPrefix(r.report.Summary(lang), r.indication().Text(lang)+": ")
	}
	text := [2]string{"tidak dapat dinilai", "cannot be judged"}
	var path *fs.PathError
	switch {
	case errors.Is(r.err, verify.ErrNotPDF):
		text = [2]string{"bukan berkas PDF", "not a PDF file"}
	case errors.Is(r.err, verify.ErrPassword):
		text = [2]string{"berkas terkunci kata sandi", "the file is locked with a password"}
	case errors.Is(r.err, verify.ErrUnreadable):
		text = [2]string{"berkas rusak atau tidak didukung", "the file is damaged or not supported"}
	case errors.Is(r.err, errNoPDF):
		text = [2]string{"folder ini tidak memuat berkas PDF", "the folder holds no PDF file"}
	case errors.Is(r.err, errKind):
		text = [2]string{"bukan berkas biasa", "no ordinary file"}
	case errors.Is(r.err, fs.ErrNotExist):
		text = [2]string{"tidak ditemukan", "not found"}
	case errors.As(r.err, &path):
		text = [2]string{"tidak dapat dibuka", "cannot be opened"}
	}
	if lang == verify.English {
		return fmt.Sprintf("%s: %s", text[1], printable(r.err.Error()))
	}
	return text[0]
}

func writeRow(w io.Writer, cells [3]string) {
	columns := [3][]string{wrap(cells[0], fileWidth, 2), wrap(cells[1], verdictWidth, 0), wrap(cells[2], noteWidth, 0)}
	for line := 0; line < max(len(columns[0]), len(columns[1]), len(columns[2])); line++ {
		var parts [3]string
		for i, column := range columns {
			if line < len(column) {
				parts[i] = column[line]
			}
		}
		text := padded(parts[0], fileWidth) + " " + padded(parts[1], verdictWidth) + " " + parts[2]
		fmt.Fprintln(w, strings.TrimRight(text, " "))
	}
}
