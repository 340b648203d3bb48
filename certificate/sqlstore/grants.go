package sqlstore

import (
	"fmt"

	"github.com/sertel-id/sertel/certificate/sqlstore/postgres"
)

// Duty is what a role of the database is for. The role that called [Migrate] owns the tables and
// is for nothing else.
type Duty uint8

// The duties.
const (
	_           Duty = iota
	Application      // runs the service: no table may be changed in form, no audit entry altered or removed
	Auditor          // reads, checks and exports the audit trail, nothing else
	AuditKeeper      // also purges it
)

// grants are by duty. What is not named is not granted.
var grants = map[Duty][]string{
	Application: {
		`GRANT SELECT ON {schema}.schema_version TO {role}`,
		`GRANT SELECT, INSERT, UPDATE ON {schema}.request, {schema}.serial, {schema}.crl_number TO {role}`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.person, {schema}.person_key, {schema}.trail, {schema}.attempt, {schema}.handoff TO {role}`,
		`GRANT SELECT, INSERT, DELETE ON {schema}.sealed_key TO {role}`,
		`GRANT SELECT, INSERT ON {schema}.handoff_taken, {schema}.audit_entry TO {role}`,
		`GRANT SELECT ON {schema}.audit_anchor TO {role}`,
		`GRANT EXECUTE ON FUNCTION {schema}.audit_tail() TO {role}`,
	},
	Auditor: {
		`GRANT SELECT ON {schema}.schema_version, {schema}.audit_entry, {schema}.audit_anchor TO {role}`,
	},
	AuditKeeper: {
		`GRANT SELECT ON {schema}.schema_version TO {role}`,
		`GRANT SELECT, INSERT, DELETE ON {schema}.audit_entry TO {role}`,
		`GRANT SELECT, INSERT ON {schema}.audit_anchor TO {role}`,
		`GRANT EXECUTE ON FUNCTION {schema}.audit_tail() TO {role}`,
	},
}

// Grants returns the statements that give a role the least privileges for its duty, for the owner
// of the tables to run once and again after each [Migrate]. The role is made and given its
// password by whoever administers the server. Errors match [ErrIdentifier].
func Grants(schema, role string, duty Duty) ([]string, error) {
	statements, ok := grants[duty]
	if !ok {
		return nil, fmt.Errorf("%w: no duty %d", ErrConfig, duty)
	}
	return postgres.Grants(schema, role, statements)
}
