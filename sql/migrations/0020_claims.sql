-- Validations by the learner's address, and when one came under restriction (0018). learner_email: '' is none; NULL is not read out of `source` yet, which store/validation.c does,
-- since no SQL reads JSON the same way on both engines.
ALTER TABLE validation ADD COLUMN learner_email TEXT;
ALTER TABLE validation ADD COLUMN restricted_at BIGINT;
CREATE INDEX validation_by_email ON validation (LOWER(learner_email)) WHERE learner_email <> '';
CREATE INDEX validation_of_achievement ON validation (achievement_id) WHERE achievement_id IS NOT NULL;
CREATE INDEX upload_row_by_email ON upload_row (LOWER(email)) WHERE email IS NOT NULL;
