-- What all nodes of one installation must agree on, as keyed digests: a node with another secret is refused.
CREATE TABLE installation (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
