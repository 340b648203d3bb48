package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/appearance"
)

// official is somebody who can log in. The password is the e-office's own and has
// nothing to do with the passphrase of the certificate, which is kept nowhere.
type official struct {
	Username string
	Official appearance.Official
	NIK      identity.NIK
	hash     string
}

// Name is the official's name with titles.
func (o *official) Name() string { return o.Official.Name.Full() }

// Position is the official's office.
func (o *official) Position() string { return o.Official.Position }

// directory is the people of one agency. It does not change while the e-office
// runs.
type directory struct {
	Agency string
	people []*official
	hasher *passphrase.Hasher
}

var errLogin = errors.New("eoffice: wrong username or password")

// find returns somebody by username, or nil.
func (d *directory) find(username string) *official {
	i := slices.IndexFunc(d.people, func(o *official) bool { return o.Username == username })
	if i < 0 {
		return nil
	}
	return d.people[i]
}

// name is what people read for a username.
func (d *directory) name(username string) string {
	if o := d.find(username); o != nil {
		return o.Name()
	}
	return username
}

// login checks a password. An unknown username takes as long as a wrong one.
func (d *directory) login(ctx context.Context, username string, password passphrase.Secret) (*official, error) {
	o := d.find(username)
	var err error
	if o == nil {
		err = d.hasher.VerifyAbsent(ctx, password)
	} else {
		_, err = d.hasher.Verify(ctx, o.hash, password)
	}
	if errors.Is(err, passphrase.ErrMismatch) {
		return nil, errLogin
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}

// personEntry is one person in the file of -people.
type personEntry struct {
	Username     string `json:"username"`
	PasswordHash string `json:"password_hash"`
	Name         string `json:"name"`
	NIK          string `json:"nik"`
	Number       string `json:"employee_number"`
	Position     string `json:"position"`
	Office       string `json:"office"` // "", "kepala daerah", "wakil kepala daerah", "sekretaris daerah"
	Acting       string `json:"acting"` // "", "Plt", "Plh", "Pj", "Pjs"
	OnBehalfOf   string `json:"on_behalf_of"`
	Through      string `json:"through"`
	Rank         string `json:"rank"`
	Grade        string `json:"grade"`
}

const (
	maxPeople     = 10_000
	maxPeopleFile = 16 << 20
)

// readDirectory reads the file of -people. Errors name the entry and what is
// wrong with it, never a number.
func readDirectory(path string, hasher *passphrase.Hasher) (*directory, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var content struct {
		Agency string        `json:"agency"`
		People []personEntry `json:"people"`
	}
	decoder := json.NewDecoder(io.LimitReader(file, maxPeopleFile))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&content); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &directory{Agency: content.Agency, hasher: hasher}
	if content.Agency == "" || len(content.People) == 0 || len(content.People) > maxPeople {
		return nil, fmt.Errorf("%s: an agency and 1 to %d people are needed", path, maxPeople)
	}
	for i, entry := range content.People {
		o, err := entry.official()
		if err == nil && d.find(o.Username) != nil {
			err = errors.New("username is there twice")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: person %d: %w", path, i+1, err)
		}
		d.people = append(d.people, o)
	}
	return d, nil
}

var offices = map[string]appearance.Office{
	"": appearance.OtherOffice, "kepala daerah": appearance.HeadOfRegion,
	"wakil kepala daerah": appearance.DeputyHead, "sekretaris daerah": appearance.RegionalSecretary,
}

var actings = map[string]appearance.Acting{
	"": appearance.Regular, "Plt": appearance.Plt, "Plh": appearance.Plh, "Pj": appearance.Pj, "Pjs": appearance.Pjs,
}

// official checks an entry, down to whether a block can be written for it.
func (e personEntry) official() (*official, error) {
	office, known := offices[e.Office]
	acting, knownActing := actings[e.Acting]
	switch {
	case e.Username == "" || len(e.Username) > 64 || strings.ContainsAny(e.Username, " \t\r\n/"):
		return nil, errors.New("username is empty, too long or has blanks")
	case !known:
		return nil, errors.New("unknown office")
	case !knownActing:
		return nil, errors.New("unknown acting")
	case !strings.HasPrefix(e.PasswordHash, "$argon2id$"):
		return nil, errors.New("password_hash is not what -hash-password prints")
	}
	nik, err := identity.ParseNIK(e.NIK)
	if err != nil {
		return nil, err
	}
	name, err := identity.ParseName(e.Name)
	if err != nil {
		return nil, err
	}
	o := &official{Username: e.Username, NIK: nik, hash: e.PasswordHash, Official: appearance.Official{
		Name: name, Position: e.Position, Office: office, Acting: acting,
		OnBehalfOf: e.OnBehalfOf, Through: e.Through, Rank: e.Rank, Grade: e.Grade,
	}}
	if e.Number != "" {
		if o.Official.Number, err = identity.ParseEmployeeNumber(e.Number); err != nil {
			return nil, err
		}
	}
	_, err = appearance.Naskah(appearance.Correspondence, o.Official)
	return o, err
}
