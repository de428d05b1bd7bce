/* Verifying a ZIP archive, such as a learner takes along from a wallet: each file in it as if it had been given alone, in memory of its own. The report tells each with its verdict;
 * its own is the worst of them. What is no credential (a README, a picture, a table) is told as that and spoils nothing. An archive within the archive is not opened, and
 * that is said. Names are told and lead nowhere. */
#include "credential/verify_inside.h"

#include "base/limits.h"
#include "base/unzip.h"

struct looking {
    struct mr_verification *w;
    mr_unzip unzip;
    mr_arena each; /* of the file that is looked at */
    mr_buf file;
    size_t credentials, held;
};
static void looking_done(struct looking *x)
{
    mr_unzip_close(&x->unzip);
    mr_arena_done(&x->each);
    mr_buf_done(&x->file);
}

/* One octet more than a document may have is enough to see that it is none. */
static int unpack(struct looking *x, struct mr_err *err)
{
    char piece[16384];
    size_t size = 1;
    mr_buf_clear(&x->file);
    while (size && x->file.len <= MR_LIMIT_DOCUMENT) {
        MR_TRY(mr_unzip_read(&x->unzip, piece, sizeof piece, &size, err));
        mr_buf_put(&x->file, mr_str_make(piece, size));
    }
    return mr_buf_failed(&x->file) ? MR_FAIL(err, MR_E_NOMEM, "no memory to unpack a file", MR_NOWHERE) : MR_OK;
}

/* A document that was cut off or changed on its way is no less told than one whose seal does not hold. What only looks like one from far (a list, as README files begin) is not. */
static bool is_damaged(const struct looking *x, const mr_report *own)
{
    mr_str text = MR_STR_EMPTY;
    mr_sniffed kind = mr_sniff(mr_buf_str(&x->file), &text);
    return !own->is_credential && mr_str_eq(own->summary, mr_verify_say(x->w, "summary.damaged")) &&
           (kind == MR_SNIFFED_UTF16 || (kind == MR_SNIFFED_JSON && text.ptr[0] == '{'));
}

static int verify_one(struct looking *x, mr_str name, struct mr_err *err)
{
    mr_arena *a = x->w->a;
    mr_report *r = x->w->r, *own;
    struct mr_contained *c = &r->contents[r->content_count];
    mr_arena_reset(&x->each);
    own = MR_NEW(&x->each, mr_report);
    if (!own) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    MR_TRY(mr_verify(x->w->v, &x->each, mr_buf_str(&x->file), own, err));
    bool judged = own->is_credential || is_damaged(x, own);
    if (!own->is_credential && mr_unzip_is(mr_buf_str(&x->file))) own->summary = mr_verify_say(x->w, "archive.nested");
    *c = (struct mr_contained){.file = mr_arena_dup(a, name),
                               .title = mr_arena_dup(a, own->has_view ? own->view.title : MR_STR_EMPTY),
                               .issuer = mr_arena_dup(a, own->has_view ? own->view.issuer : MR_STR_EMPTY),
                               .sealed = own->is_credential && !own->unsealed,
                               .judged = judged,
                               .verdict = own->verdict,
                               .summary = mr_arena_dup(a, own->summary)};
    if (!c->summary.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    r->content_count++;
    x->credentials += judged;
    x->held += judged && own->verdict == MR_VERDICT_VALID;
    return MR_OK;
}

/* Octets of another code page are shown as such. */
static mr_str name_to_tell(mr_arena *a, mr_str name)
{
    MR_CLEANUP(mr_buf_done) mr_buf visible;
    mr_buf_init(&visible, MR_MIB);
    if (mr_utf8_check(name) == name.len) return name;
    mr_buf_put_visible(&visible, name);
    return mr_arena_dup(a, mr_buf_str(&visible));
}

/* The fault of the archive in `ret_fault`; what stops us in `err`. */
static int verify_each(struct looking *x, struct mr_err *ret_fault, struct mr_err *err)
{
    mr_report *r = x->w->r;
    mr_str name;
    for (;;) {
        if (mr_unzip_next(&x->unzip, &name, ret_fault) != MR_OK || !name.ptr) return MR_OK;
        if (r->content_count == MR_LIMIT_VERIFY_ARCHIVE) {
            r->content_over++;
            continue;
        }
        name = mr_arena_dup(x->w->a, name);
        if (unpack(x, ret_fault) != MR_OK) return MR_OK;
        MR_TRY(verify_one(x, name_to_tell(x->w->a, name), err));
    }
}

static int refuse(struct mr_verification *w, const struct mr_err *e)
{
    const char *id = e->code == MR_E_UNSUPPORTED ? "archive.locked"
                     : e->code == MR_E_LIMIT     ? "archive.too_much"
                     : e->code == MR_E_NOMEM     ? "format.too_much"
                                                 : "archive.damaged";
    w->r->content_count = w->r->content_over = 0; /* of what is damaged nothing is told */
    if (e->code != MR_E_LIBRARY) return mr_verify_not_the_form(w, id, e, false);
    mr_verify_claim_id(w, MR_CHECK_FORMAT, MR_UNCHECKED, "archive.library")->detail = mr_verify_describe(w, e);
    return MR_OK;
}

static int conclude(struct mr_verification *w, const struct looking *x)
{
    mr_report *r = w->r;
    mr_str files = mr_say_count(w->a, w->l, (int64_t)(r->content_count + r->content_over)),
           credentials = mr_say_count(w->a, w->l, (int64_t)x->credentials);
    if (!x->credentials) return mr_verify_not_the_form(w, "archive.none", NULL, false);
    mr_verify_pass_format(w, "zip", mr_verify_say(w, "archive.name"), "archive.format");
    r->checks[MR_CHECK_FORMAT].text =
        MR_SAY(w->a, w->l, "archive.format", {"files", files}, {"credentials", credentials});
    r->is_archive = true;
    w->unpacked = MR_SAY(w->a, w->l, x->held == x->credentials ? "archive.summary.valid" : "archive.summary.look",
                         {"held", mr_say_count(w->a, w->l, (int64_t)x->held)}, {"credentials", credentials});
    if (!r->content_over) return MR_OK;
    w->beside = MR_SAY(w->a, w->l, "archive.over", {"count", mr_say_count(w->a, w->l, (int64_t)r->content_over)},
                       {"most", mr_say_count(w->a, w->l, MR_LIMIT_VERIFY_ARCHIVE)});
    return MR_OK;
}

int mr_verify_archive(struct mr_verification *w, mr_str archive, struct mr_err *err)
{
    MR_CLEANUP(looking_done) struct looking x = {.w = w};
    struct mr_err fault = {0};
    mr_arena_init(&x.each, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&x.file, MR_LIMIT_DOCUMENT + MR_MIB);
    w->r->contents = MR_NEW_ARRAY(w->a, struct mr_contained, MR_LIMIT_VERIFY_ARCHIVE);
    if (!w->r->contents) return MR_FAIL(err, MR_E_NOMEM, "no memory for an archive", MR_NOWHERE);
    if (mr_unzip_check(archive, MR_LIMIT_VERIFY_UNPACKED, &fault) != MR_OK ||
        mr_unzip_open(&x.unzip, archive, MR_LIMIT_VERIFY_UNPACKED, &fault) != MR_OK)
        return refuse(w, &fault);
    w->v->v.archives = false; /* those inside stay closed */
    int code = verify_each(&x, &fault, err);
    w->v->v.archives = true;
    MR_TRY(code);
    return fault.code ? refuse(w, &fault) : conclude(w, &x);
}
