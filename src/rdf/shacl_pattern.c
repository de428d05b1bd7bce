/* PCRE2 behind an arena: its memory functions take from the arena and give nothing back. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rdf/shacl_pattern.h"

#include "base/lazy.h"
#include "base/limits.h"

#include <pcre2.h>

#define PCRE2_FUNCTIONS(F)                                                                                             \
    F(pcre2_general_context_create_8)                                                                                  \
    F(pcre2_compile_context_create_8)                                                                                  \
    F(pcre2_set_max_pattern_length_8)                                                                                  \
    F(pcre2_compile_8)                                                                                                 \
    F(pcre2_get_error_message_8)                                                                                       \
    F(pcre2_match_context_create_8)                                                                                    \
    F(pcre2_set_match_limit_8)                                                                                         \
    F(pcre2_set_heap_limit_8)                                                                                          \
    F(pcre2_match_data_create_8)                                                                                       \
    F(pcre2_match_8)
MR_LAZY_LIBRARY(pcre2, "libpcre2-8.so.0", PCRE2_FUNCTIONS)

struct mr_pattern {
    pcre2_code_8 *code;
};

struct mr_matcher {
    pcre2_match_context_8 *context;
    pcre2_match_data_8 *data;
};

/* PCRE2 counts the steps from each place of the text anew, so the trouble that a match can make is its length times this. Most take few steps; the
 * budget is charged for many only when few were not enough. */
enum { FEW_STEPS = 256, STEPS_A_UNIT = 32 };

static void *take_memory(size_t size, void *arena)
{
    return mr_arena_alloc(arena, size);
}

static void leave_memory(void *memory, void *arena)
{
    (void)memory, (void)arena; /* goes with the arena */
}

static int read_flags(mr_str flags, uint32_t *ret, struct mr_err *err)
{
    /* "$" is the end of the text, not the place before a last line feed (XPath and XQuery functions 5.6.1). */
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    for (size_t i = 0; i < flags.len; i++) {
        switch (flags.ptr[i]) {
        case 's': options |= PCRE2_DOTALL; break;
        case 'm': options |= PCRE2_MULTILINE; break;
        case 'i': options |= PCRE2_CASELESS; break;
        case 'x': options |= PCRE2_EXTENDED; break;
        case 'q': options |= PCRE2_LITERAL; break;
        default:
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "a flag that is none of s, m, i, x, q", "%.*s", MR_STR_ARG(flags));
        }
    }
    /* With q the others but i have no meaning (5.6.2), and PCRE2 refuses them. */
    if (options & PCRE2_LITERAL) options &= PCRE2_LITERAL | PCRE2_UTF | PCRE2_CASELESS;
    *ret = options;
    return MR_OK;
}

int mr_pattern_compile(mr_arena *a, mr_str text, mr_str flags, const mr_pattern **ret, struct mr_err *err)
{
    int number;
    uint32_t options = 0;
    PCRE2_SIZE where;
    PCRE2_UCHAR8 message[160];
    MR_TRY(pcre2_load(err));
    MR_TRY(read_flags(flags, &options, err));
    mr_pattern *p = MR_NEW(a, mr_pattern);
    pcre2_general_context_8 *memory = pcre2_table.pcre2_general_context_create_8(take_memory, leave_memory, a);
    pcre2_compile_context_8 *context = memory ? pcre2_table.pcre2_compile_context_create_8(memory) : NULL;
    if (!p || !context) return MR_FAIL(err, MR_E_NOMEM, "a regular expression", MR_NOWHERE);
    pcre2_table.pcre2_set_max_pattern_length_8(context, MR_LIMIT_PATTERN);
    p->code = pcre2_table.pcre2_compile_8((PCRE2_SPTR8)(text.ptr ? text.ptr : ""), text.len, options, &number, &where,
                                          context);
    if (!p->code && number == PCRE2_ERROR_HEAP_FAILED) return MR_FAIL(err, MR_E_NOMEM, "a regular expression", where);
    if (!p->code) {
        pcre2_table.pcre2_get_error_message_8(number, message, sizeof message);
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "a regular expression that cannot be read", "%s (octet %zu)",
                              (const char *)message, where);
    }
    *ret = p;
    return MR_OK;
}

int mr_matcher_new(mr_arena *a, mr_matcher **ret, struct mr_err *err)
{
    MR_TRY(pcre2_load(err));
    mr_matcher *m = MR_NEW(a, mr_matcher);
    pcre2_general_context_8 *memory = pcre2_table.pcre2_general_context_create_8(take_memory, leave_memory, a);
    if (!m || !memory) return MR_FAIL(err, MR_E_NOMEM, "a regular expression", MR_NOWHERE);
    m->context = pcre2_table.pcre2_match_context_create_8(memory);
    m->data = pcre2_table.pcre2_match_data_create_8(1, memory);
    if (!m->context || !m->data) return MR_FAIL(err, MR_E_NOMEM, "a regular expression", MR_NOWHERE);
    pcre2_table.pcre2_set_heap_limit_8(m->context, MR_LIMIT_PATTERN_HEAP_KIB);
    *ret = m;
    return MR_OK;
}

static int match_within(mr_matcher *m, const mr_pattern *p, mr_str text, uint32_t steps, uint64_t *work, int *ret,
                        struct mr_err *err)
{
    uint64_t cost = ((uint64_t)text.len + 1) * (steps / STEPS_A_UNIT);
    if (cost > *work) return MR_FAIL(err, MR_E_LIMIT, "too much text to match against patterns", MR_NOWHERE);
    *work -= cost;
    pcre2_table.pcre2_set_match_limit_8(m->context, steps);
    *ret = pcre2_table.pcre2_match_8(p->code, (PCRE2_SPTR8)(text.ptr ? text.ptr : ""), text.len, 0, 0, m->data,
                                     m->context);
    return MR_OK;
}

int mr_pattern_match(mr_matcher *m, const mr_pattern *p, mr_str text, uint64_t *work, bool *ret, struct mr_err *err)
{
    int result;
    MR_TRY(match_within(m, p, text, FEW_STEPS, work, &result, err));
    if (result == PCRE2_ERROR_MATCHLIMIT) MR_TRY(match_within(m, p, text, MR_LIMIT_PATTERN_STEPS, work, &result, err));
    if (result >= 0 || result == PCRE2_ERROR_NOMATCH) return *ret = result >= 0, MR_OK;
    if (result == PCRE2_ERROR_NOMEMORY) return MR_FAIL(err, MR_E_NOMEM, "a match of a pattern", MR_NOWHERE);
    if (result <= PCRE2_ERROR_UTF8_ERR1 && result >= PCRE2_ERROR_UTF8_ERR21)
        return MR_FAIL(err, MR_E_UTF8, "a text to match that is not UTF-8", MR_NOWHERE);
    return MR_FAIL(err, MR_E_LIMIT, "a text that takes a pattern too many steps", MR_NOWHERE);
}
