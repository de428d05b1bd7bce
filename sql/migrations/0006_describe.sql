-- Specifications while they are being described. `document` is a specification file that may still lack answers; `languages` those that it is described in, the primary one
-- first, with blanks between. `revision` grows with every change. Whoever did something is a kind of actor and, for persons and programs, an id.
CREATE TABLE specification_draft (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  slug TEXT,
  version TEXT,
  languages TEXT NOT NULL,
  document BYTEA NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'published', 'archived')),
  revision BIGINT NOT NULL,
  based_on TEXT REFERENCES specification (id),
  specification_id TEXT REFERENCES specification (id),
  submitted_kind TEXT,
  submitted_by TEXT,
  submitted_at BIGINT,
  decided_kind TEXT,
  decided_by TEXT,
  decided_at BIGINT,
  reason TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX specification_draft_by_org ON specification_draft (org_id, updated_at);
CREATE INDEX specification_draft_by_specification ON specification_draft (specification_id);

-- Who has changed a draft: whoever is the only one may not approve it.
CREATE TABLE draft_editor (
  draft_id TEXT NOT NULL REFERENCES specification_draft (id),
  org_id TEXT NOT NULL REFERENCES organisation (id),
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (draft_id, actor_kind, actor_id)
);

-- What a second person remarks, about one member of the file or, with none, about the whole.
CREATE TABLE draft_comment (
  id TEXT PRIMARY KEY,
  draft_id TEXT NOT NULL REFERENCES specification_draft (id),
  org_id TEXT NOT NULL REFERENCES organisation (id),
  element TEXT,
  remark TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX draft_comment_by_draft ON draft_comment (draft_id, id);

-- An archived specification is offered no longer; what was awarded of it stays as it is.
ALTER TABLE specification ADD COLUMN archived_at BIGINT;
