/* Each entry has an arena of its own and counts who uses it: the table, and every arena that it was given to (mr_arena_at_end). Whoever is last frees it, so that
 * what is driven out of the table stays for those who read it just now. */
#include "service/kept_specification.h"

#include "base/limits.h"
#include "store/specification.h"

#include <stdatomic.h>
#include <stdlib.h>

struct mr_kept_entry {
    struct mr_kept_specification what;
    mr_arena arena;
    atomic_uint users;
    struct mr_kept_entry *next; /* in its bucket */
    uint64_t turn;              /* when it was asked for */
};

static void leave(void *self)
{
    struct mr_kept_entry *e = self;
    if (atomic_fetch_sub(&e->users, 1) != 1) return;
    mr_arena_done(&e->arena);
    free(e);
}

void mr_kept_specifications_init(struct mr_kept_specifications *kept)
{
    *kept = (struct mr_kept_specifications){0};
    pthread_mutex_init(&kept->lock, NULL);
}

void mr_kept_specifications_forget(struct mr_kept_specifications *kept)
{
    pthread_mutex_lock(&kept->lock);
    for (size_t i = 0; i < MR_KEPT_BUCKETS; i++)
        for (struct mr_kept_entry *e = kept->buckets[i], *next; e; e = next) {
            next = e->next;
            leave(e);
        }
    memset(kept->buckets, 0, sizeof kept->buckets);
    kept->octets = 0;
    pthread_mutex_unlock(&kept->lock);
}

void mr_kept_specifications_done(struct mr_kept_specifications *kept)
{
    mr_kept_specifications_forget(kept);
    pthread_mutex_destroy(&kept->lock);
}

static size_t octets_of(const struct mr_kept_entry *e)
{
    return sizeof *e + e->arena.used;
}

static struct mr_kept_entry **bucket_of(struct mr_kept_specifications *kept, mr_str id)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < id.len; i++) h = (h ^ (unsigned char)id.ptr[i]) * 16777619u;
    return &kept->buckets[h % MR_KEPT_BUCKETS];
}

/* Under the lock; the caller becomes a user. */
static struct mr_kept_entry *find(struct mr_kept_specifications *kept, mr_str id)
{
    struct mr_kept_entry *e = *bucket_of(kept, id);
    while (e && !mr_str_eq(e->what.id, id)) e = e->next;
    if (!e) return NULL;
    e->turn = ++kept->turn;
    atomic_fetch_add(&e->users, 1);
    return e;
}

/* Under the lock. */
static void drive_out_oldest(struct mr_kept_specifications *kept)
{
    struct mr_kept_entry **oldest = NULL;
    for (size_t i = 0; i < MR_KEPT_BUCKETS; i++)
        for (struct mr_kept_entry **at = &kept->buckets[i]; *at; at = &(*at)->next)
            if (!oldest || (*at)->turn < (*oldest)->turn) oldest = at;
    if (!oldest) return;
    struct mr_kept_entry *e = *oldest;
    *oldest = e->next;
    kept->octets -= octets_of(e);
    leave(e);
}

/* Somebody else may have put it there meanwhile: then both stay, and the newer is found. */
static void put(struct mr_kept_specifications *kept, struct mr_kept_entry *e)
{
    pthread_mutex_lock(&kept->lock);
    while (kept->octets && kept->octets + octets_of(e) > MR_LIMIT_SPECIFICATIONS_KEPT) drive_out_oldest(kept);
    struct mr_kept_entry **bucket = bucket_of(kept, e->what.id);
    e->next = *bucket;
    *bucket = e;
    e->turn = ++kept->turn;
    kept->octets += octets_of(e);
    atomic_fetch_add(&e->users, 1);
    pthread_mutex_unlock(&kept->lock);
}

static int read_entry(mr_db_tx *tx, mr_str id, struct mr_kept_entry *e, struct mr_err *err)
{
    struct mr_specification_row row;
    struct mr_findings findings;
    mr_findings_init(&findings, &e->arena);
    MR_TRY(mr_store_specification_get(tx, &e->arena, id, &row, err));
    if (!row.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such specification", MR_NOWHERE);
    e->what.id = row.id, e->what.org_id = row.org_id, e->what.slug = row.slug, e->what.version = row.version;
    e->what.published_at = row.published_at;
    e->what.document = row.document;
    return mr_specification_read(&e->arena, row.document, &e->what.specification, &findings, err);
}

int mr_kept_specification_get(struct mr_kept_specifications *kept, mr_db_tx *tx, mr_arena *a, mr_str id,
                              const struct mr_kept_specification **ret, struct mr_err *err)
{
    pthread_mutex_lock(&kept->lock);
    struct mr_kept_entry *e = find(kept, id);
    pthread_mutex_unlock(&kept->lock);
    if (!e) {
        e = calloc(1, sizeof *e);
        if (!e) return MR_FAIL(err, MR_E_NOMEM, "no memory for a specification", MR_NOWHERE);
        atomic_init(&e->users, 1);
        mr_arena_init(&e->arena, MR_LIMIT_DOCUMENT_MEMORY);
        int code = read_entry(tx, id, e, err);
        if (code != MR_OK) {
            leave(e);
            return code;
        }
        put(kept, e);
    }
    if (!mr_arena_at_end(a, leave, e)) {
        leave(e);
        return MR_FAIL(err, MR_E_NOMEM, "no memory for a specification", MR_NOWHERE);
    }
    *ret = &e->what;
    return MR_OK;
}
