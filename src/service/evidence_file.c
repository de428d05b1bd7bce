#include "service/evidence_file.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "service/audit.h"
#include "service/installation.h"
#include "store/achievement.h"
#include "store/sealing.h"
#include "store/validation.h"

static const struct {
    const char *word;
    mr_action read, edit;
} kinds[] = {
    [MR_EVIDENCE_BATCH] = {"batch", MR_MAY_RESULT_READ, MR_MAY_RESULT_ENTER},
    [MR_EVIDENCE_ACHIEVEMENT] = {"achievement", MR_MAY_ACHIEVEMENT_READ, MR_MAY_RESULT_ENTER},
    [MR_EVIDENCE_VALIDATION] = {"validation", MR_MAY_VALIDATION_READ, MR_MAY_VALIDATION_EDIT},
};

const char *mr_evidence_type(mr_str content)
{
    static const struct {
        mr_str begins;
        const char *type;
    } types[] = {
        {MR_STR_INIT("%PDF-"), "application/pdf"},   {MR_STR_INIT("\x89PNG\r\n\x1a\n"), "image/png"},
        {MR_STR_INIT("\xff\xd8\xff"), "image/jpeg"}, {MR_STR_INIT("PK\x03\x04"), "application/zip"},
        {MR_STR_INIT("OggS"), "application/ogg"},    {MR_STR_INIT("\x1a\x45\xdf\xa3"), "video/webm"},
        {MR_STR_INIT("ID3"), "audio/mpeg"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (mr_str_has_prefix(content, types[i].begins)) return types[i].type;
    if (content.len > 12 && memcmp(content.ptr + 4, "ftyp", 4) == 0) return "video/mp4";
    bool is_text = mr_utf8_check(content) == content.len && mr_str_find_char(content, '\0') < 0;
    return is_text ? "text/plain; charset=utf-8" : "application/octet-stream";
}

static int org_of(mr_db_tx *tx, mr_arena *a, mr_evidence_object kind, mr_str id, mr_str *ret, struct mr_err *err)
{
    struct mr_sealing_row batch;
    struct mr_achievement_row achievement;
    struct mr_validation_row validation;
    switch (kind) {
    case MR_EVIDENCE_BATCH:
        MR_TRY(mr_store_sealing_find(tx, a, id, &batch, err));
        *ret = batch.org_id;
        break;
    case MR_EVIDENCE_ACHIEVEMENT:
        MR_TRY(mr_store_achievement_find(tx, a, id, &achievement, err));
        *ret = achievement.org_id;
        break;
    case MR_EVIDENCE_VALIDATION:
        MR_TRY(mr_store_validation_find(tx, a, id, &validation, err));
        *ret = validation.org_id;
        break;
    }
    return ret->len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "there is no such thing", MR_NOWHERE);
}

static mr_str digest_of(mr_arena *a, mr_str content)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    uint8_t digest[32];
    mr_buf_init(&text, MR_KIB);
    mr_sha256(content, digest);
    mr_hex_put(&text, mr_str_make((const char *)digest, sizeof digest));
    return mr_arena_dup(a, mr_buf_str(&text));
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_evidence_file_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_evidence_object kind,
                         mr_str object_id, mr_str name, mr_str content, mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_evidence_file_row *there;
    size_t count;
    struct mr_evidence_file_row row = {.object_kind = mr_str_of(kinds[kind].word),
                                       .object_id = object_id,
                                       .name = name.len ? name : MR_STR("file"),
                                       .type = mr_str_of(mr_evidence_type(content)),
                                       .added_by = actor->id};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(org_of(tx, a, kind, object_id, &row.org_id, err));
    MR_TRY(mr_authorise(actor, kinds[kind].edit, row.org_id, err));
    if (content.len == 0) return MR_FAIL(err, MR_E_USAGE, "the file is empty", MR_NOWHERE);
    if (content.len > MR_LIMIT_EVIDENCE_FILE || name.len > 255)
        return MR_FAIL(err, MR_E_LIMIT, "the file, or its name, is larger than allowed", MR_NOWHERE);
    MR_TRY(mr_store_evidence_file_list(tx, a, object_id, MR_LIMIT_EVIDENCE_FILES, &there, &count, err));
    if (count == MR_LIMIT_EVIDENCE_FILES)
        return MR_FAIL(err, MR_E_LIMIT, "there are as many files as allowed", MR_NOWHERE);
    row.sha256 = digest_of(a, content);
    MR_TRY(mr_store_evidence_file_add(tx, a, s->env, &row, content, ret_id, err));
    MR_TRY(mr_audit(s, tx, actor, kinds[kind].edit, row.org_id, object_id,
                    mr_arena_format(a, "evidence %.*s", MR_STR_ARG(row.sha256)), err));
    return commit(&tx, err);
}

int mr_evidence_file_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_evidence_object kind,
                          mr_str object_id, struct mr_evidence_file_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_str org;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(org_of(tx, a, kind, object_id, &org, err));
    MR_TRY(mr_authorise(actor, kinds[kind].read, org, err));
    return mr_store_evidence_file_list(tx, a, object_id, MR_LIMIT_EVIDENCE_FILES, ret, ret_count, err);
}

static mr_evidence_object kind_of(mr_str word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (mr_str_is(word, kinds[i].word)) return (mr_evidence_object)i;
    return MR_EVIDENCE_BATCH;
}

static int find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_evidence_file_row *ret, mr_str *ret_content,
                struct mr_err *err)
{
    MR_TRY(mr_store_evidence_file_find(tx, a, id, ret, ret_content, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such file", MR_NOWHERE);
}

int mr_evidence_file_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                         struct mr_evidence_file_row *ret, mr_str *ret_content, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, a, id, ret, NULL, err));
    mr_action action = kinds[kind_of(ret->object_kind)].read;
    MR_TRY(mr_authorise(actor, action, ret->org_id, err));
    MR_TRY(find(tx, a, id, ret, ret_content, err));
    MR_TRY(mr_audit(s, tx, actor, action, ret->org_id, ret->object_id, MR_STR("evidence opened"), err));
    return commit(&tx, err);
}

int mr_evidence_file_remove(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                            struct mr_evidence_file_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find(tx, a, id, ret, NULL, err));
    mr_action action = kinds[kind_of(ret->object_kind)].edit;
    MR_TRY(mr_authorise(actor, action, ret->org_id, err));
    MR_TRY(mr_store_evidence_file_remove(tx, id, err));
    MR_TRY(mr_audit(s, tx, actor, action, ret->org_id, ret->object_id,
                    mr_arena_format(a, "evidence removed %.*s", MR_STR_ARG(ret->sha256)), err));
    return commit(&tx, err);
}
