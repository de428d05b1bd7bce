-- Counts that pages show and that would take long to find out. Each is changed in the transaction that changes what it counts (src/store/count.c), so that it is
-- always right; `merit db check` counts again. A row may say 0.
CREATE TABLE mail_count (
  org_id TEXT NOT NULL,
  state TEXT NOT NULL,
  mails BIGINT NOT NULL,
  PRIMARY KEY (org_id, state)
);
INSERT INTO mail_count (org_id, state, mails) SELECT COALESCE(org_id, ''), state, COUNT(*) FROM mail GROUP BY COALESCE(org_id, ''), state;

CREATE TABLE enrolment_count (
  org_id TEXT NOT NULL,
  specification_slug TEXT NOT NULL,
  state TEXT NOT NULL,
  enrolments BIGINT NOT NULL,
  PRIMARY KEY (org_id, specification_slug, state)
);
INSERT INTO enrolment_count (org_id, specification_slug, state, enrolments)
  SELECT org_id, specification_slug, state, COUNT(*) FROM enrolment GROUP BY org_id, specification_slug, state;

-- Achievements of a version of a specification by the month of their award ("2026-11"), and those of a batch (`month` empty). `addressed`: with an e-mail address;
-- `mailed`: mails with a claim link that were sent.
CREATE TABLE achievement_count (
  of_id TEXT NOT NULL,
  month TEXT NOT NULL,
  awarded BIGINT NOT NULL,
  addressed BIGINT NOT NULL,
  mailed BIGINT NOT NULL,
  claimed BIGINT NOT NULL,
  declined BIGINT NOT NULL,
  suspended BIGINT NOT NULL,
  revoked BIGINT NOT NULL,
  PRIMARY KEY (of_id, month)
);
INSERT INTO achievement_count (of_id, month, awarded, addressed, mailed, claimed, declined, suspended, revoked)
  SELECT n.specification_id, SUBSTR(n.awarded_on, 1, 7), COUNT(*), COUNT(*) FILTER (WHERE n.learner_email <> ''), 0,
    COUNT(*) FILTER (WHERE n.claim_state = 'accepted'), COUNT(*) FILTER (WHERE n.claim_state = 'declined'),
    COUNT(*) FILTER (WHERE n.status = 'suspended'), COUNT(*) FILTER (WHERE n.status = 'revoked')
  FROM achievement n GROUP BY n.specification_id, SUBSTR(n.awarded_on, 1, 7);
INSERT INTO achievement_count (of_id, month, awarded, addressed, mailed, claimed, declined, suspended, revoked)
  SELECT n.batch_id, '', COUNT(*), COUNT(*) FILTER (WHERE n.learner_email <> ''), 0,
    COUNT(*) FILTER (WHERE n.claim_state = 'accepted'), COUNT(*) FILTER (WHERE n.claim_state = 'declined'),
    COUNT(*) FILTER (WHERE n.status = 'suspended'), COUNT(*) FILTER (WHERE n.status = 'revoked')
  FROM achievement n GROUP BY n.batch_id;
UPDATE achievement_count SET mailed = c.mails FROM (SELECT n.specification_id AS of_id, SUBSTR(n.awarded_on, 1, 7) AS month, COUNT(*) AS mails
  FROM mail m JOIN achievement n ON n.id = m.object_id WHERE m.template = 'claim' AND m.state = 'sent' GROUP BY n.specification_id, SUBSTR(n.awarded_on, 1, 7)) AS c
  WHERE achievement_count.of_id = c.of_id AND achievement_count.month = c.month;
UPDATE achievement_count SET mailed = c.mails FROM (SELECT n.batch_id AS of_id, COUNT(*) AS mails
  FROM mail m JOIN achievement n ON n.id = m.object_id WHERE m.template = 'claim' AND m.state = 'sent' GROUP BY n.batch_id) AS c
  WHERE achievement_count.of_id = c.of_id AND achievement_count.month = '';

-- Which of them end, and when: an award ends at the end of a day, so that these are few.
CREATE TABLE expiry_count (
  specification_id TEXT NOT NULL,
  month TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  achievements BIGINT NOT NULL,
  PRIMARY KEY (specification_id, month, expires_at)
);
INSERT INTO expiry_count (specification_id, month, expires_at, achievements)
  SELECT specification_id, SUBSTR(awarded_on, 1, 7), expires_at, COUNT(*) FROM achievement WHERE expires_at IS NOT NULL
  GROUP BY specification_id, SUBSTR(awarded_on, 1, 7), expires_at;

-- Batches of all versions of a specification, page by page.
ALTER TABLE batch ADD COLUMN specification_slug TEXT;
UPDATE batch SET specification_slug = (SELECT s.slug FROM specification s WHERE s.id = batch.specification_id);
CREATE INDEX batch_by_slug ON batch (specification_slug, id);

-- Lists page by page, as each filter asks for them.
CREATE INDEX specification_of_org ON specification (org_id, id);
CREATE INDEX enrolment_by_slug ON enrolment (specification_slug, id);
CREATE INDEX enrolment_by_state ON enrolment (org_id, state, id);
CREATE INDEX mail_not_sent ON mail (state, id) WHERE state <> 'sent';
CREATE INDEX specification_draft_by_state ON specification_draft (org_id, state, updated_at, id);
CREATE INDEX achievement_by_claim ON achievement (batch_id, claim_state, claim_until);
CREATE INDEX achievement_batch_ending ON achievement (batch_id, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX achievement_ending ON achievement (org_id, expires_at, id) WHERE expires_at IS NOT NULL;
CREATE INDEX validation_by_specification ON validation (specification_id, id);
