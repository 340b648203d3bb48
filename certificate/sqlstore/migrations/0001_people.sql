-- One row for each person; the record is what certificate.Record.MarshalBinary wrote, sealed where
-- the program has keys. The columns beside it are for the lists.
CREATE TABLE {schema}.person (
	id      text COLLATE "C" PRIMARY KEY CHECK (length(id) = 26),
	version bigint NOT NULL,
	record  bytea NOT NULL,
	outbox  boolean NOT NULL,
	waiting boolean NOT NULL,
	expiry  timestamptz
);
CREATE INDEX person_outbox ON {schema}.person (id) WHERE outbox;
CREATE INDEX person_waiting ON {schema}.person (id) WHERE waiting;
CREATE INDEX person_expiry ON {schema}.person (expiry, id) WHERE expiry IS NOT NULL;

-- The unique look-ups: the value itself, or a keyed hash of it where the program has keys.
CREATE TABLE {schema}.person_key (
	kind   text COLLATE "C" NOT NULL,
	value  text COLLATE "C" NOT NULL,
	person text COLLATE "C" NOT NULL REFERENCES {schema}.person (id) ON DELETE CASCADE,
	PRIMARY KEY (kind, value)
);
CREATE INDEX person_key_person ON {schema}.person_key (person);

-- Private keys, sealed under the passphrases of their owners.
CREATE TABLE {schema}.sealed_key (
	id     text COLLATE "C" PRIMARY KEY,
	person text COLLATE "C" NOT NULL,
	origin text NOT NULL,
	sealed bytea NOT NULL
);

-- What was observed of certificates that live elsewhere, oldest first in a JSON array.
CREATE TABLE {schema}.trail (
	person  bytea PRIMARY KEY,
	version bigint NOT NULL,
	seen    text NOT NULL
);
