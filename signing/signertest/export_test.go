package signertest

import "context"

// RunCheck runs one check by its name.
func RunCheck(ctx context.Context, name string, s Subject) error {
	for _, c := range checks {
		if c.name == name {
			return c.run(ctx, s)
		}
	}
	panic("signertest: no check " + name)
}

// Names of all checks.
func Names() []string {
	var names []string
	for _, c := range checks {
		names = append(names, c.name)
	}
	return names
}
