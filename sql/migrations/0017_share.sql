-- A link that a learner gives to one recipient. Its address is made by the installation's secret from the id; nothing secret is stored. `label`: for whom, as she calls it and the recipient
-- reads it. Over at `until`, or since `stopped_at`. `opened`: how often it was, also when the times are forgotten.
CREATE TABLE share (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  stopped_at BIGINT,
  opened BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX share_by_person ON share (person_id, id);
CREATE INDEX share_by_until ON share (until);

-- What it shows. `pointers`: the parts that she chose, a JSON array of JSON Pointers (credential/disclose.h); without, the whole credential.
CREATE TABLE share_item (
  share_id TEXT NOT NULL REFERENCES share (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  item_id TEXT NOT NULL REFERENCES wallet_item (id) ON DELETE CASCADE,
  pointers TEXT,
  PRIMARY KEY (share_id, position)
);
CREATE INDEX share_item_by_item ON share_item (item_id);

-- When it was opened: a time, and nothing of whoever opened it.
CREATE TABLE share_opening (
  share_id TEXT NOT NULL REFERENCES share (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  PRIMARY KEY (share_id, at)
);
