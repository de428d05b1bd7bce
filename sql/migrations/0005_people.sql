-- People who sign in. `password` is an Argon2id hash; the secret of an authenticator app is not here: it is made from the installation's secret and `totp_salt`.
CREATE TABLE person (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  password TEXT,
  totp_salt TEXT,
  totp_step BIGINT NOT NULL,
  installation BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);

-- What a person is in an organisation, and so in its units: one row for each role.
CREATE TABLE membership (
  person_id TEXT NOT NULL REFERENCES person (id),
  org_id TEXT NOT NULL REFERENCES organisation (id),
  role TEXT NOT NULL CHECK (role IN ('designer', 'assessor', 'registrar', 'approver', 'reviewer', 'auditor', 'administrator')),
  since BIGINT NOT NULL,
  PRIMARY KEY (person_id, org_id, role)
);
CREATE INDEX membership_by_org ON membership (org_id, person_id);

-- `roles`: words with a comma between them. Of the link only a digest is kept; it is emptied once it was used or withdrawn.
CREATE TABLE invitation (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  email TEXT NOT NULL,
  roles TEXT NOT NULL,
  token_hash TEXT UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'withdrawn')),
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX invitation_by_org ON invitation (org_id, id) WHERE state = 'open';

-- Who is signed in where. Of the cookie only a digest is kept. `agent`: family of the browser and system, no more.
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES person (id),
  org_id TEXT REFERENCES organisation (id),
  agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  fresh_at BIGINT NOT NULL
);
CREATE INDEX session_by_person ON session (person_id, seen_at);
CREATE INDEX session_by_seen ON session (seen_at);

-- Passkeys. `id` is the credential's id as base64url.
CREATE TABLE passkey (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id),
  name TEXT NOT NULL,
  algorithm BIGINT NOT NULL,
  public_key BYTEA NOT NULL,
  counter BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX passkey_by_person ON passkey (person_id, id);

-- Accounts elsewhere that a person signs in with: OpenID Connect, federations.
CREATE TABLE identity (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES person (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_by_person ON identity (person_id);

-- Codes for the day on which the authenticator app is lost; a code that was used is removed.
CREATE TABLE recovery_code (
  person_id TEXT NOT NULL REFERENCES person (id),
  code_hash TEXT NOT NULL,
  PRIMARY KEY (person_id, code_hash)
);

-- What counts once and soon ends: mailed links, second steps, challenges that were answered. Only digests.
CREATE TABLE single_use (
  token_hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  person_id TEXT REFERENCES person (id),
  data TEXT,
  tries BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX single_use_by_expiry ON single_use (expires_at);

-- Failed sign-ins. `key`: a digest of the account's address or of the network address, so that no list of either is kept.
CREATE TABLE attempt (
  key TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  wait_until BIGINT NOT NULL
);
CREATE INDEX attempt_by_time ON attempt (last_at);
