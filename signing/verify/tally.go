package verify

// tally counts by object number. Most files number densely, so that a slice
// does for most numbers; the others are in a map.
type tally struct {
	dense  []int32
	sparse map[uint32]int32
}

// newTally makes a tally for a document of so many objects.
func newTally(objects int) tally { return tally{dense: make([]int32, objects+objects/8+16)} }

func (t *tally) add(num uint32) {
	if int64(num) < int64(len(t.dense)) {
		t.dense[num]++
		return
	}
	if t.sparse == nil {
		t.sparse = make(map[uint32]int32)
	}
	t.sparse[num]++
}

// set puts another count and returns the one before.
func (t *tally) set(num uint32, n int32) (before int32) {
	if int64(num) < int64(len(t.dense)) {
		before, t.dense[num] = t.dense[num], n
		return before
	}
	if t.sparse == nil {
		t.sparse = make(map[uint32]int32)
	}
	before, t.sparse[num] = t.sparse[num], n
	return before
}

func (t *tally) of(num uint32) int {
	if int64(num) < int64(len(t.dense)) {
		return int(t.dense[num])
	}
	return int(t.sparse[num])
}
