package verify

import (
	"maps"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// filledField judges another field that differs: its value and appearance may.
// An appearance may also be overwritten in place if nothing else draws it.
func (c *comparison) filledField(f, now *field, touched bool) {
	overwritten := c.overwritten(f)
	if !touched && len(overwritten) == 0 {
		return
	}
	nums := f.objects()
	change := aboutField(ChangeFormField, f, c.oldForm)
	allowed := fillingKeys
	if f.kind == "Btn" {
		allowed = tickingKeys
	}
	sealed := len(overwritten) == 0 && c.onlyDiffer(f, []pdf.Name{"Ff"})
	if !c.hasValue(f, now) || f.kind == "Btn" && len(overwritten) > 0 ||
		!sealed && !(c.fillable(f) && c.onlyDiffer(f, allowed) && c.plainValue(f, now) && c.framedField(now)) {
		c.refuse(change, nums...)
		return
	}
	change.Kind = ChangeFormValue
	change.sealed = sealed
	i := c.vouch(change, append(c.changedOf(nums), overwritten...)...)
	for _, num := range overwritten {
		c.ownRole[num] = true
	}
	if len(overwritten) > 0 {
		c.holders = append(c.holders, nums...)
	}
	c.vouchWidgets(i, now)
}

// hasValue reports whether a field is of a kind that has a value, and shown as
// such a field by the widgets that it had.
func (c *comparison) hasValue(f, now *field) bool {
	return now != nil && sameWidgets(f, now) && slices.Contains([]pdf.Name{"Tx", "Btn", "Ch"}, f.kind) && !f.isPush() && !now.isPush() && c.ownWidgets(f) && c.oldForm.sureKind(f)
}

// fillable refuses a field that is read-only, unless it is calculated: nobody
// may fill it in (ISO 32000-2 table 227).
func (c *comparison) fillable(f *field) bool {
	if f.flags&flagReadOnly == 0 {
		return true
	}
	actions, err := c.old.Dict(f.dict["AA"])
	return err == nil && actions["C"] != nil
}

const (
	flagReadOnly = 1 << 0
	flagEdit     = 1 << 18 // of a choice: one may also write
)

// plainValue reports whether a field that was another before has a value of its
// kind now. One that is a stream could be drawn elsewhere too.
func (c *comparison) plainValue(before, f *field) bool {
	rich, err := c.new.Resolve(f.dict["RV"])
	if _, isStream := rich.(*pdf.Stream); err != nil || isStream {
		return false
	}
	was, value, err := wasAndIs(c, (*pdf.Document).Resolve, before.value, f.value)
	if err != nil {
		return false
	}
	switch value.(type) {
	case nil, pdf.String, pdf.Name:
	case pdf.Array:
		if f.kind != "Ch" {
			return false
		}
	default:
		return false
	}
	switch f.kind {
	case "Btn":
		return c.plainStates(f, value)
	case "Ch":
		return (f.flags&flagEdit != 0 || pdf.Identical(was, value) || c.offered(f, value)) && c.plainIndices(before, f, value)
	}
	return true
}

// plainStates reports whether the widgets of a button show states that they
// have, and that of its value alone (ISO 32000-2 section 12.7.5.2.3). A value
// that is a text is on where it is the option of the widget, else nowhere.
func (c *comparison) plainStates(f *field, value pdf.Object) bool {
	on, _ := value.(pdf.Name)
	text, isText := value.(pdf.String)
	var exports pdf.Array
	if isText {
		options, _, err := c.optionsOf(f)
		if err == nil {
			exports, err = c.new.Array(options)
		}
		if err != nil {
			return false
		}
	}
	hidden, shown := false, false
	for i, w := range f.widgets {
		normal, err := normalAppearance(c.new, w.dict)
		if err != nil {
			return false
		}
		states, _ := normal.(pdf.Dict)
		state := w.dict.Name("AS")
		on := on
		if isText {
			if on = "Off"; i < len(exports) && c.isText(exports[i], text) {
				on = onState(states, state)
			}
		}
		switch {
		case state == "Off":
		case state == "" && !c.lost(w, "AS"):
		case normal != nil && states[state] == nil, state != on:
			return false
		}
		shown = shown || on != "Off" && state == on
		hidden = hidden || on != "Off" && states[on] != nil
	}
	return shown || !hidden
}

// onState is the state of a widget that is on: the one that it shows, or has.
func onState(states pdf.Dict, shown pdf.Name) pdf.Name {
	if shown != "" && shown != "Off" {
		return shown
	}
	for state := range states {
		if state != "Off" {
			return state
		}
	}
	return "Off"
}

// isText reports whether a value is a text of the same characters.
func (c *comparison) isText(value pdf.Object, text pdf.String) bool {
	object, err := c.new.Resolve(value)
	s, ok := object.(pdf.String)
	return err == nil && ok && pdf.Text(s) == pdf.Text(text)
}

// lost reports whether a widget had an entry and has it no more.
func (c *comparison) lost(w widget, key pdf.Name) bool {
	o := c.modified(w.ref.Num)
	if o == nil || w.dict[key] != nil {
		return false
	}
	before, _ := o.before.(pdf.Dict)
	return before[key] != nil
}

// offered reports whether a choice is among the options.
func (c *comparison) offered(f *field, value pdf.Object) bool {
	offers, err := c.offersOf(f)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(listOf(value), func(e pdf.Object) bool {
		s, ok := e.(pdf.String)
		return !ok || len(s.Bytes) > 0 && !offers[pdf.Text(s)]
	})
}

// plainIndices reports whether the indices of a choice are those of its value:
// some readers show the one, some the other. They may stay as they were, since
// MuPDF leaves them when it fills in a value.
func (c *comparison) plainIndices(before, f *field, value pdf.Object) bool {
	if c.indexed(c.new, f, value) {
		return true
	}
	oldIndices, indices, err := wasAndIs(c, (*pdf.Document).Resolve, before.dict["I"], f.dict["I"])
	return err == nil && pdf.Identical(oldIndices, indices)
}

// indexed reports whether the indices of a choice, if it has any, are those of
// the options that its value exports.
func (c *comparison) indexed(doc *pdf.Document, f *field, value pdf.Object) bool {
	if f.dict["I"] == nil {
		return true
	}
	offers, err := c.offersOf(f)
	if err != nil {
		return false
	}
	found, _, err := c.optionsOf(f)
	if err != nil {
		return false
	}
	options, err := c.new.Array(found)
	if err != nil {
		return false
	}
	indices, err := doc.Array(f.dict["I"])
	if err != nil {
		return false
	}
	chosen := make(map[string]bool) // whether an index names it
	for _, e := range listOf(value) {
		if s, ok := e.(pdf.String); ok && offers[pdf.Text(s)] {
			chosen[pdf.Text(s)] = false
		}
	}
	for _, e := range indices {
		object, err := doc.Resolve(e)
		if err != nil {
			return false
		}
		n, ok := object.(pdf.Integer)
		if !ok || n < 0 || n >= pdf.Integer(len(options)) {
			return false
		}
		if object, err = c.new.Resolve(options[n]); err != nil {
			return false
		}
		if pair, isPair := object.(pdf.Array); isPair && len(pair) > 0 {
			if object, err = c.new.Resolve(pair[0]); err != nil {
				return false
			}
		}
		s, _ := object.(pdf.String)
		named, isChosen := chosen[pdf.Text(s)]
		if !isChosen || named {
			return false
		}
		chosen[pdf.Text(s)] = true
	}
	return !slices.Contains(slices.Collect(maps.Values(chosen)), false)
}

// listOf is a list, or the only element of one.
func listOf(value pdf.Object) pdf.Array {
	list, isList := value.(pdf.Array)
	if !isList && value != nil {
		list = pdf.Array{value}
	}
	return list
}

// offersKey is where options stand: in an object of their own, or in a field above.
type offersKey struct {
	ref   pdf.Ref
	above bool
}

// optionsOf finds the options of a field, its own or from above.
func (c *comparison) optionsOf(f *field) (options pdf.Object, key offersKey, err error) {
	options = f.dict["Opt"]
	ref, _ := options.(pdf.Ref)
	key = offersKey{ref, false}
	if options == nil && f.above != nil {
		key = offersKey{f.above.ref, true}
	}
	for up := f.above; up != nil && options == nil; up = up.above {
		dict, err := c.new.Dict(up.ref)
		if err != nil {
			return nil, key, err
		}
		options = dict["Opt"]
	}
	return options, key, nil
}

// offersOf are the texts among which a choice chooses. Those that many fields
// share are read once.
func (c *comparison) offersOf(f *field) (map[string]bool, error) {
	options, key, err := c.optionsOf(f)
	if err != nil {
		return nil, err
	}
	if known := c.offers[key]; known != nil {
		return known, nil
	}
	offers, err := c.readOffers(options)
	if err == nil && !key.ref.IsZero() {
		c.offers[key] = offers
	}
	return offers, err
}

func (c *comparison) readOffers(value pdf.Object) (map[string]bool, error) {
	options, err := c.new.Array(value)
	if err != nil {
		return nil, err
	}
	offers := make(map[string]bool)
	for _, option := range options {
		object, err := c.new.Resolve(option)
		if err != nil {
			return nil, err
		}
		texts, isPair := object.(pdf.Array) // what is exported, and what is shown
		if !isPair {
			texts = pdf.Array{object}
		}
		for _, text := range texts {
			if object, err = c.new.Resolve(text); err != nil {
				return nil, err
			}
			if s, ok := object.(pdf.String); ok {
				offers[pdf.Text(s)] = true
			}
		}
	}
	return offers, nil
}

// overwritten are the appearances of a field that were changed in place, and its
// value, if nothing else uses them or what they are found by.
func (c *comparison) overwritten(f *field) []uint32 {
	var nums []uint32
	meet := func(ref pdf.Ref) {
		if o := c.modified(ref.Num); o != nil && !c.uses.shared(ref.Num) {
			nums = append(nums, ref.Num)
			eachRef(o.after, func(below pdf.Ref) {
				if c.fresh(below) {
					nums = append(nums, c.explain(below)...)
				}
			})
		}
	}
	if ref, ok := f.dict["V"].(pdf.Ref); ok {
		meet(ref)
	}
	for _, w := range f.widgets {
		ap := w.dict["AP"]
		if ref, ok := ap.(pdf.Ref); ok {
			if c.uses.shared(ref.Num) {
				continue
			}
			// An indirect dictionary of appearances.
			dict, err := c.old.Resolve(ref)
			if err != nil || !isDict(dict) {
				continue
			}
			if o := c.modified(ref.Num); o != nil && !isDict(o.after) {
				continue
			}
			meet(ref)
			ap = dict
		}
		dict, _ := ap.(pdf.Dict)
		for _, key := range []pdf.Name{"N", "R", "D"} {
			eachRef(dict[key], meet)
		}
	}
	return nums
}
