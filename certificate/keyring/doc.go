// Package keyring holds the keys with which a program protects what it stores: it seals bytes
// (AES-256-GCM, NIST SP 800-38D), and makes keyed hashes of them (HMAC-SHA-256, RFC 2104) to
// look them up or to notice a change.
//
//	ring, err := keyring.New(current, older...)
//	sealed, err := ring.Seal("person record", id, plain)
//
// Where the keys come from is the caller's affair: a KMS, a file that only the service reads;
// never the database that holds what they protect.
//
// # Rotation
//
// Each sealed value and each keyed hash names its key. New ones are made with the current key;
// older keys open and check what was made with them. To rotate, put a new key first and keep the
// former behind it; write everything anew at leisure ([Ring.Outdated] tells what is left); then
// drop the former. A random nonce of 96 bits allows 2^32 sealed values for one key (SP 800-38D
// section 8.3): rotate long before.
//
// # One ring, many purposes
//
// A purpose is a constant of the program, such as "person record". Each has a key of its own,
// derived by HKDF-SHA-256 (RFC 5869), so a value sealed for one purpose opens for no other.
package keyring
