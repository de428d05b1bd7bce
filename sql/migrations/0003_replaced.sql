-- A credential that was withdrawn because another took its place says which: the achievement of the new one, which may live in files and so refers to no table.
ALTER TABLE status_change ADD COLUMN replaced_by TEXT CHECK (replaced_by IS NULL OR to_state = 'revoked');
