-- A person has several addresses, each proved by a mailed link; person.email is the one that we write to. Small letters (service/sign_in.h).
CREATE TABLE person_email (
  email TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id),
  proved_at BIGINT NOT NULL
);
CREATE INDEX person_email_by_person ON person_email (person_id, email);
INSERT INTO person_email (email, person_id, proved_at) SELECT email, id, created_at FROM person;

-- Which links of a claim are good: those of this turn. Deciding, and opening a new link, ends the turn (service/claim.h).
ALTER TABLE achievement ADD COLUMN claim_turn BIGINT NOT NULL DEFAULT 0;
CREATE INDEX achievement_by_email ON achievement (LOWER(learner_email)) WHERE learner_email IS NOT NULL;

-- What a learner keeps. From a claim: `achievement_id`; the sealed bytes stay in `credential`. From elsewhere: `content` (store/body.h), with the verification report
-- of that day. `ects`: credit awarded, hundredths; `minutes`: workload; `counts`: who awarded the credit was entitled to. `search`: title, issuer and name in small letters.
CREATE TABLE wallet_item (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id),
  achievement_id TEXT UNIQUE REFERENCES achievement (id),
  format TEXT NOT NULL,
  content BYTEA,
  digest TEXT,
  report BYTEA,
  verdict TEXT NOT NULL,
  checked_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  issuer TEXT NOT NULL,
  learner TEXT NOT NULL,
  awarded_on TEXT,
  ends_at BIGINT,
  ects BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  counts BOOLEAN NOT NULL,
  search TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  UNIQUE (person_id, digest),
  CHECK ((achievement_id IS NULL AND content IS NOT NULL AND digest IS NOT NULL) OR (achievement_id IS NOT NULL AND content IS NULL))
);
CREATE INDEX wallet_item_by_person ON wallet_item (person_id, awarded_on, id);

CREATE TABLE collection (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id),
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX collection_by_person ON collection (person_id, name);
CREATE TABLE collection_item (
  collection_id TEXT NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
  item_id TEXT NOT NULL REFERENCES wallet_item (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  PRIMARY KEY (collection_id, item_id)
);
CREATE INDEX collection_item_by_item ON collection_item (item_id);

-- "This is not my name": what a learner asks the provider to correct, and its answer. At most one is open for an achievement.
CREATE TABLE correction_request (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  achievement_id TEXT NOT NULL REFERENCES achievement (id),
  right_name TEXT NOT NULL,
  remark TEXT,
  language TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'corrected', 'refused')),
  answer TEXT,
  asked_at BIGINT NOT NULL,
  answered_at BIGINT,
  answered_by TEXT
);
CREATE INDEX correction_request_by_org ON correction_request (org_id, state, id);
CREATE UNIQUE INDEX correction_request_open ON correction_request (achievement_id) WHERE state = 'open';
