-- A record that its provider keeps and may hardly use: on her request ('asked'), because she had her account erased ('erased'), or emptied because the provider's own time for
-- it is over ('over'). `restricted_remark`: why she asked.
ALTER TABLE achievement ADD COLUMN restricted_at BIGINT;
ALTER TABLE achievement ADD COLUMN restricted_for TEXT CHECK (restricted_for IN ('asked', 'erased', 'over'));
ALTER TABLE achievement ADD COLUMN restricted_remark TEXT;
CREATE INDEX achievement_restricted ON achievement (org_id, id) WHERE restricted_at IS NOT NULL;
ALTER TABLE enrolment ADD COLUMN restricted_at BIGINT;
CREATE INDEX enrolment_by_email ON enrolment (LOWER(email)) WHERE email IS NOT NULL;
CREATE INDEX mail_by_recipient ON mail (LOWER(recipient)) WHERE recipient <> '';

-- How long a provider keeps what it has. 0: as long as the organisation is here. Without a row: the defaults of service/retention.c.
CREATE TABLE retention_setting (
  org_id TEXT PRIMARY KEY REFERENCES organisation (id),
  record_months BIGINT NOT NULL,
  evidence_months BIGINT NOT NULL,
  enrolment_months BIGINT NOT NULL,
  contact TEXT,
  changed_at BIGINT NOT NULL
);
