-- Sign-off by an assessor, sealing at a time, mailing. A batch of kind 'single' holds what was awarded one by one of one version of a specification.
-- `signed_by`, `sealed_by`: id of the person or token, NULL when it was the operator.
ALTER TABLE batch ADD COLUMN kind TEXT NOT NULL DEFAULT 'results' CHECK (kind IN ('results', 'single'));
ALTER TABLE batch ADD COLUMN signed_at BIGINT;
ALTER TABLE batch ADD COLUMN signed_by TEXT;
ALTER TABLE batch ADD COLUMN signed_name TEXT;
ALTER TABLE batch ADD COLUMN sealed_by TEXT;
ALTER TABLE batch ADD COLUMN seal_at BIGINT;
ALTER TABLE batch ADD COLUMN seal_zone TEXT;
ALTER TABLE batch ADD COLUMN supervision TEXT;
ALTER TABLE batch ADD COLUMN mailing TEXT NOT NULL DEFAULT 'later' CHECK (mailing IN ('now', 'later', 'queued'));
CREATE UNIQUE INDEX batch_single ON batch (specification_id) WHERE kind = 'single';

-- `person_key` tells learners apart. `learner_key` is unique within a version of a specification: the same for a first award, with "/2", "/3" ... behind it
-- for those that follow (a renewal, a correction), so that two nodes never award the same twice. `source`: the achievement as JSON, of which
-- corrected credentials are made. `expires_at`: NULL never. `reminded`: how many days before the end the last reminder was.
ALTER TABLE achievement ADD COLUMN person_key TEXT;
ALTER TABLE achievement ADD COLUMN search_name TEXT;
ALTER TABLE achievement ADD COLUMN source BYTEA;
ALTER TABLE achievement ADD COLUMN expires_at BIGINT;
ALTER TABLE achievement ADD COLUMN replaces TEXT;
ALTER TABLE achievement ADD COLUMN renews TEXT;
ALTER TABLE achievement ADD COLUMN validation_id TEXT;
ALTER TABLE achievement ADD COLUMN reminded BIGINT;
UPDATE achievement SET person_key = learner_key;
CREATE INDEX achievement_by_person ON achievement (specification_id, person_key, id);
CREATE INDEX achievement_by_renewed ON achievement (renews) WHERE renews IS NOT NULL;
CREATE INDEX achievement_by_expiry ON achievement (expires_at, id) WHERE expires_at IS NOT NULL;

-- Evidence: files that a provider keeps for itself, never part of a credential.
CREATE TABLE evidence_file (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  object_kind TEXT NOT NULL CHECK (object_kind IN ('batch', 'achievement', 'validation')),
  object_id TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  content BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  added_by TEXT
);
CREATE INDEX evidence_file_by_object ON evidence_file (object_id, id);

-- Prior learning, validated without a course. `source`: the learner as JSON.
CREATE TABLE validation (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  specification_id TEXT NOT NULL REFERENCES specification (id),
  learner_name TEXT NOT NULL,
  source BYTEA NOT NULL,
  claim TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused')),
  reasons TEXT,
  assessor TEXT,
  decided_by TEXT,
  decided_at BIGINT,
  achievement_id TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX validation_by_org ON validation (org_id, id);

-- How a provider awards. No row: the defaults of service/award_setting.c.
CREATE TABLE award_setting (
  org_id TEXT PRIMARY KEY REFERENCES organisation (id),
  same_person BOOLEAN NOT NULL,
  page_image BOOLEAN NOT NULL,
  formats TEXT NOT NULL,
  renew_days BIGINT NOT NULL,
  remind_days TEXT NOT NULL
);

-- Why a status was changed, as a code; `reason` is the text beside it.
ALTER TABLE status_change ADD COLUMN reason_code TEXT;
