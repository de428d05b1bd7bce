#include "json/json.h"

const mr_json *mr_json_find_member(const mr_json *object, mr_str name)
{
    MR_JSON_EACH_MEMBER (member, object)
        if (mr_str_eq(mr_json_text(member), name)) return member + 1;
    return NULL;
}

const mr_json *mr_json_at(const mr_json *array, uint32_t index)
{
    if (index >= mr_json_count(array)) return NULL;
    MR_JSON_EACH (element, array)
        if (index-- == 0) return element;
    return NULL;
}

void mr_json_place(mr_str text, size_t position, size_t *ret_line, size_t *ret_column)
{
    mr_str before = mr_str_make(text.ptr, position < text.len ? position : text.len);
    size_t line = 1, start = 0;
    for (size_t i = 0; i < before.len; i++)
        if (before.ptr[i] == '\n') line++, start = i + 1;
    size_t column = 1;
    for (size_t i = start; i < before.len; i++)
        if (((uint8_t)before.ptr[i] & 0xc0) != 0x80) column++;
    *ret_line = line, *ret_column = column;
}
