// Package identity reads the numbers and names of Indonesian civil servants:
// NIK, NIP, NI PPPK, NRP, mobile number, work mail, names with titles, civil
// dates and region codes. It takes them apart, prints them in the usual ways,
// and keeps them out of logs.
//
// Most programs parse what was typed and ask what it says:
//
//	nik, err := identity.ParseNIK(form.NIK)
//	born, certain := nik.BirthDate(identity.DateOf(time.Now()))
//
// A value comes only from its Parse function, which judges form. None of the
// numbers has a check digit: a well-formed one need not exist, and only the
// registers can tell (Dukcapil for a NIK, SIASN for NIP and NI PPPK, SIPP for a
// police NRP). What depends on the day takes asOf, usually DateOf(time.Now()).
//
// # What is checked
//
// A malformed value can never be right and is refused by Parse, or marked
// [Malformed] by Check. A doubtful one is lawful but unlikely: honest people
// have such numbers, so Check only reports it as [Doubtful].
//
//	value     malformed                                           source
//	all       characters other than 0-9 and separators            (numbers are ASCII digits)
//	NIK       not 16 digits; serial 0000                          PP 37/2007 art. 37
//	          province in no list; regency 00 or 70               Kepmendagri 300.2.2-2138/2025
//	          day (women plus 40), month, year: no such date      PP 37/2007 art. 37
//	NIP       not 18 digits; no such birth date; month of         Perka BKN 22/2007
//	          appointment; sex not 1 or 2; serial 000
//	          appointed before 15, or over a year ahead           (margins of this package)
//	NI PPPK   as NIP; digits 13-14 not 21 to 29                   BKN practice, public personnel systems
//	NRP       police: not 8 digits, month; others: not 5 to 14    Perkap 3/2018; forms of the armed forces differ
//	Phone     not +62 8 and 8 to 11 more digits                   lengths accepted by Indonesian operators
//	Email     not an ASCII dot-atom at a domain name              RFC 5321 section 4.1.2, RFC 1123 section 2.1
//	Name      digits, control characters, non-Latin letters       (rule of this package)
//
//	value     doubtful                                            source
//	NIK       region in no list; province 54; district 00         codes retire, numbers stay: PP 40/2019 art. 30
//	          no century that gives an age from 17 to 100         (rule of this package)
//	NIP       appointed below 18; owner older than 65             PP 11/2017 art. 23; UU 20/2023 art. 55
//	NI PPPK   appointed below 20, or before 2019; older than 65   PP 49/2018 art. 16; first intake of 2019
//	Phone     prefix of no known operator                         operators' published blocks
//	Email     characters that BSrE has refused                    BSrE status 4015
//	Name      longer than 60 characters                           Permendagri 73/2022
//
// The ages of PP 11/2017 and PP 49/2018 and the length of Permendagri 73/2022
// are known second-hand; that is why they are never more than doubtful.
//
// A NIK tells the region of first registration, neither birthplace nor home,
// and never changes, even when a birth date is corrected. Region codes are
// Kemendagri's; BPS codes differ.
//
// # Privacy
//
// Values print, log and marshal masked under every verb, also when they sit in
// an unexported field of another struct; errors name rules and never hold the
// input. A masked form given back as input is [ErrMasked]. The whole value is
// had by name: Digits, E164, Address, Full, or as a database value. The region
// tables are those of data/LICENSE.md, under the MIT licence. Printers that
// follow pointers by reflection, such as go-spew, are not stopped.
package identity
