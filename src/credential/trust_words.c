/* The sentence names the register and its date, and never says "not known" where nothing could tell. */
#include "credential/trust_words.h"

mr_str mr_trust_name_list(mr_arena *a, const mr_language *l, const struct mr_trust_list *list)
{
    if (list->given_name.len) return list->given_name;
    if (mr_str_is(list->kind, "tsl") && list->territory.len)
        return MR_SAY(a, l, "trust.list.country", {"territory", list->territory}, {"operator", list->operator});
    return MR_SAY(a, l, "trust.list.other", {"name", list->name.len ? list->name : list->operator});
}

static mr_str say_day(mr_arena *a, const mr_language *l, int64_t time)
{
    return time == MR_TIME_NONE ? mr_message(l, "trust.day_unknown") : mr_say_day(a, l, time);
}

/* What the seal is worth, where a list says so. */
static mr_str add_standing(mr_arena *a, const mr_language *l, const struct mr_trust_answer *x, mr_str text)
{
    static const char *const ids[] = {[MR_STANDING_ADVANCED] = "trust.standing.advanced",
                                      [MR_STANDING_ADVANCED_QUALIFIED] = "trust.standing.advanced_qualified",
                                      [MR_STANDING_QUALIFIED] = "trust.standing.qualified"};
    if (x->state != MR_TRUST_KNOWN || !x->list || x->standing == MR_STANDING_UNDECIDED) return text;
    return mr_arena_concat(a, (const mr_str[]){text, MR_STR(" "), mr_message(l, ids[x->standing])}, 3);
}

mr_str mr_trust_say(mr_arena *a, const mr_language *l, const struct mr_trust_answer *x, mr_str issuer)
{
    const struct mr_trust_list *list = x->list;
    mr_str says = x->says.len ? x->says : mr_message(l, "trust.this_installation");
    mr_str text =
        MR_SAY(a, l, x->id, {"authority", x->party}, {"party", x->party}, {"name", x->party}, {"issuer", issuer},
               {"says", says}, {"list", list ? mr_trust_name_list(a, l, list) : MR_STR_EMPTY},
               {"date", say_day(a, l, list ? list->issued : MR_TIME_NONE)},
               {"next", say_day(a, l, list ? list->next_update : MR_TIME_NONE)}, {"day", say_day(a, l, x->at)},
               {"since", say_day(a, l, x->since)}, {"until", say_day(a, l, x->until)}, {"territory", x->territory});
    return add_standing(a, l, x, text);
}

static void put_list(const struct mr_trust_answer *x, mr_buf *out)
{
    char issued[21] = "-", next[21] = "-";
    if (x->list->issued != MR_TIME_NONE) mr_time_write(x->list->issued, issued);
    if (x->list->next_update != MR_TIME_NONE) mr_time_write(x->list->next_update, next);
    mr_buf_format(out, "; list %.*s no. %lld of %s, next update %s", MR_STR_ARG(x->list->id),
                  (long long)x->list->sequence, issued, next);
    if (x->partial) mr_buf_puts(out, "; some lists are missing here");
}

mr_str mr_trust_describe(mr_arena *a, const struct mr_trust_answer *x, mr_str subject)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 64 * 1024);
    mr_buf_put(&out, subject);
    if (x->service_type.len)
        mr_buf_format(&out, "; service %.*s, status %.*s", MR_STR_ARG(x->service_type),
                      MR_STR_ARG(x->status.len ? x->status : MR_STR("listed")));
    if (x->list) put_list(x, &out);
    if (x->says.len) mr_buf_format(&out, "; says %.*s", MR_STR_ARG(x->says));
    if (x->list && x->standing_why)
        mr_buf_format(&out, "; standing %s: %s", mr_standing_name(x->standing), x->standing_why);
    return mr_arena_dup(a, mr_buf_str(&out));
}
