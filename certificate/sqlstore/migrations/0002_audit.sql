-- A chain of hashes. The application's role may read and add, nothing else.
CREATE TABLE {schema}.audit_entry (
	seq     bigint PRIMARY KEY CHECK (seq > 0),
	at      timestamptz NOT NULL,
	source  text NOT NULL,
	action  text NOT NULL,
	result  text NOT NULL,
	subject text COLLATE "C" NOT NULL,
	actor   text NOT NULL,
	serial  text NOT NULL,
	detail  text NOT NULL,
	prev    bytea NOT NULL,
	hash    bytea NOT NULL,
	key     text NOT NULL,
	seal    bytea NOT NULL
);
CREATE INDEX audit_entry_subject ON {schema}.audit_entry (subject, seq) WHERE subject <> '';

-- Where the chain begins after a purge: the row with the highest number.
CREATE TABLE {schema}.audit_anchor (
	seq   bigint PRIMARY KEY CHECK (seq > 0),
	chain text NOT NULL,
	hash  bytea NOT NULL,
	at    timestamptz NOT NULL,
	key   text NOT NULL,
	seal  bytea NOT NULL
);

-- The end of the chain, for whoever is about to add to it and until his transaction ends. The lock
-- comes before the look, which is why this is a function: each of its statements sees what was
-- committed before it.
CREATE FUNCTION {schema}.audit_tail(OUT tail_seq bigint, OUT tail_hash bytea) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('sertel audit {schema}', 0));
	SELECT e.seq, e.hash INTO tail_seq, tail_hash FROM {schema}.audit_entry AS e ORDER BY e.seq DESC LIMIT 1;
	IF NOT FOUND THEN
		SELECT a.seq, a.hash INTO tail_seq, tail_hash FROM {schema}.audit_anchor AS a ORDER BY a.seq DESC LIMIT 1;
	END IF;
	tail_seq := COALESCE(tail_seq, 0);
END
$$;
