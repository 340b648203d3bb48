-- The e-office's own tables. Records are JSON, as the program has them; beside
-- them stand the columns that are searched by.
CREATE SCHEMA IF NOT EXISTS eoffice;

CREATE TABLE IF NOT EXISTS eoffice.letter (
	id      text COLLATE "C" PRIMARY KEY,
	token   text COLLATE "C" NOT NULL UNIQUE,
	people  text[] NOT NULL, -- who may see it
	created timestamptz NOT NULL,
	record  jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS letter_people ON eoffice.letter USING gin (people);

-- Versions are added and never changed.
CREATE TABLE IF NOT EXISTS eoffice.document (
	letter  text COLLATE "C" NOT NULL REFERENCES eoffice.letter (id),
	version integer NOT NULL,
	bytes   bytea NOT NULL,
	PRIMARY KEY (letter, version)
);

CREATE TABLE IF NOT EXISTS eoffice.job (
	id      text COLLATE "C" PRIMARY KEY,
	created timestamptz NOT NULL,
	ended   boolean NOT NULL,
	record  jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS job_open ON eoffice.job (created) WHERE NOT ended;
