package pdf

import "fmt"

// ErrWork means that what was asked of the file, all its revisions together,
// costs more than its size explains. It matches [ErrLimit].
var ErrWork = fmt.Errorf("%w: too much work", ErrLimit)

// Bounds on the work of a file. Each keeps to about a second.
const (
	// maxLexed bounds what may be lexed in bytes, and lexedTimes what more by
	// the size of the file: objects that overlap, or that many others share,
	// would else cost the square of it.
	maxLexed   = 24 << 20
	lexedTimes = 3
	// Object streams may decode to maxDecoded bytes, each decoding counted,
	// and decodedTimes as much as the file's first decodedSize: a bound on
	// files of many bombs.
	maxDecoded   = 128 << 20
	decodedTimes = 16
	decodedSize  = 8 << 20
	// maxSearched and searchedTimes bound the search for lost endstreams.
	maxSearched   = 128 << 20
	searchedTimes = 4
	// maxWasted and wastedTimes bound what filters read beyond what they yield:
	// white space, empty blocks, and what one yields for the next to drop.
	maxWasted   = 64 << 20
	wastedTimes = 4
)

// work is what reading a file has cost so far. A document and its revisions
// share one, so that the number of revisions buys no more of it.
type work struct {
	size     int64 // of the whole file
	lexed    int64 // bytes lexed, and as many for parts of objects and for lookups as take as long
	decoded  int64 // bytes that object streams decoded to
	searched int64 // bytes read in search of endstream
	wasted   int64 // bytes that filters read and that yield nothing
	over     bool  // something was refused
}

// lex counts; ErrWork when it was too much.
func (w *work) lex(n int64) error {
	w.lexed += n
	return w.bound(w.lexed <= maxLexed+lexedTimes*w.size)
}

// decodable is how much more object streams may decode to.
func (w *work) decodable() (int64, error) {
	left := maxDecoded + decodedTimes*min(w.size, decodedSize) - w.decoded
	return left, w.bound(left > 0)
}

func (w *work) search(n int64) error {
	w.searched += n
	return w.bound(w.searched <= maxSearched+searchedTimes*w.size)
}

func (w *work) waste(n int64) error {
	w.wasted += n
	return w.bound(w.wasted <= maxWasted+wastedTimes*w.size)
}

func (w *work) bound(ok bool) error {
	if ok {
		return nil
	}
	w.over = true
	return ErrWork
}

// Overworked reports whether something of the file, in whatever revision, was
// not read because that would have been too much work. Nothing should then be
// concluded from what was not found.
func (d *Document) Overworked() bool { return d.work.over }
