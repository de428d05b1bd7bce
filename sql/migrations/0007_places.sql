-- What a provider says about itself in public, in several languages: its recognition policy and how it assures quality. Each version is kept.
CREATE TABLE organisation_statement (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  kind TEXT NOT NULL CHECK (kind IN ('recognition', 'quality')),
  version TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  texts BYTEA NOT NULL,
  url TEXT,
  published_at BIGINT NOT NULL,
  UNIQUE (org_id, kind, version)
);

-- Assessors outside that an organisation names in its specifications. `profile` is the JSON object that stands as "assessor" in specification files.
CREATE TABLE assessor_body (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  name TEXT NOT NULL,
  profile BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX assessor_body_by_org ON assessor_body (org_id, name);

-- Another awarding body and whether it consents, for one specification. `partner_id`: an organisation of this installation; without one it was asked by mail and `token`
-- is the digest of the secret in its link. Rows are never removed: consent that was withdrawn counted until then.
CREATE TABLE partner (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  partner_id TEXT REFERENCES organisation (id),
  specification_slug TEXT NOT NULL,
  name TEXT NOT NULL,
  profile BYTEA NOT NULL,
  email TEXT,
  token TEXT UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('asked', 'consented', 'refused', 'withdrawn')),
  asked_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  answered_at BIGINT,
  answered_by TEXT,
  answer_name TEXT,
  answer_function TEXT,
  withdrawn_at BIGINT
);
CREATE INDEX partner_by_org ON partner (org_id, specification_slug);
CREATE INDEX partner_by_partner ON partner (partner_id, id);

-- When, where and in which language a specification can be taken. Days are texts ("2027-02-01"), money is in the smallest unit of its currency. `languages`: codes with
-- blanks between. `funding`: JSON, a text in several languages. `revision` grows with every change.
CREATE TABLE opportunity (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  specification_slug TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'full', 'closed', 'cancelled')),
  start_on TEXT,
  end_on TEXT,
  apply_until TEXT,
  time_zone TEXT NOT NULL,
  mode TEXT NOT NULL,
  place TEXT,
  address TEXT,
  languages TEXT NOT NULL,
  price_minor BIGINT,
  currency TEXT,
  funding BYTEA,
  seats BIGINT,
  url TEXT,
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX opportunity_by_org ON opportunity (org_id, id);
CREATE INDEX opportunity_by_specification ON opportunity (specification_slug, start_on);

-- The catalogue, derived from published specifications (store/search.h); dropped and filled again when `catalogue_state` is of another version of the program.
-- The words of the texts are in a table of the engine's own, catalogue_text, which the program makes.
CREATE TABLE catalogue_state (version BIGINT NOT NULL);
CREATE TABLE catalogue_entry (
  slug TEXT PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  specification_id TEXT NOT NULL,
  org_id TEXT NOT NULL,
  sort_title TEXT NOT NULL
);
CREATE INDEX catalogue_entry_by_title ON catalogue_entry (sort_title, slug);
CREATE TABLE catalogue_facet (
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  slug TEXT NOT NULL,
  PRIMARY KEY (kind, code, slug)
);
CREATE INDEX catalogue_facet_by_slug ON catalogue_facet (slug);
