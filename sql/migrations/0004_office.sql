-- Work that is done in the background, by any node. `key`: at most one unfinished job has it. A running job belongs to a node until `leased_until`; then any
-- other may take it up, so every kind of job must be safe to run again.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  key TEXT UNIQUE,
  org_id TEXT REFERENCES organisation (id),
  object_id TEXT,
  payload BYTEA,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  node TEXT,
  leased_until BIGINT,
  done_steps BIGINT NOT NULL,
  all_steps BIGINT NOT NULL,
  error TEXT,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX job_waiting ON job (run_at, id) WHERE state = 'waiting';
CREATE INDEX job_running ON job (leased_until) WHERE state = 'running';
CREATE INDEX job_by_object ON job (object_id, id);

-- Who did what, when: rows are added and never changed or removed. Ids only, no personal values.
CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  org_id TEXT REFERENCES organisation (id),
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT,
  action TEXT NOT NULL,
  object_id TEXT,
  detail TEXT
);
CREATE INDEX audit_by_org ON audit (org_id, id);
CREATE INDEX audit_by_object ON audit (object_id, id);

-- Mail to be sent, and what became of it. `data` is the JSON that its template is filled with; it is emptied once the mail was sent for good.
CREATE TABLE mail (
  id TEXT PRIMARY KEY,
  org_id TEXT REFERENCES organisation (id),
  template TEXT NOT NULL,
  language TEXT NOT NULL,
  recipient TEXT NOT NULL,
  object_id TEXT,
  data BYTEA,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'returned', 'given_up')),
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  answer TEXT,
  created_at BIGINT NOT NULL,
  sent_at BIGINT
);
CREATE INDEX mail_waiting ON mail (next_at, id) WHERE state = 'waiting';
CREATE INDEX mail_by_object ON mail (object_id, id);
CREATE INDEX mail_by_org ON mail (org_id, id);

-- Organisations: of which kind, a unit of which other, and how they are described (the JSON object that stands as "provider" in specification files).
ALTER TABLE organisation ADD COLUMN kind TEXT NOT NULL DEFAULT 'provider';
ALTER TABLE organisation ADD COLUMN parent_id TEXT REFERENCES organisation (id);
ALTER TABLE organisation ADD COLUMN profile BYTEA;
ALTER TABLE organisation ADD COLUMN closed_at BIGINT;
CREATE INDEX organisation_by_parent ON organisation (parent_id);
