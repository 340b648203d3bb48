package verify

import "encoding/json"

// MarshalJSON implements json.Marshaler. The form is named by Schema; the
// summary goes along in both languages.
func (r *Report) MarshalJSON() ([]byte, error) {
	type plain Report // without this method
	return json.Marshal(struct {
		*plain
		Summary textPair `json:"summary"`
	}{(*plain)(r), textPair{r.Summary(Indonesian), r.Summary(English)}})
}
