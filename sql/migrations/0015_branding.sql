-- How a provider's certificates look. Colours as "#0b5d4e"; pictures are PNG, made anew from what was given in. Without a row: as Merit draws them.
CREATE TABLE branding (
  org_id TEXT PRIMARY KEY REFERENCES organisation (id),
  accent TEXT,
  line TEXT,
  signatory TEXT,
  signatory_role TEXT,
  logo BYTEA,
  signature BYTEA,
  changed_at BIGINT NOT NULL
);
