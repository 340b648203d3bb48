package mockbsre

// ChangedLater is what a fault does to a signed document.
var ChangedLater = changedLater

// OutermostMembers are the names in the outermost object of a JSON text.
func OutermostMembers(body []byte) (names []string) {
	members(body, "", func(in, name string, _ []byte) {
		if in == "" {
			names = append(names, name)
		}
	})
	return names
}

// CarriedOut reports that a request under the fault is carried out.
func (f Fault) CarriedOut() bool { return f.carriedOut() }
