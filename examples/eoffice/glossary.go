package main

import "fmt"

// glossary has the terms that people read, each spelled one way, as templates
// ask for them by {{term "key"}}.
func glossary() map[string]string {
	return map[string]string{
		"signer":     "penanda tangan",
		"Signer":     "Penanda tangan",
		"signature":  "tanda tangan elektronik",
		"Signature":  "Tanda tangan elektronik",
		"tte":        "TTE",
		"letter":     "naskah dinas",
		"initial":    "paraf",
		"Initial":    "Paraf",
		"Passphrase": "Passphrase",
	}
}

// term is the glossary for templates: an unknown key fails.
func term(key string) (string, error) {
	if word, ok := glossary()[key]; ok {
		return word, nil
	}
	return "", fmt.Errorf("eoffice: no term %q", key)
}

// stateWords are what people read for the states.
var stateWords = map[letterState]string{
	stateDraft: "Konsep", stateSigning: "Menunggu tanda tangan", stateDone: "Selesai", stateReturned: "Dikembalikan",
}

func (s letterState) Text() string { return stateWords[s] }

var itemWords = map[itemState]string{
	itemWaiting: "menunggu giliran", itemSigning: "sedang ditandatangani", itemSigned: "ditandatangani",
	itemFailed: "gagal", itemUntried: "belum dicoba", itemUnknown: "hasil belum diketahui",
}

func (s itemState) Text() string { return itemWords[s] }

// Text names what a signer does.
func (k stepKind) Text() string {
	if k == stepInitial {
		return "paraf"
	}
	return "tanda tangan"
}
