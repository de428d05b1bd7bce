/* A list of what is refused, and not of what is allowed: drawing programs add elements and attributes of their own, which do nothing. Where a value could
 * hide an address (an escape of CSS), it is refused without looking further. */
#include "credential/svg_active.h"

#define XHTML "http://www.w3.org/1999/xhtml"
#define EVENTS "http://www.w3.org/2001/xml-events"
#define XLINK "http://www.w3.org/1999/xlink"
#define XML "http://www.w3.org/XML/1998/namespace"

const char *mr_svg_local(const char *name)
{
    const char *separator = strrchr(name, '\n');
    return separator ? separator + 1 : name;
}

static bool is_of(const char *name, const char *space)
{
    size_t size = strlen(space);
    return strncmp(name, space, size) == 0 && name[size] == '\n';
}

static bool is_bare(const char *name)
{
    return !strchr(name, '\n');
}

static bool is_word(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq_ascii_nocase(mr_str_of(word), mr_str_of(words[i]))) return true;
    return false;
}
#define IS_ONE_OF(word, list) is_word((word), (list), sizeof(list) / sizeof *(list))

/* First occurrence without regard to the case of letters; `needle` in lower case. */
static ptrdiff_t find(mr_str s, const char *needle)
{
    size_t size = strlen(needle);
    for (size_t i = 0; i + size <= s.len; i++)
        if (mr_str_eq_ascii_nocase(mr_str_make(s.ptr + i, size), mr_str_of(needle))) return (ptrdiff_t)i;
    return -1;
}

static bool begins(mr_str s, const char *word)
{
    size_t size = strlen(word);
    return s.len >= size && mr_str_eq_ascii_nocase(mr_str_make(s.ptr, size), mr_str_of(word));
}

/* An address within the picture: a fragment, or a picture of dots that comes along. */
static bool stays_here(mr_str address)
{
    static const char *const pictures[] = {"data:image/png;", "data:image/jpeg;", "data:image/jpg;", "data:image/gif;",
                                           "data:image/webp;"};
    address = mr_str_trim(address);
    if (address.len == 0 || address.ptr[0] == '#') return true;
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        if (begins(address, pictures[i])) return true;
    return false;
}

/* Every url(...) of a value leads to a place within the picture. */
static bool urls_stay_here(mr_str value)
{
    for (ptrdiff_t at; (at = find(value, "url(")) >= 0;) {
        value = mr_str_trim(mr_str_from(value, (size_t)at + 4));
        mr_str address = value;
        if (address.len && (address.ptr[0] == '"' || address.ptr[0] == '\'')) address = mr_str_from(address, 1);
        if (!stays_here(address) || mr_str_trim(address).len == 0) return false;
    }
    return true;
}

static bool is_hidden_call(mr_str value)
{
    return find(value, "javascript:") >= 0 || find(value, "vbscript:") >= 0 || find(value, "data:text/html") >= 0;
}

const char *mr_svg_active_style(mr_str css)
{
    /* An escape could write any of the words below in another way. */
    if (mr_str_find_char(css, '\\') >= 0) return "svg.style";
    if (find(css, "@import") >= 0 || find(css, "image-set") >= 0 || !urls_stay_here(css)) return "svg.elsewhere";
    return find(css, "expression(") >= 0 || is_hidden_call(css) ? "svg.script" : NULL;
}

static const char *active_value(const char *local, mr_str value)
{
    if (strcmp(local, "style") == 0 || mr_str_find_char(value, '(') >= 0) {
        const char *why = mr_svg_active_style(value);
        if (why) return why;
    }
    return is_hidden_call(value) ? "svg.script" : NULL;
}

/* Attributes of other namespaces mean nothing to a reader of SVG. */
static const char *active_attribute(const char *name, mr_str value)
{
    static const char *const addresses[] = {"href", "src", "base", "from-href", "data", "action"};
    const char *local = mr_svg_local(name);
    if (is_of(name, EVENTS)) return "svg.event";
    if (!is_bare(name) && !is_of(name, XLINK) && !is_of(name, XML)) return NULL;
    if (is_bare(name) && begins(mr_str_of(local), "on")) return "svg.event";
    const char *why = active_value(local, value);
    if (why) return why;
    return IS_ONE_OF(local, addresses) && !stays_here(value) ? "svg.elsewhere" : NULL;
}

/* An animation may set any attribute: none that calls, acts, or says how things look in ways of its own. */
static bool animates_call(const char *local, const char *const *attributes)
{
    static const char *const animations[] = {"set", "animate", "animatetransform", "animatemotion", "animatecolor"};
    if (!IS_ONE_OF(local, animations)) return false;
    for (size_t i = 0; attributes[i]; i += 2) {
        if (strcmp(attributes[i], "attributeName") != 0) continue;
        mr_str target = mr_str_trim(mr_str_of(attributes[i + 1]));
        if (begins(target, "on") || find(target, "href") >= 0 || mr_str_is(target, "style")) return true;
    }
    return false;
}

const char *mr_svg_active_element(const char *name, const char *const *attributes, const char **ret_what)
{
    static const char *const scripts[] = {"script", "handler", "listener"};
    static const char *const foreign[] = {"foreignobject", "iframe", "embed", "object", "audio", "video", "canvas"};
    const char *local = mr_svg_local(name);
    *ret_what = local;
    if (IS_ONE_OF(local, scripts)) return "svg.script";
    if (is_of(name, XHTML) || is_of(name, EVENTS) || IS_ONE_OF(local, foreign)) return "svg.foreign";
    if (animates_call(local, attributes)) return "svg.animation";
    for (size_t i = 0; attributes[i]; i += 2) {
        const char *why = active_attribute(attributes[i], mr_str_of(attributes[i + 1]));
        *ret_what = mr_svg_local(attributes[i]);
        if (why) return why;
    }
    return NULL;
}

const char *mr_svg_active_instruction(const char *target)
{
    return mr_str_eq_ascii_nocase(mr_str_of(target), MR_STR("xml-stylesheet")) ? "svg.stylesheet" : NULL;
}

bool mr_svg_is_style(const char *name)
{
    return strcmp(mr_svg_local(name), "style") == 0;
}
