/* Reads any bytes as what was sent with the form for specifications, writes the document with it, and shows that again: what is written is always JSON, what is shown
 * is always a view, and neither is a crash. The first byte chooses the page of the form, and whether the address asks for anything; up to the first line feed stands a
 * document that was there before, which may be none. */
#include "base/limits.h"
#include "web/draft_form.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right)
{
    if (!right) abort();
}

static const mr_json *document_of(mr_arena *a, mr_str text)
{
    const mr_json *root = NULL;
    if (mr_json_parse(a, text, NULL, &root, NULL) == MR_OK && mr_json_is(root, MR_JSON_OBJECT)) return root;
    must(mr_json_parse(a, MR_STR("{\"title\":{\"en\":\"A\"}}"), NULL, &root, NULL) == MR_OK);
    return root;
}

static void show(mr_page *p, const struct mr_draft *d, const mr_json *root, const struct mr_draft_section *section)
{
    MR_CLEANUP(mr_buf_done) mr_buf view;
    const mr_json *read;
    const struct mr_draft_form form = {.page = p,
                                       .draft = d,
                                       .root = root,
                                       .add = mr_http_query(p->request, "add"),
                                       .open = mr_http_query(p->request, "open"),
                                       .search = mr_http_query(p->request, "search")};
    mr_buf_init(&view, MR_LIMIT_PAGE);
    mr_json_writer_init(&p->view, &view, 0);
    mr_json_begin_object(&p->view);
    mr_draft_form_put(&form, section);
    for (size_t i = 0; i < section->field_count; i++)
        mr_draft_tell(p, mr_arena_format(p->arena, "told.%zu", i).ptr, &section->fields[i],
                      mr_json_get(root, section->fields[i].name));
    mr_json_end_object(&p->view);
    if (mr_buf_failed(&view)) return; /* more than a page may have */
    int code = mr_json_parse(p->arena, mr_buf_str(&view), NULL, &read, NULL);
    must(code == MR_OK || code == MR_E_NOMEM);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct mr_draft_change changes[MR_DRAFT_SECTION_FIELDS];
    size_t count = 0;
    const mr_json *root = NULL;
    if (size < 2) return 0;
    mr_arena_init(&a, MR_LIMIT_HTTP_MEMORY);
    mr_buf_init(&text, 4 * MR_LIMIT_DRAFT);
    mr_str rest = mr_arena_dup(&a, mr_str_make((const char *)data + 1, size - 1)), before = MR_STR_EMPTY;
    mr_str_split(&rest, '\n', &before);
    const struct mr_draft_section *section = mr_draft_section_at((data[0] & 7u));
    const struct mr_http_header type = {MR_STR("Content-Type"), MR_STR("application/x-www-form-urlencoded")};
    const mr_http_request request = {.method = MR_POST,
                                     .path = MR_STR("/"),
                                     .query = data[0] & 8 ? rest : MR_STR_EMPTY,
                                     .body = rest,
                                     .headers = &type,
                                     .header_count = 1,
                                     .arena = &a};
    mr_page page = {.request = &request, .arena = &a, .language = mr_language_english(), .actor = &mr_actor_operator};
    struct mr_draft draft = {.id = MR_STR("x"), .languages = MR_STR("en da"), .root = document_of(&a, before)};
    if (mr_draft_form_read(&page, &draft, section, changes, &count, NULL) != MR_OK) return 0;
    must(count <= section->field_count);
    mr_draft_write_document(draft.root, changes, count, &text);
    if (mr_buf_failed(&text)) return 0;
    int code = mr_json_parse(&a, mr_buf_str(&text), NULL, &root, NULL);
    must(code == MR_OK || code == MR_E_NOMEM || code == MR_E_LIMIT);
    if (code == MR_OK) show(&page, &draft, root, section);
    return 0;
}
