// Package audit is the trail of who did what: one shape of [Record] for the life cycle of
// certificates and for signatures, kept in a chain of hashes to which one can only add.
//
//	chain, err := audit.NewChain(audit.Config{Name: "sertel", Keys: ring})
//	log := audit.NewMemoryLog(chain) // or one on SQL
//	_, err = log.Append(ctx, record)
//	summary, err := audit.Verify(ctx, chain, log, audit.VerifyOptions{})
//
// # The chain
//
// Each [Entry] has a number, one higher than the one before, and a SHA-256 over its content and
// the hash of the one before ([Chain.Link] says over which bytes). With keys, it also has a seal:
// HMAC-SHA-256 over that hash. The hash can be checked by anybody, the seal by who has the key.
//
// [Log] Purge removes the oldest entries by age and leaves an anchor, the number and hash of the
// last one removed, from which the rest stays checkable. A purge is itself an entry.
//
// [Export] writes the trail as JSON lines, [CheckExport] checks such a file again, far from the
// database.
//
// # What it proves and what not
//
// A [Verify] without error proves that no entry between the anchor and the head was changed,
// removed, added or moved: without keys against an accident and against who changes rows one by
// one; with keys also against who can write the whole database but has no key, and so cannot
// seal what he made up.
//
// It does not prove:
//   - that the last entries are all there. Rows cut off at the end leave a shorter chain that is
//     sound. So keep a head ([Log] Head) elsewhere at regular intervals, as in another system's
//     log or on paper, and give it to [VerifyOptions] Heads: then what came before it must be
//     there.
//   - anything against who has the key, or against the program that writes the entries.
//   - that a record is true, or that At is right: it is the writer's clock, and clocks of several
//     nodes differ. The order is that of the numbers.
package audit
