-- Attempts to sign, by a keyed hash of document, signer and purpose; the entry is JSON.
CREATE TABLE {schema}.signature (
	key       text COLLATE "C" PRIMARY KEY,
	version   bigint NOT NULL,
	entry     text NOT NULL,
	unsettled boolean NOT NULL
);
CREATE INDEX signature_unsettled ON {schema}.signature (key) WHERE unsettled;

-- The activation of each seal, in an envelope, and who renews it.
CREATE TABLE {schema}.seal (
	id      text COLLATE "C" PRIMARY KEY,
	version bigint NOT NULL,
	sealed  bytea NOT NULL,
	expires timestamptz,
	holder  text NOT NULL,
	until   timestamptz
);
