-- Is a credential still good? One entry of a list for each achievement, from which all published forms of the list are made.
-- `issuer` is the name of the provider's seal (the file in seals/ without its ending); it stands in addresses.
CREATE TABLE status_list (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  issuer TEXT NOT NULL,
  base TEXT NOT NULL,
  size BIGINT NOT NULL CHECK (size > 0),
  used BIGINT NOT NULL CHECK (used >= 0),
  state TEXT NOT NULL CHECK (state IN ('open', 'full')),
  changes BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX status_list_open ON status_list (issuer, base) WHERE state = 'open';

-- `achievement_id` may be of an achievement that lives in files (`merit issue`), so it refers to no table. `award_key` finds the entry again when an
-- award is made anew after a stop; a revoked entry has none, so that the learner can be awarded again.
CREATE TABLE status_entry (
  list_id TEXT NOT NULL REFERENCES status_list (id),
  idx BIGINT NOT NULL CHECK (idx >= 0),
  achievement_id TEXT NOT NULL UNIQUE,
  award_key TEXT UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'revoked')),
  changed_at BIGINT,
  PRIMARY KEY (list_id, idx)
);
CREATE INDEX status_entry_not_active ON status_entry (list_id) WHERE state <> 'active';

-- What was done, when and why. Rows are added and never changed; the reason names nobody.
CREATE TABLE status_change (
  id TEXT PRIMARY KEY,
  org_id TEXT NOT NULL REFERENCES organisation (id),
  issuer TEXT NOT NULL,
  achievement_id TEXT NOT NULL,
  from_state TEXT NOT NULL CHECK (from_state IN ('active', 'suspended')),
  to_state TEXT NOT NULL CHECK (to_state IN ('active', 'suspended', 'revoked')),
  changed_at BIGINT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX status_change_by_achievement ON status_change (achievement_id, id);
CREATE INDEX status_change_revoked ON status_change (issuer) WHERE to_state = 'revoked';

-- Achievements from before this script have a status and no entry: only the list of withdrawn European Digital Credentials can tell of them.
ALTER TABLE achievement ADD COLUMN status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'revoked'));
ALTER TABLE achievement ADD COLUMN status_changed_at BIGINT;
