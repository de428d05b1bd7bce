/* Files of the archive:
 *
 *   README.txt                                    in her language
 *   data.json                                     all rows about her (store/privacy.h)
 *   items.json                                    which file is which
 *   credentials/<slug>-<8>/<slug>-<8>.pdf ...     what was awarded here, each form as it was sealed, and on paper
 *   elsewhere/<8>/<file>, report.json             what she added, and the report of that day
 *
 * One item is held in memory at a time. */
#include "service/export.h"

#include "base/limits.h"
#include "base/zip.h"
#include "json/write.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/certificate.h"
#include "service/wallet.h"
#include "store/person.h"
#include "store/privacy.h"

enum { ITEM_MEMORY = 256, PAGE = 50 };
#define ROOM (256 * MR_KIB) /* for what is written last: README.txt, items.json, the list of files */
#define HEADERS 512         /* of one file, twice, with its name */

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

struct exporting {
    mr_service *s;
    struct mr_actor she;
    const struct mr_export_order *order;
    struct mr_export_result *ret;
    mr_arena *a; /* of one item */
    mr_buf *out;
    mr_zip *zip;
    uint64_t written;
    mr_str name; /* hers */
    mr_json_writer *items;
    mr_buf *left_out; /* lines of the README */
};

static int add(struct exporting *x, mr_str name, mr_str content, struct mr_err *err)
{
    MR_TRY(mr_zip_add(x->zip, name, content, err));
    if (!x->order->take) return MR_OK;
    size_t size = x->out->len;
    MR_TRY(x->order->take(x->order->self, mr_buf_str(x->out), err));
    mr_buf_clear(x->out);
    mr_zip_taken(x->zip, size);
    x->written += size;
    return MR_OK;
}

/* ---- items ---- */

struct file {
    mr_str name, content;
};
enum { FILES_MOST = MR_WALLET_FILES + 2 };

static mr_str sealed_of(const struct mr_wallet_item *item, mr_format format)
{
    for (size_t i = 0; i < item->file_count; i++)
        if (item->files[i].format == format) return item->files[i].content;
    return MR_STR_EMPTY;
}

/* A certificate that cannot be drawn (a font is missing) takes nothing away from what is sealed. */
static void put_certificate(struct exporting *x, const struct mr_wallet_item *item, mr_str stem, struct file *files,
                            size_t *count)
{
    MR_CLEANUP(mr_buf_done) mr_buf pdf;
    struct mr_err err = {0};
    const struct mr_claim claim = {.achievement_id = item->row.achievement_id,
                                   .org_id = item->row.org_id,
                                   .specification_id = item->row.specification_id,
                                   .state = MR_CLAIM_ACCEPTED,
                                   .elm = sealed_of(item, MR_FORMAT_ELM),
                                   .jwt = sealed_of(item, MR_FORMAT_VC_JWT)};
    mr_buf_init(&pdf, MR_LIMIT_PDF);
    if (!claim.elm.len) return;
    if (mr_certificate_write(x->s, x->a, &claim, stem, x->order->language, &pdf, &err) != MR_OK) return;
    mr_str content = mr_arena_dup(x->a, mr_buf_str(&pdf));
    if (content.ptr)
        files[(*count)++] = (struct file){
            mr_arena_format(x->a, "credentials/%.*s/%.*s.pdf", MR_STR_ARG(stem), MR_STR_ARG(stem)), content};
}

/* "3f9a1c20", by which files of one name are told apart. */
static mr_str tail_of(mr_str id)
{
    return mr_str_from(id, id.len - 8);
}

static size_t put_kept(struct exporting *x, const struct mr_wallet_item *item, struct file *files)
{
    struct mr_published published;
    size_t count = 0;
    mr_str slug = MR_STR("credential"), tail = tail_of(item->row.achievement_id);
    if (mr_catalogue_get(x->s, x->a, item->row.specification_id, &published, NULL) == MR_OK) slug = published.slug;
    mr_str stem = mr_arena_format(x->a, "%.*s-%.*s", MR_STR_ARG(slug), MR_STR_ARG(tail));
    for (size_t i = 0; i < item->file_count; i++)
        files[count++] = (struct file){mr_arena_format(x->a, "credentials/%.*s/%.*s%s", MR_STR_ARG(stem),
                                                       MR_STR_ARG(stem), mr_format_ending(item->files[i].format)),
                                       item->files[i].content};
    put_certificate(x, item, stem, files, &count);
    return count;
}

/* By its octets alone, as the wallet's page hands it out. */
static const char *ending_of(mr_str content)
{
    if (mr_str_has_prefix(content, MR_STR("\x89PNG"))) return ".png";
    if (mr_str_has_prefix(content, MR_STR("%PDF-"))) return ".pdf";
    if (mr_str_has_prefix(content, MR_STR("<"))) return ".svg";
    return mr_str_has_prefix(content, MR_STR("{")) ? ".json" : ".txt";
}

static size_t put_imported(struct exporting *x, const struct mr_wallet_item *item, struct file *files)
{
    mr_str tail = tail_of(item->row.id);
    size_t count = 0;
    for (size_t i = 0; i < item->file_count; i++)
        files[count++] = (struct file){mr_arena_format(x->a, "elsewhere/%.*s/merit-%.*s%s", MR_STR_ARG(tail),
                                                       MR_STR_ARG(tail), ending_of(item->files[i].content)),
                                       item->files[i].content};
    if (item->report.len)
        files[count++] =
            (struct file){mr_arena_format(x->a, "elsewhere/%.*s/report.json", MR_STR_ARG(tail)), item->report};
    return count;
}

static void put_index(struct exporting *x, const struct mr_wallet_item_row *row, const struct file *files, size_t count)
{
    mr_json_writer *w = x->items;
    char time[21];
    mr_time_write(row->added_at, time);
    mr_json_begin_object(w);
    mr_json_put_member(w, "id", row->id);
    mr_json_put_member(w, "title", row->title);
    mr_json_put_member(w, "issuer", row->issuer);
    mr_json_put_member(w, "name", row->learner);
    if (row->awarded_on.len) mr_json_put_member(w, "awarded_on", row->awarded_on);
    if (row->achievement_id.len) mr_json_put_member(w, "award", row->achievement_id);
    mr_json_put_member(w, "verdict", row->verdict);
    mr_json_put_member_c(w, "added_at", time);
    mr_json_put_name(w, "files");
    mr_json_begin_array(w);
    for (size_t i = 0; i < count; i++) mr_json_put_str(w, files[i].name);
    mr_json_end_array(w);
    mr_json_end_object(w);
}

static bool fits(const struct exporting *x, const struct file *files, size_t count)
{
    uint64_t size = x->written + x->out->len + ROOM;
    for (size_t i = 0; i < count; i++) size += files[i].content.len + HEADERS;
    return !x->order->most || size <= x->order->most;
}

static int put_item(struct exporting *x, mr_str id, struct mr_err *err)
{
    struct mr_wallet_item *item = MR_NEW(x->a, struct mr_wallet_item);
    struct file files[FILES_MOST];
    if (!item) return MR_FAIL(err, MR_E_NOMEM, "no memory for an item", MR_NOWHERE);
    MR_TRY(mr_wallet_get(x->s, &x->she, x->a, id, item, err));
    size_t count = item->row.achievement_id.len ? put_kept(x, item, files) : put_imported(x, item, files);
    if (!fits(x, files, count)) {
        mr_str line = MR_SAY(x->a, x->order->language, "export.readme.left_out", {"title", item->row.title});
        mr_buf_put(x->left_out, line);
        mr_buf_putc(x->left_out, '\n');
        x->ret->left_out++;
        return MR_OK;
    }
    for (size_t i = 0; i < count; i++) MR_TRY(add(x, files[i].name, files[i].content, err));
    put_index(x, &item->row, files, count);
    x->ret->items++;
    return MR_OK;
}

static int put_items(struct exporting *x, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena list;
    MR_CLEANUP(mr_arena_done) mr_arena one;
    struct mr_wallet_item_row *rows;
    size_t count = PAGE, done = 0;
    mr_arena_init(&list, 16 * MR_MIB);
    mr_arena_init(&one, ITEM_MEMORY * MR_MIB);
    x->a = &one;
    while (count == PAGE && done < x->order->limit) {
        size_t limit = x->order->limit - done < PAGE ? x->order->limit - done : PAGE;
        const struct mr_wallet_query query = {.skip = x->order->skip + done, .limit = limit};
        mr_arena_reset(&list);
        MR_TRY(mr_wallet_list(x->s, &x->she, &list, &query, &rows, &count, &x->ret->all, err));
        for (size_t i = 0; i < count; i++) {
            mr_arena_reset(&one);
            MR_TRY(put_item(x, rows[i].id, err));
        }
        done += count;
    }
    return MR_OK;
}

/* ---- what stands beside them ---- */

static int put_data(struct exporting *x, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &text, 2);
    MR_TRY(mr_db_begin(mr_service_db(x->s), false, &tx, err));
    MR_TRY(mr_store_privacy_write(tx, x->she.id, MR_LIMIT_EXPORT_ROWS, &w, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    if (mr_buf_failed(&text)) return MR_FAIL(err, MR_E_LIMIT, "there is too much to tell", MR_NOWHERE);
    return add(x, MR_STR("data.json"), mr_buf_str(&text), err);
}

static void put_line(mr_buf *b, mr_str line)
{
    mr_buf_put(b, line);
    mr_buf_puts(b, "\r\n\r\n"); /* as every editor shows it */
}

static int put_readme(struct exporting *x, mr_arena *a, struct mr_err *err)
{
    static const char *const middle[] = {"export.readme.credentials", "export.readme.elsewhere", "export.readme.data",
                                         "export.readme.verify"};
    MR_CLEANUP(mr_buf_done) mr_buf b;
    const mr_language *l = x->order->language;
    mr_date today = mr_date_of_time(mr_env_now(mr_service_env(x->s)));
    mr_buf_init(&b, MR_MIB);
    mr_buf_puts(&b, "\xEF\xBB\xBF"); /* so that old editors read letters outside ASCII right */
    put_line(&b, MR_SAY(a, l, "export.readme.title", {"site", mr_service_public_url(x->s)}));
    put_line(&b, MR_SAY(a, l, "export.readme.made", {"name", x->name}, {"date", mr_say_date(a, l, today)}));
    if (x->order->skip || (int64_t)(x->order->skip + x->order->limit) < x->ret->all)
        put_line(&b, MR_SAY(a, l, "export.readme.part", {"from", mr_say_count(a, l, (int64_t)x->order->skip + 1)},
                            {"to", mr_say_count(a, l, (int64_t)(x->order->skip + x->ret->items + x->ret->left_out))},
                            {"all", mr_say_count(a, l, x->ret->all)}));
    for (size_t i = 0; i < sizeof middle / sizeof *middle; i++) put_line(&b, mr_message(l, middle[i]));
    put_line(&b, MR_STR("    merit verify credentials/*/*"));
    put_line(&b, mr_message(l, "export.readme.status"));
    mr_buf_put(&b, mr_buf_str(x->left_out));
    if (mr_buf_failed(&b)) return MR_FAIL(err, MR_E_LIMIT, "there is too much to tell", MR_NOWHERE);
    return add(x, MR_STR("README.txt"), mr_buf_str(&b), err);
}

static int write_all(struct exporting *x, mr_arena *a, mr_buf *index, struct mr_err *err)
{
    MR_TRY(put_data(x, err));
    mr_json_begin_array(x->items);
    MR_TRY(put_items(x, err));
    mr_json_end_array(x->items);
    if (mr_buf_failed(index)) return MR_FAIL(err, MR_E_LIMIT, "there is too much to tell", MR_NOWHERE);
    MR_TRY(add(x, MR_STR("items.json"), mr_buf_str(index), err));
    MR_TRY(put_readme(x, a, err));
    MR_TRY(mr_zip_end(x->zip, err));
    if (!x->order->take) return MR_OK;
    MR_TRY(x->order->take(x->order->self, mr_buf_str(x->out), err));
    mr_buf_clear(x->out);
    return MR_OK;
}

/* Who takes all of it away is written down; the name for the README. */
static int begin(struct exporting *x, mr_arena *a, const struct mr_actor *actor, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_person_row person;
    MR_TRY(mr_db_begin(mr_service_db(x->s), true, &tx, err));
    MR_TRY(mr_store_person_find(tx, a, x->she.id, &person, err));
    if (!person.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such account", MR_NOWHERE);
    x->name = person.name;
    MR_TRY(mr_audit(x->s, tx, actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, x->she.id, MR_STR("account.exported"), err));
    return commit(&tx, err);
}

int mr_export_write(mr_service *s, const struct mr_actor *actor, const struct mr_export_order *order, mr_buf *out,
                    struct mr_export_result *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf index;
    MR_CLEANUP(mr_buf_done) mr_buf left_out;
    MR_CLEANUP(mr_zip_done) mr_zip zip;
    mr_json_writer items;
    mr_arena_init(&a, 4 * MR_MIB);
    mr_buf_init(&index, MR_LIMIT_DOCUMENT);
    mr_buf_init(&left_out, MR_MIB);
    mr_json_writer_init(&items, &index, 2);
    mr_zip_init(&zip, out, mr_env_now(mr_service_env(s)));
    *ret = (struct mr_export_result){0};
    MR_TRY(mr_personal_data_authorise(actor, order->person_id, err));
    struct exporting x = {.s = s,
                          .she = {.kind = MR_ACTOR_PERSON, .id = order->person_id},
                          .order = order,
                          .ret = ret,
                          .out = out,
                          .zip = &zip,
                          .items = &items,
                          .left_out = &left_out};
    MR_TRY(begin(&x, &a, actor, err));
    return write_all(&x, &a, &index, err);
}
