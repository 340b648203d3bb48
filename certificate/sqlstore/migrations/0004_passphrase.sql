-- Tries at passphrases. The keys are opaque bytes.
CREATE TABLE {schema}.attempt (
	key      bytea PRIMARY KEY,
	failures bigint NOT NULL,
	last     timestamptz NOT NULL
);
CREATE INDEX attempt_last ON {schema}.attempt (last);

-- Passphrases on their way from a web request to a worker, sealed together with what they may be
-- used for. The key is a hash of the handle.
CREATE TABLE {schema}.handoff (
	key     bytea PRIMARY KEY,
	sealed  bytea NOT NULL,
	taken   integer NOT NULL,
	expires timestamptz NOT NULL
);
CREATE INDEX handoff_expires ON {schema}.handoff (expires);
-- The documents for which one was taken.
CREATE TABLE {schema}.handoff_taken (
	key    bytea NOT NULL REFERENCES {schema}.handoff (key) ON DELETE CASCADE,
	digest bytea NOT NULL,
	PRIMARY KEY (key, digest)
);
