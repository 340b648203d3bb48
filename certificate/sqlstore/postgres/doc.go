// Package postgres is what the stores on PostgreSQL share: statements in one schema, errors by
// SQLSTATE, bounded repetition of what the server rolled back, certainty about a commit whose
// answer was lost, and migrations. It knows no driver: errors are read through their method
// SQLState, which pgx and lib/pq have.
//
// It serves the packages sqlstore of this module; programs need those, and its names may change with
// any version.
package postgres
