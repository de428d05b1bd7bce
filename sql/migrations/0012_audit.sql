-- Proof that the audit log only grew: each row is a keyed digest over the digest before it and the audit rows since then, which only an installation with the secret can make.
CREATE TABLE audit_checkpoint (
  id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  up_to TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  digest TEXT NOT NULL
);
