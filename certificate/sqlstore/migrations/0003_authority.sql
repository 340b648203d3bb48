-- Requests for certificates. Beginning and cancelling one both go through its row.
CREATE TABLE {schema}.request (
	id        text COLLATE "C" PRIMARY KEY,
	serial    text COLLATE "C" UNIQUE,
	cancelled boolean NOT NULL
);

-- Every serial number, from before it was signed.
CREATE TABLE {schema}.serial (
	serial          text COLLATE "C" PRIMARY KEY,
	issuer          text COLLATE "C" NOT NULL,
	request         text COLLATE "C" NOT NULL UNIQUE REFERENCES {schema}.request (id),
	request_digest  bytea NOT NULL,
	profile         text NOT NULL,
	tbs             bytea NOT NULL,
	certificate     bytea,
	not_after       timestamptz NOT NULL,
	revoked_at      timestamptz,
	reason          smallint, -- the codes of RFC 5280 section 5.3.1
	invalidity_date timestamptz,
	CHECK ((revoked_at IS NULL) = (reason IS NULL))
);
CREATE INDEX serial_revoked ON {schema}.serial (issuer, serial) WHERE revoked_at IS NOT NULL;

CREATE TABLE {schema}.crl_number (
	issuer text COLLATE "C" PRIMARY KEY,
	number bigint NOT NULL
);
