package passphrase

import (
	"fmt"
	"strings"
)

// Lang is a language for texts to people: an ISO 639-1 code.
type Lang string

// The languages of all texts. Any other Lang gives Indonesian.
const (
	Indonesian Lang = "id"
	English    Lang = "en"
)

// Rule names a rule of a [Policy]. The names are stable and fit for a machine.
type Rule string

// The rules, in the order in which violations are listed.
const (
	RuleMax      Rule = "max"      // more bytes than allowed
	RuleEncoding Rule = "encoding" // not UTF-8
	RuleMin      Rule = "min"      // fewer code points than asked
	RuleUpper    Rule = "upper"    // no upper-case letter
	RuleLower    Rule = "lower"    // no lower-case letter
	RuleDigit    Rule = "digit"    // no digit
	RuleSymbol   Rule = "symbol"   // no symbol
	RuleControl  Rule = "control"  // control or invisible character
	RuleCommon   Rule = "common"   // common password or word
	RulePersonal Rule = "personal" // word or number of the person
	RuleWeak     Rule = "weak"     // lower strength than asked
)

// Violation is one broken rule.
type Violation struct {
	Rule Rule
	// Limit is the figure of RuleMin (code points), RuleMax (bytes) and
	// RuleWeak (score); zero for the others.
	Limit int
}

var ruleTexts = map[Rule][2]string{
	RuleMax:      {"Passphrase paling banyak %d byte.", "The passphrase may have at most %d bytes."},
	RuleEncoding: {"Passphrase memuat karakter yang rusak.", "The passphrase holds a damaged character."},
	RuleMin:      {"Passphrase paling sedikit %d karakter.", "The passphrase needs at least %d characters."},
	RuleUpper:    {"Passphrase harus memuat huruf besar.", "The passphrase needs an upper-case letter."},
	RuleLower:    {"Passphrase harus memuat huruf kecil.", "The passphrase needs a lower-case letter."},
	RuleDigit:    {"Passphrase harus memuat angka.", "The passphrase needs a digit."},
	RuleSymbol:   {"Passphrase harus memuat simbol, misalnya ! # % atau -.", "The passphrase needs a symbol, such as ! # % or -."},
	RuleControl:  {"Passphrase memuat karakter kendali atau karakter yang tidak terlihat.", "The passphrase holds a control or invisible character."},
	RuleCommon:   {"Passphrase terlalu umum sehingga mudah ditebak.", "The passphrase is too common and easy to guess."},
	RulePersonal: {"Passphrase memuat nama, nomor, atau data pribadi Anda.", "The passphrase holds your name, a number or other personal data of yours."},
	RuleWeak:     {"Passphrase terlalu lemah; gunakan beberapa kata yang tidak berhubungan.", "The passphrase is too weak; use several unrelated words."},
}

// Text tells the person what to change.
func (v Violation) Text(lang Lang) string {
	texts, ok := ruleTexts[v.Rule]
	if !ok {
		return string(v.Rule)
	}
	text := texts[0]
	if lang == English {
		text = texts[1]
	}
	if strings.Contains(text, "%d") {
		return fmt.Sprintf(text, v.Limit)
	}
	return text
}
