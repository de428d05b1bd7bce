-- Programs that act for an organisation. Only a digest of the token is kept: who reads the database cannot use it.
CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  expires_at BIGINT,
  revoked_at BIGINT
);
CREATE INDEX api_token_by_org ON api_token (org_id, id);

-- What a POST with an Idempotency-Key came to, so that its repetition does nothing twice. A row without `status` is of a request that is being answered, or
-- whose server stopped before it was.
CREATE TABLE api_answer (
  holder TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  server TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  status BIGINT,
  type TEXT,
  location TEXT,
  body BYTEA,
  PRIMARY KEY (holder, key)
);
CREATE INDEX api_answer_begun ON api_answer (begun_at);

-- Learning platforms that lead learners and instructors here (LTI 1.3). `deployments`: ids with line breaks between; empty: any.
CREATE TABLE lti_platform (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  name TEXT NOT NULL,
  issuer TEXT NOT NULL,
  client_id TEXT NOT NULL,
  auth_url TEXT NOT NULL,
  token_url TEXT NOT NULL,
  jwks_url TEXT NOT NULL,
  deployments TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (issuer, client_id)
);
CREATE INDEX lti_platform_by_org ON lti_platform (org_id, id);

-- A sign-in that was begun: used once.
CREATE TABLE lti_state (
  state TEXT PRIMARY KEY,
  platform_id TEXT NOT NULL REFERENCES lti_platform (id) ON DELETE CASCADE,
  nonce TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX lti_state_expires ON lti_state (expires_at);

-- A place in a course of a platform, and the specification that it leads to, once an instructor has said which.
CREATE TABLE lti_link (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  platform_id TEXT NOT NULL REFERENCES lti_platform (id) ON DELETE CASCADE,
  deployment TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  title TEXT NOT NULL,
  specification_slug TEXT,
  line_item_url TEXT,
  memberships_url TEXT,
  UNIQUE (platform_id, deployment, resource_id)
);

-- Who came to such a place, and who has completed what it is about.
CREATE TABLE lti_member (
  link_id TEXT NOT NULL REFERENCES lti_link (id) ON DELETE CASCADE,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  completed BOOLEAN NOT NULL,
  PRIMARY KEY (link_id, subject)
);

-- The page of an instructor goes on with a token of its own, because browsers withhold cookies in frames.
CREATE TABLE lti_session (
  hash TEXT PRIMARY KEY,
  link_id TEXT NOT NULL REFERENCES lti_link (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL
);
CREATE INDEX lti_session_expires ON lti_session (expires_at);

-- The key by which this installation shows platforms who it is; encrypted under the installation's secret.
CREATE TABLE lti_key (
  id TEXT PRIMARY KEY,
  pem BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);
