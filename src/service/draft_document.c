#include "service/draft_document.h"

#include "base/limits.h"
#include "json/write.h"

#include <inttypes.h>

static const char *const order[] = {"specification",
                                    "id",
                                    "version",
                                    "title",
                                    "description",
                                    "provider",
                                    "awarding_bodies",
                                    "learning_outcomes",
                                    "workload",
                                    "level",
                                    "assessment",
                                    "participation",
                                    "quality_assurance",
                                    "prerequisites",
                                    "supervision",
                                    "stackability",
                                    "further_information",
                                    "type",
                                    "setting",
                                    "fields",
                                    "languages",
                                    "schedule",
                                    "content",
                                    "purpose",
                                    "target_group",
                                    "price",
                                    "funding",
                                    "recognition_policy",
                                    "regulated_profession",
                                    "homepage",
                                    "review_by",
                                    "valid_months",
                                    "partial_qualification"};
enum { ORDER_COUNT = sizeof order / sizeof *order };

const char *mr_draft_member_at(size_t place)
{
    return place < ORDER_COUNT ? order[place] : NULL;
}

size_t mr_draft_member_place(mr_str member)
{
    for (size_t i = 0; i < ORDER_COUNT; i++)
        if (mr_str_is(member, order[i])) return i;
    return SIZE_MAX;
}

/* FNV-1a over the canonical form; a number that no double can hold (JCS refuses it) is taken as it is written. */
mr_str mr_draft_mark(mr_arena *a, const mr_json *value)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    uint64_t h = 0xcbf29ce484222325u;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    if (!value) return MR_STR("-");
    if (mr_json_canonicalise(value, &text, NULL) != MR_OK) {
        mr_json_writer w;
        mr_buf_clear(&text);
        mr_json_writer_init(&w, &text, 0);
        mr_json_put_value(&w, value);
    }
    for (size_t i = 0; i < text.len; i++) h = (h ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
    return mr_arena_format(a, "%016" PRIx64, h);
}

static const struct mr_draft_change *change_of(const struct mr_draft_change *changes, size_t count, mr_str member)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq(changes[i].member, member)) return &changes[i];
    return NULL;
}

static void put_member(mr_json_writer *w, mr_str member, const mr_json *old, const struct mr_draft_change *change)
{
    if (change && !change->value.len) return;
    if (!change && !old) return;
    mr_json_put_name_str(w, member);
    if (change)
        mr_json_put_raw(w, change->value);
    else
        mr_json_put_value(w, old);
}

void mr_draft_write_document(const mr_json *document, const struct mr_draft_change *changes, size_t count, mr_buf *out)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    for (size_t i = 0; i < ORDER_COUNT; i++) {
        mr_str member = mr_str_of(order[i]);
        put_member(&w, member, mr_json_find_member(document, member), change_of(changes, count, member));
    }
    MR_JSON_EACH_MEMBER (name, document) {
        mr_str member = mr_json_text(name);
        if (mr_draft_member_place(member) != SIZE_MAX) continue;
        put_member(&w, member, name + 1, change_of(changes, count, member));
    }
    mr_json_end_object(&w);
}

/* ---- languages ---- */

static bool is_language(mr_str name)
{
    return name.len == 2 && name.ptr[0] >= 'a' && name.ptr[0] <= 'z' && name.ptr[1] >= 'a' && name.ptr[1] <= 'z';
}

bool mr_draft_is_texts(const mr_json *value)
{
    if (!mr_json_is(value, MR_JSON_OBJECT) || !mr_json_count(value)) return false;
    MR_JSON_EACH_MEMBER (name, value)
        if (!is_language(mr_json_text(name)) || !mr_json_is(name + 1, MR_JSON_STRING)) return false;
    return true;
}

/* The nodes lie in document order, one behind the other, so that every object is met in one pass. */
size_t mr_draft_count_texts(const mr_json *document, mr_str language)
{
    size_t count = 0;
    for (const mr_json *v = document, *end = document + document->skip; v < end; v++)
        count += mr_draft_is_texts(v) && mr_json_find_member(v, language);
    return count;
}

size_t mr_draft_lacking(mr_arena *a, const mr_json *document, mr_str language, mr_str *pointers, size_t most)
{
    size_t count = 0;
    for (const mr_json *v = document, *end = document + document->skip; v < end; v++) {
        char pointer[224];
        if (!mr_draft_is_texts(v) || mr_json_find_member(v, language)) continue;
        mr_json_pointer(document, v, pointer, sizeof pointer);
        if (count < most) pointers[count] = mr_arena_dup(a, mr_str_of(pointer));
        count++;
    }
    return count;
}

/* ---- versions ---- */

mr_str mr_draft_next_version(mr_arena *a, mr_str version)
{
    size_t digits = 0;
    uint64_t number;
    while (digits < version.len && digits < 9 && version.ptr[version.len - 1 - digits] >= '0' &&
           version.ptr[version.len - 1 - digits] <= '9')
        digits++;
    size_t before = version.len - digits;
    if (digits && mr_str_to_u64(mr_str_from(version, before), &number))
        return mr_arena_format(a, "%.*s%" PRIu64, (int)before, version.ptr, number + 1);
    return mr_arena_format(a, "%.*s%s2", MR_STR_ARG(version), version.len ? "." : "");
}
