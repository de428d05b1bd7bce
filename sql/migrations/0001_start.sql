-- Merit's first schema. One text for SQLite and PostgreSQL: ids are UUIDv7 text, times BIGINT milliseconds UTC, every row of a provider carries org_id.
CREATE TABLE organisation (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- A published description. `document` is the specification file as it was read; an awarded version never changes.
CREATE TABLE specification (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  slug TEXT NOT NULL,
  version TEXT NOT NULL,
  document BYTEA NOT NULL,
  published_at BIGINT NOT NULL,
  UNIQUE (slug, version)
);
CREATE INDEX specification_by_org ON specification (org_id, published_at);

-- One upload of results. `content` is the uploaded table and is emptied once sealed.
CREATE TABLE batch (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  specification_id TEXT NOT NULL REFERENCES specification (id),
  state TEXT NOT NULL CHECK (state IN ('preview', 'sealing', 'sealed', 'failed', 'discarded')),
  file_name TEXT NOT NULL,
  content BYTEA,
  rows_read BIGINT NOT NULL,
  rows_ready BIGINT NOT NULL,
  rows_sealed BIGINT NOT NULL,
  error TEXT,
  created_at BIGINT NOT NULL,
  sealed_at BIGINT
);
CREATE INDEX batch_by_specification ON batch (specification_id, created_at);
CREATE INDEX batch_by_state ON batch (state);

-- What a learner achieved: the source of every credential.
CREATE TABLE achievement (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  specification_id TEXT NOT NULL REFERENCES specification (id),
  batch_id TEXT NOT NULL REFERENCES batch (id),
  row_number BIGINT NOT NULL,
  learner_key TEXT NOT NULL,
  learner_name TEXT NOT NULL,
  learner_email TEXT,
  awarded_on TEXT NOT NULL,
  claim_state TEXT NOT NULL CHECK (claim_state IN ('open', 'accepted', 'declined')),
  claim_until BIGINT NOT NULL,
  claimed_at BIGINT,
  created_at BIGINT NOT NULL,
  UNIQUE (specification_id, learner_key)
);
CREATE INDEX achievement_by_batch ON achievement (batch_id, row_number);

-- Sealed bytes, verbatim, one row for each format.
CREATE TABLE credential (
  achievement_id TEXT NOT NULL REFERENCES achievement (id),
  org_id TEXT NOT NULL REFERENCES organisation (id),
  format TEXT NOT NULL,
  content BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (achievement_id, format)
);
