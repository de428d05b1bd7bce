#include "service/organisation.h"

#include "base/limits.h"
#include "json/write.h"
#include "store/organisation.h"

int mr_organisation_as_provider(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_organisation_row row;
    mr_json_writer w;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_store_organisation_find(tx, a, org_id, &row, err));
    *ret = row.profile;
    if (!row.id.len || row.profile.len) return MR_OK;
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_name(&w, "name");
    mr_json_begin_object(&w);
    mr_json_put_member(&w, "en", row.name);
    mr_json_end_object(&w);
    mr_json_end_object(&w);
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the provider", MR_NOWHERE);
}
