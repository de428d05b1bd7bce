/* A reader of delivery reports, which anybody may write: it looks for the few fields that it needs and takes nothing for granted.
 *
 * Only parts of the first level are looked at: a report has three (a text for people, the status, the message or its headers), and a message that was sent back
 * whole may hold anything. Lines end with LF or CRLF. */
#include "net/delivery_report.h"

#include "base/limits.h"

/* ---- lines and fields ---- */

static bool next_line(mr_str *rest, mr_str *ret)
{
    if (!mr_str_split(rest, '\n', ret)) return false;
    if (ret->len && ret->ptr[ret->len - 1] == '\r') ret->len--;
    return true;
}

/* The value of a field in a block of headers that an empty line ends; its folded lines are still in it. */
static mr_str field(mr_str headers, const char *name)
{
    mr_str rest = headers, line, wanted = mr_str_of(name);
    while (next_line(&rest, &line) && line.len > 0) {
        if (line.len <= wanted.len || line.ptr[wanted.len] != ':') continue;
        if (!mr_str_eq_ascii_nocase(mr_str_make(line.ptr, wanted.len), wanted)) continue;
        const char *start = line.ptr + wanted.len + 1, *end = line.ptr + line.len;
        while (rest.ptr && rest.len && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t') && next_line(&rest, &line))
            end = line.ptr + line.len;
        return mr_str_trim(mr_str_make(start, (size_t)(end - start)));
    }
    return MR_STR_EMPTY;
}

/* What stands behind the block of headers. */
static mr_str body_of(mr_str message)
{
    mr_str line;
    while (next_line(&message, &line))
        if (line.len == 0) return message.ptr ? message : MR_STR_EMPTY;
    return MR_STR_EMPTY;
}

/* "message/delivery-status; charset=..." is of this type? */
static bool is_type(mr_str value, const char *type)
{
    mr_str main;
    mr_str_split(&value, ';', &main);
    return mr_str_eq_ascii_nocase(mr_str_trim(main), mr_str_of(type));
}

/* A parameter of a Content-Type, without its quotation marks. */
static mr_str parameter(mr_str value, const char *name)
{
    mr_str part, wanted = mr_str_of(name);
    mr_str_split(&value, ';', &part);
    while (mr_str_split(&value, ';', &part)) {
        part = mr_str_trim(part);
        if (part.len <= wanted.len || part.ptr[wanted.len] != '=') continue;
        if (!mr_str_eq_ascii_nocase(mr_str_make(part.ptr, wanted.len), wanted)) continue;
        part = mr_str_from(part, wanted.len + 1);
        if (part.len < 2 || part.ptr[0] != '"') return part;
        ptrdiff_t end = mr_str_find_char(mr_str_from(part, 1), '"');
        return end < 0 ? MR_STR_EMPTY : mr_str_make(part.ptr + 1, (size_t)end);
    }
    return MR_STR_EMPTY;
}

/* ---- parts ---- */

/* "--boundary", also with "--" or blanks behind it. */
static bool is_boundary(mr_str line, mr_str boundary, bool *ret_last)
{
    if (line.len < boundary.len + 2 || line.ptr[0] != '-' || line.ptr[1] != '-') return false;
    if (!mr_str_has_prefix(mr_str_from(line, 2), boundary)) return false;
    mr_str more = mr_str_from(line, 2 + boundary.len);
    *ret_last = mr_str_has_prefix(more, MR_STR("--"));
    return *ret_last || mr_str_trim(more).len == 0;
}

/* The next part with its headers; what stands before the first boundary is passed over. */
static bool next_part(mr_str *rest, mr_str boundary, bool *inside, mr_str *ret)
{
    const char *start = *inside && rest->ptr ? rest->ptr : NULL;
    mr_str line;
    bool last = false;
    while (next_line(rest, &line)) {
        if (!is_boundary(line, boundary, &last)) continue;
        bool had = *inside;
        *inside = !last;
        if (had && start) {
            *ret = mr_str_make(start, (size_t)(line.ptr - start));
            if (last) *rest = MR_STR_EMPTY;
            return true;
        }
        if (last) break;
        start = rest->ptr;
    }
    if (*inside && start && line.ptr) { /* cut off */
        *ret = mr_str_make(start, (size_t)(line.ptr + line.len - start));
        *inside = false;
        *rest = MR_STR_EMPTY;
        return true;
    }
    return false;
}

/* "rfc822; name@example.org" without its type. */
static mr_str without_type(mr_str value)
{
    ptrdiff_t at = mr_str_find_char(value, ';');
    return at < 0 ? mr_str_trim(value) : mr_str_trim(mr_str_from(value, (size_t)at + 1));
}

static mr_delivery_outcome outcome_of(mr_str action)
{
    static const struct {
        const char *word;
        mr_delivery_outcome outcome;
    } words[] = {{"failed", MR_DELIVERY_FAILED},
                 {"delayed", MR_DELIVERY_DELAYED},
                 {"delivered", MR_DELIVERY_DONE},
                 {"relayed", MR_DELIVERY_DONE},
                 {"expanded", MR_DELIVERY_DONE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (mr_str_eq_ascii_nocase(action, mr_str_of(words[i].word))) return words[i].outcome;
    return MR_DELIVERY_UNKNOWN;
}

/* The blocks of a delivery-status part: the first is about the message, each further one about one recipient (RFC 3464 section 2.1). */
static void read_status(mr_str part, struct mr_delivery_report *ret)
{
    mr_str blocks = body_of(part);
    for (bool first = true; blocks.ptr && blocks.len; first = false, blocks = body_of(blocks)) {
        mr_delivery_outcome outcome = outcome_of(field(blocks, "Action"));
        if (first && outcome == MR_DELIVERY_UNKNOWN) continue;
        if (outcome == MR_DELIVERY_UNKNOWN || ret->outcome == MR_DELIVERY_FAILED) continue;
        if (ret->outcome != MR_DELIVERY_UNKNOWN && outcome != MR_DELIVERY_FAILED) continue;
        mr_str recipient = field(blocks, "Final-Recipient");
        ret->outcome = outcome;
        ret->recipient = without_type(recipient.len ? recipient : field(blocks, "Original-Recipient"));
        ret->status = field(blocks, "Status");
        ret->answer = without_type(field(blocks, "Diagnostic-Code"));
    }
}

static mr_str between_brackets(mr_str value)
{
    ptrdiff_t open = mr_str_find_char(value, '<');
    if (open < 0) return MR_STR_EMPTY;
    value = mr_str_from(value, (size_t)open + 1);
    ptrdiff_t close = mr_str_find_char(value, '>');
    return close < 0 ? MR_STR_EMPTY : mr_str_make(value.ptr, (size_t)close);
}

/* Folded lines become blanks: what is shown is one line. */
static int unfold(mr_arena *a, mr_str *text, struct mr_err *err)
{
    if (mr_str_find_char(*text, '\n') < 0) return MR_OK;
    mr_str copy = mr_arena_dup(a, *text);
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a report", MR_NOWHERE);
    char *c = (char *)copy.ptr; /* ours */
    for (size_t i = 0; i < copy.len; i++)
        if (c[i] == '\n' || c[i] == '\r') c[i] = ' ';
    *text = copy;
    return MR_OK;
}

int mr_delivery_report_read(mr_arena *a, mr_str message, struct mr_delivery_report *ret, struct mr_err *err)
{
    *ret = (struct mr_delivery_report){0};
    mr_str type = field(message, "Content-Type"), part;
    if (!is_type(type, "multipart/report")) return MR_OK;
    MR_TRY(unfold(a, &type, err));
    mr_str boundary = parameter(type, "boundary"), rest = body_of(message);
    bool inside = false;
    if (boundary.len == 0 || boundary.len > 70) return MR_OK;
    for (int parts = 0; parts < MR_LIMIT_REPORT_PARTS && next_part(&rest, boundary, &inside, &part); parts++) {
        mr_str kind = field(part, "Content-Type");
        if (is_type(kind, "message/delivery-status") || is_type(kind, "message/global-delivery-status"))
            read_status(part, ret);
        else if (is_type(kind, "text/rfc822-headers") || is_type(kind, "message/rfc822") ||
                 is_type(kind, "message/global") || is_type(kind, "message/global-headers"))
            ret->message_id = between_brackets(field(body_of(part), "Message-ID"));
    }
    return unfold(a, &ret->answer, err);
}

/* ---- mailboxes ---- */

bool mr_mbox_next(mr_str *rest, mr_str *ret_message, bool *ret_whole)
{
    mr_str line, at = *rest;
    const char *start = NULL;
    bool blank = true;
    while (at.ptr && at.len && next_line(&at, &line)) {
        if (blank && mr_str_has_prefix(line, MR_STR("From "))) {
            if (start) {
                *ret_message = mr_str_make(start, (size_t)(line.ptr - start));
                *rest = mr_str_make(line.ptr, (size_t)(rest->ptr + rest->len - line.ptr));
                *ret_whole = true;
                return true;
            }
            start = at.ptr ? at.ptr : line.ptr + line.len;
        }
        blank = line.len == 0;
    }
    if (!start) return false;
    const char *end = rest->ptr + rest->len;
    *ret_message = mr_str_make(start, (size_t)(end - start));
    *ret_whole = blank;
    *rest = mr_str_make(end, 0);
    return true;
}
