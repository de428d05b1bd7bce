-- What the office's lists ask with every page. Achievements of a version of a specification, of all months together: as the counts of 0014, changed in the
-- transaction that changes what it counts.
CREATE TABLE specification_count (
  specification_id TEXT PRIMARY KEY,
  awarded BIGINT NOT NULL
);
INSERT INTO specification_count (specification_id, awarded)
  SELECT of_id, SUM(awarded) FROM achievement_count WHERE month <> '' GROUP BY of_id;

-- All that lists tell of a specification: in its row some of it stands behind the document, which is long.
CREATE INDEX specification_newest ON specification (slug, published_at, id, org_id, version, archived_at);
CREATE INDEX specification_listed ON specification (org_id, id, slug, version, published_at, archived_at);
DROP INDEX specification_of_org;

-- Batches that wait for somebody are few among all that were sealed.
CREATE INDEX batch_waiting ON batch (org_id, id) WHERE state IN ('preview', 'failed');

-- In the order in which they are asked for, so that nothing is sorted.
CREATE INDEX achievement_by_batch_row ON achievement (batch_id, row_number, id);
DROP INDEX achievement_by_batch;
CREATE INDEX status_change_by_time ON status_change (achievement_id, changed_at, id);
DROP INDEX status_change_by_achievement;
CREATE INDEX correction_request_of ON correction_request (achievement_id, asked_at, id);
CREATE INDEX correction_request_by_time ON correction_request (org_id, state, asked_at, id);
DROP INDEX correction_request_by_org;
