-- How an uploaded table was read. `columns`, `unused`, `sheets`: JSON lists of names; `mapping`: JSON (docs/results.md); `source`: how that came about.
CREATE TABLE upload (
  batch_id TEXT PRIMARY KEY REFERENCES batch (id),
  org_id TEXT NOT NULL REFERENCES organisation (id),
  columns BYTEA NOT NULL,
  unused BYTEA NOT NULL,
  sheets BYTEA NOT NULL,
  sheet TEXT,
  mapping BYTEA NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('names', 'remembered', 'profile', 'chosen', 'form')),
  needs_mapping BOOLEAN NOT NULL,
  latin1 BOOLEAN NOT NULL,
  separator TEXT NOT NULL
);

-- Every row of it until the batch is sealed or discarded. `learner_key` as in achievement; `achievement`, `findings`, `cells` are JSON.
CREATE TABLE upload_row (
  batch_id TEXT NOT NULL REFERENCES batch (id),
  row_number BIGINT NOT NULL,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  fate TEXT NOT NULL CHECK (fate IN ('ready', 'refused', 'duplicate', 'not_passed')),
  first_number BIGINT NOT NULL,
  learner_key TEXT NOT NULL,
  name TEXT,
  email TEXT,
  achievement BYTEA NOT NULL,
  findings BYTEA,
  cells BYTEA NOT NULL,
  enrolment_id TEXT,
  PRIMARY KEY (batch_id, row_number)
);
CREATE INDEX upload_row_by_fate ON upload_row (batch_id, fate, row_number);

-- Which column holds what, kept for the next table with the same header (`header_key`), or under a name (a profile).
CREATE TABLE mapping (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  header_key TEXT,
  name TEXT,
  document BYTEA NOT NULL,
  changed_at BIGINT NOT NULL,
  CHECK ((header_key IS NULL) <> (name IS NULL)),
  UNIQUE (org_id, header_key),
  UNIQUE (org_id, name)
);

-- Who takes part. `learner_key` tells one learner from another without her name being searched for; nobody is enrolled twice at a time. `opportunity_id` is
-- the id of a learning opportunity, kept as text. grade, passed and awarded_on: a result being entered; batch_id: where it was handed in.
CREATE TABLE enrolment (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  specification_slug TEXT NOT NULL,
  opportunity_id TEXT,
  learner_key TEXT NOT NULL,
  given_name TEXT,
  family_name TEXT,
  full_name TEXT NOT NULL,
  email TEXT,
  student_number TEXT,
  birth_date TEXT,
  state TEXT NOT NULL CHECK (state IN ('applied', 'enrolled', 'completed', 'withdrawn', 'not_passed')),
  source TEXT NOT NULL CHECK (source IN ('hand', 'file', 'api', 'link', 'lti')),
  language TEXT,
  grade TEXT,
  passed BOOLEAN,
  awarded_on TEXT,
  batch_id TEXT,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX enrolment_once ON enrolment (specification_slug, COALESCE(opportunity_id, ''), learner_key) WHERE state IN ('applied', 'enrolled');
CREATE INDEX enrolment_by_specification ON enrolment (specification_slug, state, id);
CREATE INDEX enrolment_by_learner ON enrolment (specification_slug, learner_key);
CREATE INDEX enrolment_by_org ON enrolment (org_id, id);

-- A public page on which people enrol themselves: id is the slug of a specification or the id of an opportunity.
CREATE TABLE enrolment_link (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  specification_slug TEXT NOT NULL,
  opportunity_id TEXT,
  is_open BOOLEAN NOT NULL,
  seats BIGINT,
  keep_months BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);

-- Tables that were uploaded before rows were kept are given in again; learners who were awarded from them already are told apart then.
UPDATE batch SET state = 'discarded', content = NULL WHERE state IN ('preview', 'sealing', 'failed');
