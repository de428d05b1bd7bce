/* `merit seal extend` and `merit seal due`: keep sealed files verifiable over the years.
 *
 * Words are files or folders; of a folder all files ending in .jsonld or .json are taken, one at a time, so that memory does not grow with the archive. A file
 * is replaced whole or not at all. A run that was stopped is simply started again: what has reached its level is left as it is.
 *
 * When three files in a row fail because somebody did not answer, the run stops: then it is the time-stamp authority or the line, and every further file would
 * wait for the same silence. One refused file of its own fault stops nothing. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "credential/trust.h"
#include "proof/jades.h"
#include "service/evidence.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char extend_help[] =
    "merit seal extend FILE... : give older seals what they need to stay verifiable. A FILE may be a folder.\n\n"
    "  merit seal extend wound-care.jsonld --timestamp http://tsa.example/ --out extended\n"
    "  merit seal extend archive/ --due 400 --timestamp http://tsa.example/ --in-place\n\n"
    "  --level LEVEL     T (a time-stamp), LT (and proof that nothing was revoked), LTA (made for keeping; the "
    "default)\n"
    "  --timestamp URL   time-stamp authority (RFC 3161)\n"
    "  --out DIR         write the extended files there, under their own names; what is there already stays\n"
    "  --in-place        replace each file by its extended form\n"
    "  --due DAYS        renew also what has reached its level, when it lasts less than so many days\n"
    "  --renew           renew all of them\n"
    "  --trust DIR       certificates (PEM) of those you let vouch for seals; also MERIT_TRUST\n"
    "  --fetch-from URL  authorities whose addresses begin so may be asked although they are not public\n"
    "  --lang LANG       language of messages\n"
    "  --quiet           no line for each file\n\n"
    "What was sealed stays as it is, octet by octet; only evidence is added. A seal that does not hold, or was "
    "revoked\n"
    "before anything shows when it was made, is not extended. Safe to run again.\n"
    "Exit status: 0 all done, 1 some could not be extended, 2 a wrong call or a file that cannot be read.\n";

static const char due_help[] =
    "merit seal due FILE... [--days N]: which sealed files must be extended soon? A FILE may be a folder.\n\n"
    "  merit seal due archive/ --days 400\n\n"
    "  --days N          tell those that last less than N days (400)\n"
    "  --trust DIR       certificates (PEM) of those you let vouch for seals; also MERIT_TRUST\n"
    "  --lang LANG       language of messages\n"
    "  --quiet           the lines alone, without the sentence below them\n\n"
    "A line for each: the day until which it lasts, its level, the file. Nothing is asked and nothing changed.\n"
    "Exit status: 0 none is due, 1 some are, 2 a wrong call or a file that cannot be read.\n";

enum { FOLDERS = 32 /* within each other */, SILENCES = 3 /* in a row */ };

struct walk {
    const mr_env *env;
    const mr_language *l;
    const char *out;
    bool in_place, renew, quiet, due_only, progress;
    mr_jades_level level;
    int64_t until; /* what does not last to here is due; MR_TIME_NONE: nothing is */
    mr_trust trust;
    mr_evidence_client *client;
    mr_arena all, a; /* of the run; of one file */
    mr_buf result;
    size_t seen, done, kept, refused, others, due;
    unsigned silences;
    bool unreadable, stopped;
    int64_t shown;
};

static void walk_done(struct walk *w)
{
    mr_evidence_client_free(w->client);
    mr_trust_done(&w->trust);
    mr_buf_done(&w->result);
    mr_arena_done(&w->a);
    mr_arena_done(&w->all);
}

/* ---- telling ---- */

static void clear_progress(const struct walk *w)
{
    if (w->progress) fputs("\r\033[K", stderr);
}

static void show_progress(struct walk *w)
{
    int64_t now = mr_env_now(w->env);
    if (!w->progress || now - w->shown < 100) return;
    w->shown = now;
    fprintf(stderr, "\r%zu files, %zu extended, %zu not \033[K", w->seen, w->done, w->refused);
}

static void say(const struct walk *w, FILE *to, mr_str sentence)
{
    clear_progress(w);
    mr_cli_put_visible(to, sentence.ptr ? sentence.ptr : "");
    fputc('\n', to);
}

static mr_str day(struct walk *w, int64_t time)
{
    char text[11] = "-";
    if (time != MR_TIME_NONE && time != INT64_MAX) mr_date_write(mr_date_of_time(time), text);
    return mr_arena_dup(&w->a, mr_str_of(text));
}

static mr_str why(struct walk *w, const struct mr_err *err)
{
    const char *message = err->message ? err->message : mr_code_text(err->code);
    return mr_arena_format(&w->a, err->detail[0] ? "%s (%s)" : "%s%s", message, err->detail);
}

static void refuse(struct walk *w, const char *path, const struct mr_err *err)
{
    bool silent = err->code == MR_E_NET;
    const char *id = silent ? "extend.unanswered" : err->code == MR_E_SIGNATURE ? "extend.broken" : "extend.refused";
    w->refused++;
    w->silences = silent ? w->silences + 1 : 0;
    w->stopped = w->silences == SILENCES;
    say(w, stderr, MR_SAY(&w->a, w->l, id, {"file", mr_str_of(path)}, {"why", why(w, err)}));
    if (w->stopped) say(w, stderr, mr_message(w->l, "extend.stopped"));
}

static void cannot_read(struct walk *w, const char *path, const struct mr_err *err)
{
    clear_progress(w);
    (void)!mr_cli_fail(err, path, MR_STR_EMPTY);
    w->unreadable = true;
}

/* ---- one file ---- */

static int extend(struct walk *w, mr_str text, bool renew, bool *ret_changed, int64_t *ret_until, struct mr_err *err)
{
    const struct mr_jades_extending how = {.level = w->level,
                                           .renew = renew,
                                           .now = mr_env_now(w->env),
                                           .timestamp = mr_evidence_client_timestamp(w->client),
                                           .timestamp_self = w->client,
                                           .evidence = mr_evidence_client_source(w->client),
                                           .anchors = w->trust.anchors,
                                           .anchor_count = w->trust.count};
    mr_buf_clear(&w->result);
    return mr_jades_extend(&how, text, &w->a, &w->result, ret_changed, ret_until, err);
}

static const char *target_of(struct walk *w, const char *path)
{
    const char *slash = strrchr(path, '/');
    return w->in_place ? path : mr_arena_format(&w->a, "%s/%s", w->out, slash ? slash + 1 : path).ptr;
}

static int put_result(struct walk *w, const char *path, const char *target, struct mr_err *err)
{
    struct stat st;
    int mode = w->in_place && stat(path, &st) == 0 ? (int)(st.st_mode & 0777) : 0644;
    return mr_file_write(target, mr_buf_str(&w->result), mode, w->in_place, err);
}

static int extend_text(struct walk *w, const char *path, mr_str text, struct mr_err *err)
{
    bool changed = false;
    int64_t until = MR_TIME_NONE;
    const char *target = target_of(w, path);
    if (!target) return MR_FAIL(err, MR_E_NOMEM, "no memory for a file name", MR_NOWHERE);
    if (!w->in_place && mr_file_exists(target)) {
        w->kept++;
        return MR_OK;
    }
    MR_TRY(extend(w, text, w->renew, &changed, &until, err));
    if (!changed && w->until != MR_TIME_NONE && until < w->until) MR_TRY(extend(w, text, true, &changed, &until, err));
    w->silences = 0;
    if (changed) MR_TRY(put_result(w, path, target, err));
    *(changed ? &w->done : &w->kept) += 1;
    if (w->quiet) return MR_OK;
    mr_str level = mr_str_of(mr_jades_level_name(w->level));
    say(w, stdout,
        MR_SAY(&w->a, w->l, changed ? "extend.done" : "extend.kept", {"file", mr_str_of(path)}, {"level", level},
               {"day", day(w, until)}));
    return MR_OK;
}

static int tell_due(struct walk *w, const char *path, mr_str text, const mr_json *root, struct mr_err *err)
{
    mr_jades j;
    MR_TRY(mr_jades_verify(&w->a, text, root, w->trust.anchors, w->trust.count, mr_env_now(w->env), &j, err));
    bool holds = j.signature.state == MR_PASSED;
    bool is_due = holds && j.lasts_until < w->until;
    if (!holds)
        say(w, stderr,
            MR_SAY(&w->a, w->l, "extend.broken", {"file", mr_str_of(path)}, {"why", mr_str_of(j.signature.id)}));
    w->refused += !holds;
    w->due += is_due;
    if (is_due)
        say(w, stdout,
            mr_arena_format(&w->a, "%.*s  %-9s  %s", MR_STR_ARG(day(w, j.lasts_until)), mr_jades_level_name(j.level),
                            path));
    mr_jades_done(&j);
    return MR_OK;
}

/* named: on the command line; what is found in a folder may be anything. */
static void take_file(struct walk *w, const char *path, bool named)
{
    struct mr_err err = {0};
    const mr_json *root = NULL;
    mr_str text;
    mr_arena_reset(&w->a);
    show_progress(w);
    if (mr_file_read(&w->a, path, MR_LIMIT_DOCUMENT, &text, &err) != MR_OK) {
        cannot_read(w, path, &err);
        return;
    }
    bool is_seal = mr_json_parse(&w->a, text, NULL, &root, &err) == MR_OK && mr_jades_is(root);
    if (!is_seal && !named) {
        w->others++;
        return;
    }
    w->seen++;
    int code = is_seal ? MR_OK : MR_FAIL(&err, MR_E_FORMAT, "this is no seal in JSON serialization", MR_NOWHERE);
    if (code == MR_OK) code = w->due_only ? tell_due(w, path, text, root, &err) : extend_text(w, path, text, &err);
    if (code != MR_OK) refuse(w, path, &err);
}

/* ---- folders ---- */

static bool is_sealed_name(const char *name)
{
    mr_str s = mr_str_of(name);
    return name[0] != '.' && (mr_str_has_suffix(s, MR_STR(".jsonld")) || mr_str_has_suffix(s, MR_STR(".json")));
}

struct level_of_walk {
    DIR *folder;
    size_t length; /* of its path */
};

/* The next entry of the innermost folder; links are not followed, so that no walk has a circle. */
static bool step(struct walk *w, struct level_of_walk *levels, size_t *depth, char path[PATH_MAX])
{
    struct level_of_walk *here = &levels[*depth - 1];
    struct dirent *entry = readdir(here->folder);
    struct stat st;
    if (!entry) {
        closedir(here->folder);
        --*depth;
        return *depth > 0;
    }
    if (entry->d_name[0] == '.') return true;
    int size = snprintf(path + here->length, PATH_MAX - here->length, "/%s", entry->d_name);
    if (size < 0 || (size_t)size >= PATH_MAX - here->length || lstat(path, &st) != 0) return true;
    if (S_ISREG(st.st_mode) && is_sealed_name(entry->d_name)) take_file(w, path, false);
    DIR *inner = S_ISDIR(st.st_mode) && *depth < FOLDERS ? opendir(path) : NULL;
    if (inner) levels[(*depth)++] = (struct level_of_walk){inner, here->length + (size_t)size};
    return true;
}

static void take_folder(struct walk *w, const char *folder)
{
    struct level_of_walk levels[FOLDERS];
    char path[PATH_MAX];
    size_t depth = 0;
    int size = snprintf(path, sizeof path, "%s", folder);
    DIR *d = size > 0 && (size_t)size < sizeof path ? opendir(folder) : NULL;
    if (!d) {
        const struct mr_err err = {.code = MR_E_IO, .message = "a folder cannot be read", .position = MR_NOWHERE};
        cannot_read(w, folder, &err);
        return;
    }
    levels[depth++] = (struct level_of_walk){d, (size_t)size};
    while (!w->stopped && step(w, levels, &depth, path)) continue;
    while (depth) closedir(levels[--depth].folder);
}

static void take_words(struct walk *w, char **words, int count)
{
    struct stat st;
    for (int i = 0; i < count && !w->stopped; i++) {
        if (stat(words[i], &st) == 0 && S_ISDIR(st.st_mode))
            take_folder(w, words[i]);
        else
            take_file(w, words[i], true);
    }
    clear_progress(w);
}

/* ---- the commands ---- */

static int open_walk(struct walk *w, const char *trust, const char *timestamp, const char *fetch_from)
{
    struct mr_err err = {0};
    const char *environment = getenv("MERIT_TRUST");
    if (!trust && environment && *environment) trust = environment;
    const struct mr_evidence_client_options options = {w->env, mr_str_of(timestamp), mr_str_of(fetch_from)};
    int code = trust ? mr_trust_load(&w->all, trust, &w->trust, &err) : MR_OK;
    if (code == MR_OK && w->out) code = mr_file_make_folder(w->out, &err);
    if (code == MR_OK) code = mr_evidence_client_new(&options, &w->client, &err);
    if (code == MR_OK) return 0;
    (void)!mr_cli_fail(&err, trust, MR_STR_EMPTY);
    return 2;
}

static void init_walk(struct walk *w, const mr_env *env)
{
    *w = (struct walk){.env = env, .until = MR_TIME_NONE, .level = MR_JADES_LTA};
    mr_arena_init(&w->all, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&w->a, 2 * MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&w->result, MR_LIMIT_DOCUMENT);
}

static bool read_days(const struct walk *w, const char *text, int64_t *ret_until)
{
    char *end = NULL;
    long days = strtol(text, &end, 10);
    if (*text && !*end && days >= 0 && days <= 36500) {
        *ret_until = mr_env_now(w->env) + days * MR_DAY_MS;
        return true;
    }
    fputs("merit: \"", stderr);
    mr_cli_put_visible(stderr, text);
    fputs("\" is no number of days.\n", stderr);
    return false;
}

static mr_str number(struct walk *w, size_t n)
{
    return mr_arena_format(&w->a, "%zu", n);
}

static bool are_options_right(struct walk *w, const char *level, const char *due)
{
    if (level) w->level = mr_jades_level_find(mr_str_of(level));
    if (w->level < MR_JADES_T)
        fputs("merit: a seal can be extended to T, LT or LTA.\n", stderr);
    else if (!w->out == !w->in_place)
        fputs("merit: say where the extended files go: --out DIR, or --in-place to replace them.\n", stderr);
    else if ((due || w->renew) && w->level != MR_JADES_LTA)
        fputs("merit: only seals of level LTA can be renewed: leave out --level, or --due and --renew.\n", stderr);
    else
        return !due || read_days(w, due, &w->until);
    return false;
}

int mr_cli_seal_extend(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(walk_done) struct walk w;
    const char *lang = NULL, *level = NULL, *timestamp = NULL, *due = NULL, *trust = NULL, *fetch_from = NULL;
    int words;
    bool done;
    init_walk(&w, env);
    const mr_option options[] = {
        {"level", &level, NULL}, {"timestamp", &timestamp, NULL},
        {"out", &w.out, NULL},   {"in-place", NULL, &w.in_place},
        {"due", &due, NULL},     {"renew", NULL, &w.renew},
        {"trust", &trust, NULL}, {"fetch-from", &fetch_from, NULL},
        {"lang", &lang, NULL},   {"quiet", NULL, &w.quiet},
    };
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, extend_help, &words, &done)) return 2;
    if (done) return 0;
    if (words == 0) {
        fputs(extend_help, stderr);
        return 2;
    }
    w.l = mr_options_language(lang);
    w.progress = !w.quiet && isatty(STDERR_FILENO);
    if (!are_options_right(&w, level, due) || open_walk(&w, trust, timestamp, fetch_from) != 0) return 2;
    take_words(&w, argv + 1, words);
    say(&w, stdout,
        MR_SAY(&w.a, w.l, "extend.outcome", {"done", number(&w, w.done)}, {"kept", number(&w, w.kept)},
               {"refused", number(&w, w.refused)}));
    return w.unreadable ? 2 : w.refused ? 1 : 0;
}

int mr_cli_seal_due(int argc, char **argv, const mr_env *env)
{
    MR_CLEANUP(walk_done) struct walk w;
    const char *lang = NULL, *days = "400", *trust = NULL;
    int words;
    bool done;
    init_walk(&w, env);
    const mr_option options[] = {
        {"days", &days, NULL}, {"trust", &trust, NULL}, {"lang", &lang, NULL}, {"quiet", NULL, &w.quiet}};
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, due_help, &words, &done)) return 2;
    if (done) return 0;
    if (words == 0) {
        fputs(due_help, stderr);
        return 2;
    }
    w.l = mr_options_language(lang);
    w.due_only = true;
    w.progress = !w.quiet && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    if (!read_days(&w, days, &w.until) || open_walk(&w, trust, NULL, NULL) != 0) return 2;
    take_words(&w, argv + 1, words);
    if (!w.quiet)
        say(&w, stdout,
            MR_SAY(&w.a, w.l, w.due ? "extend.due" : "extend.none_due", {"count", number(&w, w.due)},
                   {"all", number(&w, w.seen)}, {"days", mr_str_of(days)},
                   {"within", MR_SAY(&w.a, w.l, "say.days", {"count", mr_str_of(days)})}));
    return w.unreadable ? 2 : w.due || w.refused ? 1 : 0;
}
