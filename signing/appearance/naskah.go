package appearance

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sertel-id/sertel/certificate/identity"
)

// IntroLine is the line above the signer of an electronic signature (circular
// 3/2022 of BKN; form 22B of the ministry PANRB).
const IntroLine = "Ditandatangani secara elektronik oleh:"

// ErrOfficial is returned by Naskah for a kind or an official that no block can
// be written for.
var ErrOfficial = errors.New("appearance: incomplete official")

// Kind is a group of official letters, as far as the signer's name is written
// differently in it (Permendagri 1/2023 art. 44).
type Kind uint8

// Groups of official letters. The zero Kind is refused.
const (
	Regulating     Kind = iota + 1 // peraturan
	Deciding                       // keputusan
	Assigning                      // surat perintah, surat tugas, surat perjalanan dinas
	Correspondence                 // surat dinas, undangan, nota dinas, memo
	Special                        // instruksi, surat edaran, berita acara, surat keterangan and so on
	Charter                        // piagam, sertifikat, STTPP
)

var kindNames = [...]string{
	Regulating: "regulating", Deciding: "deciding", Assigning: "assigning", Correspondence: "correspondence",
	Special: "special", Charter: "charter",
}

// String returns the kind in a word.
func (k Kind) String() string { return wordOf(kindNames[:], k, "Kind") }

// Office tells the offices apart that are named differently in a block.
type Office uint8

// Offices. The zero value is an official other than the three named ones.
const (
	OtherOffice       Office = iota
	HeadOfRegion             // gubernur, bupati, wali kota
	DeputyHead               // their deputies
	RegionalSecretary        // sekretaris daerah
)

var officeNames = [...]string{"other office", "head of region", "deputy head", "regional secretary"}

// String returns the office in words.
func (o Office) String() string { return wordOf(officeNames[:], o, "Office") }

// Acting says by what right an official holds the position.
type Acting uint8

// Ways to hold a position; the zero value is a regular holder.
const (
	Regular Acting = iota
	Plt            // pelaksana tugas
	Plh            // pelaksana harian
	Pj             // penjabat
	Pjs            // penjabat sementara
)

var actingNames = [...]string{"regular", "Plt", "Plh", "Pj", "Pjs"}

// String returns the abbreviation, or "regular".
func (a Acting) String() string { return wordOf(actingNames[:], a, "Acting") }

var actingPrefix = [...]string{Regular: "", Plt: "Plt. ", Plh: "Plh. ", Pj: "Pj. ", Pjs: "Pjs. "}

// Official is the signer as a block names him. The certificate is always the
// signer's own; a.n., u.b. and the like change the text alone.
type Official struct {
	// Name with its titles; they are left out where the rule has none.
	Name identity.Name
	// Position as in "Kepala Dinas Arsip"; printed in capitals, with what
	// Acting puts before it.
	Position string
	Office   Office
	Acting   Acting
	// OnBehalfOf is the office that the signer signs for (a.n., atas nama).
	// Empty: the signer's own.
	OnBehalfOf string
	// Through is the office that passes the mandate on to the signer (u.b.,
	// untuk beliau). Empty: none.
	Through string
	// Rank (pangkat), "Pembina Tingkat I", and Grade (golongan), "IV/b" or, of
	// a PPPK, "IX". Empty: not printed.
	Rank, Grade string
	// Number is a NIP, NI PPPK or NRP. Zero: not printed.
	Number identity.EmployeeNumber
}

// NameRule is what the rules print of a signer.
type NameRule struct {
	Titles bool // titles (gelar) before and after the name
	Number bool // rank, grade and employee number
}

// Rule returns what Permendagri 1/2023 art. 44 prints: titles by the kind of
// letter, rank and number for all but heads of region, their deputies and
// regional secretaries, and neither for who stands in for a head of region, or
// as Pj or Plh for a regional secretary. The article does not name those who
// stand in for a deputy; they are treated as the deputy.
func Rule(kind Kind, office Office, acting Acting) NameRule {
	switch {
	case office == HeadOfRegion && acting != Regular,
		office == RegionalSecretary && (acting == Pj || acting == Plh):
		return NameRule{}
	}
	return NameRule{
		Titles: kind == Assigning || kind == Correspondence || kind == Special,
		Number: office == OtherOffice,
	}
}

// Naskah returns a block that names the official as Rule says: IntroLine,
// position, name, rank and number. The caller adds the QR code, and changes
// lines with [Block.SetLine] where an agency's own rules differ. It returns
// ErrOfficial for an unknown kind, office or acting, or without name or
// position.
func Naskah(kind Kind, o Official) (Block, error) {
	switch {
	case kind < Regulating || kind > Charter:
		return Block{}, fmt.Errorf("%w: unknown kind of letter", ErrOfficial)
	case o.Office > RegionalSecretary || o.Acting > Pjs:
		return Block{}, fmt.Errorf("%w: unknown office", ErrOfficial)
	case o.Name.IsZero():
		return Block{}, fmt.Errorf("%w: no name", ErrOfficial)
	case strings.TrimSpace(o.Position) == "":
		return Block{}, fmt.Errorf("%w: no position", ErrOfficial)
	}
	rule := Rule(kind, o.Office, o.Acting)
	name := o.Name.Plain()
	if rule.Titles {
		name = o.Name.Full()
	}
	b := Block{Lines: []Line{{Role: RoleIntro, Text: IntroLine}}}
	for _, text := range o.positionLines() {
		b.Lines = append(b.Lines, Line{Role: RolePosition, Text: text})
	}
	b.Lines = append(b.Lines, Line{Role: RoleName, Text: name, Bold: true})
	if rule.Number {
		b.Lines = append(b.Lines, o.serviceLines()...)
	}
	return b, nil
}

// positionLines prints a.n. before the office signed for and u.b. between the
// office passed through and the signer's own.
func (o Official) positionLines() []string {
	var lines []string
	prefix := ""
	if o.OnBehalfOf != "" {
		lines = append(lines, "a.n. "+strings.ToUpper(o.OnBehalfOf))
	}
	if o.Through != "" {
		lines = append(lines, strings.ToUpper(o.Through))
		prefix = "u.b. "
	}
	return append(lines, prefix+actingPrefix[o.Acting]+strings.ToUpper(strings.TrimSpace(o.Position)))
}

func (o Official) serviceLines() []Line {
	var lines []Line
	switch {
	case o.Rank != "" && o.Grade != "":
		lines = append(lines, Line{Role: RoleRank, Text: o.Rank + " (" + o.Grade + ")"})
	case o.Rank != "":
		lines = append(lines, Line{Role: RoleRank, Text: o.Rank})
	case o.Grade != "":
		lines = append(lines, Line{Role: RoleRank, Text: "Golongan " + o.Grade})
	}
	if !o.Number.IsZero() {
		label := o.Number.Label()
		if o.Number.Kind() == identity.KindNIPPPK {
			label += "."
		}
		lines = append(lines, Line{Role: RoleNumber, Text: label + " " + o.Number.Grouped()})
	}
	return lines
}
