-- Mail: which sending of it this is (a mail that is sent again has a new one, so that a late report about the old one does not count), and the code of the
-- server's last answer.
ALTER TABLE mail ADD COLUMN round BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN answer_code BIGINT;
CREATE INDEX mail_sent ON mail (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX mail_by_state ON mail (org_id, state, id);

-- What is known of the way to the mail server ("server") and of the mailbox of delivery reports ("reports"): one row each, when there is something to know.
CREATE TABLE mail_way (
  id TEXT PRIMARY KEY,
  trouble TEXT,
  since BIGINT,
  failures BIGINT NOT NULL,
  read_to BIGINT NOT NULL
);

-- A provider's own words for a mail, in one language.
CREATE TABLE mail_wording (
  org_id TEXT NOT NULL REFERENCES organisation (id),
  template TEXT NOT NULL,
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  introduction TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (org_id, template, language)
);

-- Whether learners of an organisation are reminded. Without a row they are.
CREATE TABLE mail_setting (
  org_id TEXT PRIMARY KEY REFERENCES organisation (id),
  remind BOOLEAN NOT NULL
);

-- Addresses that want no reminders, as keyed hashes.
CREATE TABLE mail_stop (
  address TEXT PRIMARY KEY,
  stopped_at BIGINT NOT NULL
);

-- Codes on paper: a keyed hash of each. A new code of an achievement takes the place of the old one.
CREATE TABLE claim_code (
  achievement_id TEXT PRIMARY KEY REFERENCES achievement (id),
  org_id TEXT NOT NULL REFERENCES organisation (id),
  hash TEXT NOT NULL UNIQUE,
  made_at BIGINT NOT NULL
);

-- Wrong codes, by a keyed hash of the address that they came from.
CREATE TABLE claim_try (
  peer TEXT PRIMARY KEY,
  tries BIGINT NOT NULL,
  since BIGINT NOT NULL
);
CREATE INDEX claim_try_since ON claim_try (since);

-- Who is told of events, and which: `events` are names with blanks between them. The secret is not here: it is made from `salt`.
CREATE TABLE webhook (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  contact TEXT,
  salt TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
  failing_since BIGINT,
  created_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX webhook_by_org ON webhook (org_id, id);

CREATE TABLE event (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  type TEXT NOT NULL,
  object_id TEXT,
  payload BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX event_by_time ON event (created_at);

-- An event on its way to one receiver.
CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL REFERENCES webhook (id),
  event_id TEXT NOT NULL REFERENCES event (id),
  org_id TEXT NOT NULL REFERENCES organisation (id),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  answer_code BIGINT,
  answer TEXT,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX delivery_waiting ON delivery (next_at, id) WHERE state = 'waiting';
CREATE INDEX delivery_by_webhook ON delivery (webhook_id, id);
CREATE INDEX delivery_by_event ON delivery (event_id);
