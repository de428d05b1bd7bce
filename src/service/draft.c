/* Drafts: see draft.h for their life.
 *
 * Invariants:
 *   I1  the document is a JSON object, at most MR_LIMIT_DRAFT; everything else about it may be wrong, and is told when somebody looks
 *   I2  every change raises the revision, and is made only upon the revision that was read in the same transaction
 *   I3  slug and version repeat what the document says, for lists; they are taken from it at every change
 *   I4  a published draft is never changed again; it is the record of who handed in and who approved that version */
#include "service/draft_inside.h"

#include "base/limits.h"
#include "base/time.h"
#include "json/write.h"
#include "service/audit.h"
#include "service/installation.h"
#include "service/organisation.h"
#include "store/organisation.h"
#include "store/specification.h"

static const char *const state_words[MR_DRAFT_STATES] = {"draft", "submitted", "published", "archived"};

mr_str mr_draft_state_word(mr_draft_state state)
{
    return mr_str_of(state_words[state]);
}

/* ---- rows ---- */

int mr_draft_of_row(mr_arena *a, const struct mr_draft_row *row, struct mr_draft *ret, struct mr_err *err)
{
    *ret = (struct mr_draft){.id = row->id,
                             .org_id = row->org_id,
                             .slug = row->slug,
                             .version = row->version,
                             .languages = row->languages,
                             .document = row->document,
                             .revision = row->revision,
                             .based_on = row->based_on,
                             .specification_id = row->specification_id,
                             .submitted = {row->submitted_kind, row->submitted_by, row->submitted_at},
                             .decided = {row->decided_kind, row->decided_by, row->decided_at},
                             .reason = row->reason,
                             .created_at = row->created_at,
                             .updated_at = row->updated_at};
    while (ret->state < MR_DRAFT_STATES && !mr_str_is(row->state, state_words[ret->state])) ret->state++;
    if (ret->state == MR_DRAFT_STATES) return MR_FAIL(err, MR_E_DB, "a draft in no known state", MR_NOWHERE);
    return mr_json_parse(a, row->document, NULL, &ret->root, err);
}

/* The row, when the actor may do this to it. */
int mr_draft_find_row(mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_arena *a, mr_str id,
                      struct mr_draft_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_draft_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such draft", MR_NOWHERE);
    return mr_authorise(actor, action, ret->org_id, err);
}

int mr_draft_wants_state(const struct mr_draft_row *row, mr_draft_state state, struct mr_err *err)
{
    if (mr_str_is(row->state, state_words[state])) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_STATE, "the draft is in another state", "%.*s", MR_STR_ARG(row->state));
}

/* Take a new document into the row (I1, I3). */
static int take_document(mr_arena *a, struct mr_draft_row *row, const mr_buf *text, struct mr_err *err)
{
    const mr_json *root;
    if (mr_buf_failed(text)) return MR_FAIL(err, MR_E_LIMIT, "the specification is too large", MR_NOWHERE);
    row->document = mr_arena_dup(a, mr_buf_str(text));
    if (!row->document.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for the draft", MR_NOWHERE);
    MR_TRY(mr_json_parse(a, row->document, NULL, &root, err));
    row->slug = mr_json_get_str(root, "id"), row->version = mr_json_get_str(root, "version");
    if (row->slug.len > 64) row->slug = MR_STR_EMPTY; /* none that could be published */
    if (row->version.len > 32) row->version = MR_STR_EMPTY;
    return MR_OK;
}

/* ---- languages ---- */

static bool next_language(mr_str *rest, mr_str *ret)
{
    while (mr_str_split(rest, ' ', ret))
        if (ret->len) return true;
    return false;
}

static bool has_language(mr_str languages, mr_str language)
{
    mr_str one;
    while (next_language(&languages, &one))
        if (mr_str_eq(one, language)) return true;
    return false;
}

/* Known codes, each once, with one blank between; empty when there is none. */
static mr_str tidy_languages(mr_arena *a, mr_str languages)
{
    mr_str tidy = MR_STR_EMPTY, one;
    while (next_language(&languages, &one)) {
        if (one.len != 2 || !mr_concept_find(MR_SCHEME_LANGUAGE, one) || has_language(tidy, one)) continue;
        tidy = mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(tidy), tidy.len ? " " : "", MR_STR_ARG(one));
    }
    return tidy;
}

/* Those of the title, then those that any other text is given in. */
static mr_str languages_of(mr_arena *a, const mr_json *root)
{
    mr_str all = MR_STR_EMPTY;
    const mr_json *title = mr_json_get(root, "title");
    MR_JSON_EACH_MEMBER (name, title)
        all = mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(all), MR_STR_ARG(mr_json_text(name)));
    for (const mr_json *v = root, *end = root + root->skip; v < end; v++) {
        if (!mr_draft_is_texts(v)) continue;
        MR_JSON_EACH_MEMBER (name, v)
            if (!has_language(all, mr_json_text(name)))
                all = mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(all), MR_STR_ARG(mr_json_text(name)));
    }
    all = tidy_languages(a, all);
    return all.len ? all : MR_STR("en");
}

/* ---- beginning ---- */

/* A short name for web addresses, of a title: letters and digits of ASCII, hyphens between; what Latin letters with marks come close to. */
static mr_str slug_of(mr_arena *a, mr_str title)
{
    static const struct {
        const char *letter, *plain;
    } folds[] = {{"æ", "ae"}, {"ø", "oe"}, {"å", "aa"}, {"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"ß", "ss"}, {"é", "e"},
                 {"è", "e"},  {"Æ", "ae"}, {"Ø", "oe"}, {"Å", "aa"}, {"Ä", "ae"}, {"Ö", "oe"}, {"Ü", "ue"}, {"É", "e"}};
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 256);
    for (size_t i = 0; i < title.len && b.len < 56; i++) {
        char c = title.ptr[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            mr_buf_putc(&b, c);
            continue;
        }
        size_t f = 0;
        while (f < sizeof folds / sizeof *folds &&
               !mr_str_has_prefix(mr_str_from(title, i), mr_str_of(folds[f].letter)))
            f++;
        if (f < sizeof folds / sizeof *folds)
            mr_buf_puts(&b, folds[f].plain), i++;
        else if (b.len && b.ptr[b.len - 1] != '-')
            mr_buf_putc(&b, '-');
    }
    while (b.len && b.ptr[b.len - 1] == '-') b.len--;
    return b.len ? mr_arena_dup(a, mr_buf_str(&b)) : MR_STR("micro-credential");
}

/* An identifier that nobody uses yet: the wanted one, or with a number behind. */
static int free_slug(mr_db_tx *tx, mr_arena *a, mr_str wanted, mr_str *ret, struct mr_err *err)
{
    struct mr_specification_row row;
    *ret = wanted;
    for (int n = 2; n < 100; n++) {
        MR_TRY(mr_store_specification_find(tx, a, *ret, &row, err));
        if (!row.id.len && !mr_str_is(*ret, "new")) break;
        *ret = mr_arena_format(a, "%.*s-%d", MR_STR_ARG(wanted), n);
    }
    return MR_OK;
}

/* The organisation that a new draft belongs to; empty when none is known. */
static int find_organisation(mr_db_tx *tx, const struct mr_actor *actor, mr_arena *a, mr_str wanted, mr_str *ret,
                             struct mr_err *err)
{
    *ret = wanted.len ? wanted : actor->org_id;
    if (!ret->len && actor->kind == MR_ACTOR_OPERATOR) MR_TRY(mr_store_organisation_first(tx, a, ret, err));
    return MR_OK;
}

int mr_draft_needs_provider(mr_service *s, const struct mr_actor *actor, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str org_id;
    mr_arena_init(&a, 64 * MR_KIB);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_organisation(tx, actor, &a, MR_STR_EMPTY, &org_id, err));
    *ret = !org_id.len && actor->kind == MR_ACTOR_OPERATOR;
    return MR_OK;
}

static int usage(struct mr_err *err, const char *pointer)
{
    int code = MR_FAIL(err, MR_E_USAGE, "something is missing to begin with", MR_NOWHERE);
    if (err) strncpy(err->pointer, pointer, sizeof err->pointer - 1);
    return code;
}

int mr_draft_commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* The same for every beginning: keep it, note who began, log. */
static int keep_new(mr_service *s, mr_db_tx **tx, const struct mr_actor *actor, mr_arena *a, struct mr_draft_row *row,
                    const char *how, mr_str *ret_id, struct mr_err *err)
{
    MR_TRY(mr_store_draft_add(*tx, a, s->env, row, &row->id, err));
    MR_TRY(mr_store_draft_edited(*tx, s->env, row, mr_str_of(mr_actor_word(actor)), actor->id, err));
    MR_TRY(mr_audit(s, *tx, actor, MR_MAY_SPECIFICATION_EDIT, row->org_id, row->id, mr_str_of(how), err));
    MR_TRY(mr_draft_commit(tx, err));
    *ret_id = row->id;
    return MR_OK;
}

static int write_first(mr_db_tx *tx, mr_arena *a, const struct mr_draft_start *start, mr_str slug, mr_str language,
                       struct mr_draft_row *row, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_str provider;
    mr_buf_init(&text, MR_LIMIT_DRAFT);
    MR_TRY(mr_organisation_as_provider(tx, a, row->org_id, &provider, err));
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "specification", "1");
    mr_json_put_member(&w, "id", slug);
    mr_json_put_member_c(&w, "version", "1");
    mr_json_put_name(&w, "title");
    mr_json_begin_object(&w);
    mr_json_put_name_str(&w, language);
    mr_json_put_str(&w, mr_str_trim(start->title));
    mr_json_end_object(&w);
    if (provider.len) {
        mr_json_put_name(&w, "provider");
        mr_json_put_raw(&w, provider);
    }
    mr_json_end_object(&w);
    return take_document(a, row, &text, err);
}

int mr_draft_new(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_draft_start *start,
                 mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row row = {.languages = tidy_languages(a, start->languages)};
    mr_str rest = row.languages, language, slug, name = mr_str_trim(start->provider);
    if (!mr_str_trim(start->title).len) return usage(err, "/title");
    if (!next_language(&rest, &language)) return usage(err, "/languages");
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find_organisation(tx, actor, a, start->org_id, &row.org_id, err));
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_EDIT, row.org_id, err));
    if (!row.org_id.len && !name.len) return usage(err, "/provider");
    if (!row.org_id.len) MR_TRY(mr_store_organisation_ensure(tx, a, s->env, name, name, &row.org_id, err));
    MR_TRY(free_slug(tx, a, slug_of(a, start->title), &slug, err));
    MR_TRY(write_first(tx, a, start, slug, language, &row, err));
    return keep_new(s, &tx, actor, a, &row, "draft.new", ret_id, err);
}

/* The provider that the file names, for an operator who acts for no organisation; or the first that there is. */
static int organisation_of_file(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_arena *a,
                                const mr_json *root, mr_str *ret, struct mr_err *err)
{
    const mr_json *names = mr_json_get(mr_json_get(root, "provider"), "name");
    mr_str name = mr_str_trim(mr_json_get_str(names, "en"));
    MR_JSON_EACH_MEMBER (member, names)
        if (!name.len) name = mr_str_trim(mr_json_str(member + 1));
    *ret = actor->org_id;
    if (!ret->len && actor->kind == MR_ACTOR_OPERATOR && name.len)
        return mr_store_organisation_ensure(tx, a, s->env, name, name, ret, err);
    MR_TRY(find_organisation(tx, actor, a, MR_STR_EMPTY, ret, err));
    return ret->len || actor->kind != MR_ACTOR_OPERATOR ? MR_OK : usage(err, "/provider");
}

int mr_draft_upload(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str document, mr_str *ret_id,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_draft_row row = {0};
    const mr_json *root;
    mr_buf_init(&text, MR_LIMIT_DRAFT);
    MR_TRY(mr_json_parse(a, document, NULL, &root, err));
    if (!mr_json_is(root, MR_JSON_OBJECT))
        return MR_FAIL(err, MR_E_JSON, "a specification file is a JSON object", root->position);
    mr_draft_write_document(root, NULL, 0, &text);
    MR_TRY(take_document(a, &row, &text, err));
    row.languages = languages_of(a, root);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(organisation_of_file(s, tx, actor, a, root, &row.org_id, err));
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_EDIT, row.org_id, err));
    return keep_new(s, &tx, actor, a, &row, "draft.upload", ret_id, err);
}

static mr_str quoted(mr_arena *a, mr_str text)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, MR_LIMIT_DRAFT);
    mr_json_quote(&b, text);
    return mr_arena_dup(a, mr_buf_str(&b));
}

/* A document under another identifier and version. */
static int rewrite(mr_arena *a, mr_str document, mr_str slug, mr_str version, struct mr_draft_row *row,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    const mr_json *root;
    const struct mr_draft_change changes[] = {{MR_STR("id"), quoted(a, slug), MR_STR_EMPTY},
                                              {MR_STR("version"), quoted(a, version), MR_STR_EMPTY}};
    mr_buf_init(&text, MR_LIMIT_DRAFT);
    MR_TRY(mr_json_parse(a, document, NULL, &root, err));
    mr_draft_write_document(root, changes, 2, &text);
    if (!row->languages.len) row->languages = languages_of(a, root);
    return take_document(a, row, &text, err);
}

int mr_draft_copy(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str source, mr_str *ret_id,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row draft, row = {0};
    struct mr_specification_row published = {0};
    mr_str slug, document;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_draft_find(tx, a, source, &draft, err));
    if (!draft.id.len) MR_TRY(mr_store_specification_find(tx, a, source, &published, err));
    if (!draft.id.len && !published.id.len)
        return MR_FAIL(err, MR_E_NOT_FOUND, "nothing of this name to copy", MR_NOWHERE);
    row.org_id = draft.id.len ? draft.org_id : published.org_id;
    row.languages = draft.languages;
    document = draft.document;
    if (!draft.id.len) {
        const struct mr_kept_specification *kept;
        MR_TRY(mr_kept_specification_get(&s->kept, tx, a, published.id, &kept, err));
        document = kept->document;
    }
    slug = draft.id.len ? draft.slug : published.slug;
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_EDIT, row.org_id, err));
    if (!slug.len || slug.len > 54) slug = slug_of(a, slug);
    MR_TRY(free_slug(tx, a, mr_arena_format(a, "%.*s-copy", MR_STR_ARG(slug)), &slug, err));
    MR_TRY(rewrite(a, document, slug, MR_STR("1"), &row, err));
    return keep_new(s, &tx, actor, a, &row, "draft.copy", ret_id, err);
}

int mr_draft_new_version(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str slug, mr_str *ret_id,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_specification_row newest, *versions;
    size_t count;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_specification_find(tx, a, slug, &newest, err));
    if (!newest.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such specification", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_EDIT, newest.org_id, err));
    MR_TRY(mr_store_draft_begun(tx, a, newest.org_id, newest.id, ret_id, err));
    if (ret_id->len) return MR_OK;
    struct mr_draft_row row = {.org_id = newest.org_id, .based_on = newest.id};
    mr_str version = mr_draft_next_version(a, newest.version);
    MR_TRY(mr_store_specification_versions(tx, a, newest.slug, MR_LIMIT_DRAFTS, &versions, &count, err));
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq(versions[i].version, version)) version = mr_draft_next_version(a, version), i = (size_t)-1;
    const struct mr_kept_specification *kept;
    MR_TRY(mr_kept_specification_get(&s->kept, tx, a, newest.id, &kept, err));
    MR_TRY(rewrite(a, kept->document, newest.slug, version, &row, err));
    return keep_new(s, &tx, actor, a, &row, "draft.version", ret_id, err);
}

/* ---- reading ---- */

int mr_draft_open(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_draft *ret,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row row;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_READ, a, id, &row, err));
    return mr_draft_of_row(a, &row, ret, err);
}

int mr_draft_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_draft_filter *filter,
                  struct mr_draft **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_filter own = *filter;
    struct mr_draft_row *rows;
    size_t count;
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_READ, actor->org_id, err));
    own.org_id = actor->org_id;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_draft_list(tx, a, &own, &rows, &count, err));
    struct mr_draft *list = MR_NEW_ARRAY(a, struct mr_draft, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) MR_TRY(mr_draft_of_row(a, &rows[i], &list[i], err));
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_draft_count(mr_service *s, const struct mr_actor *actor, struct mr_draft_counts *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_SPECIFICATION_READ, actor->org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_store_draft_count(tx, actor->org_id, actor->id, ret, err);
}

/* ---- saving ---- */

static int check_changes(const mr_json *root, const struct mr_draft_change *changes, size_t count, struct mr_err *err)
{
    for (size_t i = 0; i < count; i++) {
        bool known = mr_draft_member_place(changes[i].member) != SIZE_MAX;
        if (known || (!changes[i].value.len && mr_json_find_member(root, changes[i].member))) continue;
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "specification files have no such member", "%.*s",
                              MR_STR_ARG(changes[i].member));
    }
    return MR_OK;
}

/* Which changes are left when what others did in between is looked at; those that collide are conflicts. */
static int merge(mr_arena *a, const mr_json *root, const struct mr_draft_change *changes, size_t count,
                 struct mr_draft_change *ret_left, size_t *ret_left_count, struct mr_draft_conflict *conflicts,
                 size_t *ret_conflicts, struct mr_err *err)
{
    size_t left = 0, met = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mr_draft_change *c = &changes[i];
        const mr_json *theirs = mr_json_find_member(root, c->member), *mine = NULL;
        if (c->value.len) MR_TRY(mr_json_parse(a, mr_arena_dup(a, c->value), NULL, &mine, err));
        mr_str now = mr_draft_mark(a, theirs), wanted = mr_draft_mark(a, mine);
        if (mr_str_eq(now, wanted)) continue;
        if (!c->base.len || mr_str_eq(now, c->base))
            ret_left[left++] = *c;
        else if (!mr_str_eq(wanted, c->base))
            conflicts[met++] = (struct mr_draft_conflict){c->member, theirs};
    }
    *ret_left_count = left, *ret_conflicts = met;
    return MR_OK;
}

static mr_str names_of(mr_arena *a, const struct mr_draft_change *changes, size_t count)
{
    mr_str all = MR_STR("draft.save");
    for (size_t i = 0; i < count && all.len < 150; i++)
        all = mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(all), MR_STR_ARG(changes[i].member));
    return all;
}

/* Write a row that was changed, and who did it. */
static int keep_changed(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, const struct mr_draft_row *row,
                        mr_str detail, struct mr_err *err)
{
    MR_TRY(mr_store_draft_change(tx, s->env, row, err));
    MR_TRY(mr_store_draft_edited(tx, s->env, row, mr_str_of(mr_actor_word(actor)), actor->id, err));
    return mr_audit(s, tx, actor, MR_MAY_SPECIFICATION_EDIT, row->org_id, row->id, detail, err);
}

int mr_draft_save(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id,
                  const struct mr_draft_change *changes, size_t count, struct mr_draft_conflict *conflicts,
                  size_t *ret_conflicts, struct mr_draft *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_draft_row row;
    struct mr_draft_change *left = MR_NEW_ARRAY(a, struct mr_draft_change, count);
    size_t left_count;
    mr_buf_init(&text, MR_LIMIT_DRAFT);
    if (!left) return MR_FAIL(err, MR_E_NOMEM, "no memory to save", MR_NOWHERE);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_EDIT, a, id, &row, err));
    MR_TRY(mr_draft_wants_state(&row, MR_DRAFT_OPEN, err));
    MR_TRY(mr_draft_of_row(a, &row, ret, err));
    MR_TRY(check_changes(ret->root, changes, count, err));
    MR_TRY(merge(a, ret->root, changes, count, left, &left_count, conflicts, ret_conflicts, err));
    if (*ret_conflicts || !left_count) return MR_OK;
    mr_draft_write_document(ret->root, left, left_count, &text);
    MR_TRY(take_document(a, &row, &text, err));
    MR_TRY(keep_changed(s, tx, actor, &row, names_of(a, left, left_count), err));
    MR_TRY(mr_store_draft_find(tx, a, id, &row, err));
    MR_TRY(mr_draft_commit(&tx, err));
    return mr_draft_of_row(a, &row, ret, err);
}

static int find_provider(mr_service *s, mr_arena *a, mr_str org_id, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_organisation_as_provider(tx, a, org_id, ret, err));
    return ret->len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such organisation", MR_NOWHERE);
}

int mr_draft_take_provider(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_err *err)
{
    struct mr_draft draft;
    struct mr_draft_conflict conflict;
    struct mr_draft_change change = {.member = MR_STR("provider")};
    size_t conflicts;
    MR_TRY(mr_draft_open(s, actor, a, id, &draft, err));
    MR_TRY(find_provider(s, a, draft.org_id, &change.value, err));
    return mr_draft_save(s, actor, a, id, &change, 1, &conflict, &conflicts, &draft, err);
}

/* ---- languages of a draft ---- */

static mr_str without(mr_arena *a, mr_str languages, mr_str language)
{
    mr_str left = MR_STR_EMPTY, one;
    while (next_language(&languages, &one))
        if (!mr_str_eq(one, language)) left = mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(left), MR_STR_ARG(one));
    return tidy_languages(a, left);
}

/* The first language of the title is the file's primary one: put its members in this order. */
static int reorder_title(mr_arena *a, struct mr_draft_row *row, const mr_json *root, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text, title;
    const mr_json *old = mr_json_get(root, "title");
    mr_json_writer w;
    mr_str rest = row->languages, one;
    mr_buf_init(&text, MR_LIMIT_DRAFT), mr_buf_init(&title, MR_LIMIT_DRAFT);
    if (!mr_draft_is_texts(old)) return MR_OK;
    mr_json_writer_init(&w, &title, 0);
    mr_json_begin_object(&w);
    while (next_language(&rest, &one)) {
        const mr_json *value = mr_json_find_member(old, one);
        if (!value) continue;
        mr_json_put_name_str(&w, one);
        mr_json_put_value(&w, value);
    }
    MR_JSON_EACH_MEMBER (name, old) {
        if (has_language(row->languages, mr_json_text(name))) continue;
        mr_json_put_name_str(&w, mr_json_text(name));
        mr_json_put_value(&w, name + 1);
    }
    mr_json_end_object(&w);
    const struct mr_draft_change change = {MR_STR("title"), mr_arena_dup(a, mr_buf_str(&title)), MR_STR_EMPTY};
    mr_draft_write_document(root, &change, 1, &text);
    return take_document(a, row, &text, err);
}

int mr_draft_set_language(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_draft_language what,
                          mr_str language, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_draft_row row;
    struct mr_draft draft;
    if (!tidy_languages(a, language).len || language.len != 2)
        return MR_FAIL(err, MR_E_USAGE, "no such language", MR_NOWHERE);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_draft_find_row(tx, actor, MR_MAY_SPECIFICATION_EDIT, a, id, &row, err));
    MR_TRY(mr_draft_wants_state(&row, MR_DRAFT_OPEN, err));
    MR_TRY(mr_draft_of_row(a, &row, &draft, err));
    mr_str others = without(a, row.languages, language);
    if (what == MR_DRAFT_LANGUAGE_REMOVE) {
        if (mr_draft_count_texts(draft.root, language))
            return MR_FAIL_DETAIL(err, MR_E_STATE, "there are texts in this language", "texts");
        if (!others.len) return MR_FAIL_DETAIL(err, MR_E_STATE, "it is the only language", "last");
        row.languages = others;
    } else if (what == MR_DRAFT_LANGUAGE_FIRST)
        row.languages = tidy_languages(a, mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(language), MR_STR_ARG(others)));
    else
        row.languages =
            tidy_languages(a, mr_arena_format(a, "%.*s %.*s", MR_STR_ARG(row.languages), MR_STR_ARG(language)));
    MR_TRY(reorder_title(a, &row, draft.root, err));
    MR_TRY(keep_changed(s, tx, actor, &row, MR_STR("draft.languages"), err));
    return mr_draft_commit(&tx, err);
}
