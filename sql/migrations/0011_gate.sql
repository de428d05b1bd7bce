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
