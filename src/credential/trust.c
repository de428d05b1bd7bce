#include "credential/trust.h"

#include "base/file.h"
#include "base/limits.h"

static int add_file(mr_arena *a, const char *path, mr_certificate **all, size_t *count, struct mr_err *err)
{
    mr_str pem = MR_STR_EMPTY;
    mr_certificate **found = NULL;
    size_t found_count = 0;
    MR_TRY(mr_file_read(a, path, MR_LIMIT_KEY_FILE, &pem, err));
    if (mr_certificates_read_pem(a, pem, &found, &found_count, err) != MR_OK || found_count == 0)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "no certificate can be read from this file", "%s", path);
    size_t kept = 0;
    while (kept < found_count && *count < MR_LIMIT_ANCHORS) all[(*count)++] = found[kept++];
    if (kept == found_count) return MR_OK;
    while (kept < found_count) mr_certificate_free(found[kept++]);
    return MR_FAIL_DETAIL(err, MR_E_LIMIT, "too many trust anchors", "%s", path);
}

int mr_trust_load(mr_arena *a, const char *folder, mr_trust *ret, struct mr_err *err)
{
    mr_str *names = NULL;
    size_t name_count = 0;
    MR_TRY(mr_file_list(a, folder, ".pem", MR_LIMIT_ANCHORS, &names, &name_count, err));
    mr_trust t = {.anchors = MR_NEW_ARRAY(a, mr_certificate *, MR_LIMIT_ANCHORS)};
    if (!t.anchors) return MR_FAIL(err, MR_E_NOMEM, "no memory for trust anchors", MR_NOWHERE);
    for (size_t i = 0; i < name_count; i++) {
        mr_str path = mr_arena_format(a, "%s/%.*s", folder, MR_STR_ARG(names[i]));
        int code = path.ptr ? add_file(a, path.ptr, t.anchors, &t.count, err)
                            : MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
        if (code) {
            mr_trust_done(&t);
            return code;
        }
    }
    *ret = t;
    return MR_OK;
}

void mr_trust_done(mr_trust *t)
{
    for (size_t i = 0; i < t->count; i++) mr_certificate_free(t->anchors[i]);
    *t = (mr_trust){0};
}
