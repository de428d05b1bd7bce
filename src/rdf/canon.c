/* RDFC-1.0: canonical identifiers for blank nodes, and the sorted lines of the dataset.
 *
 * Layout: every quad is written once, as a line in one text. The line of a quad without blank nodes is final. In the others each blank node is
 * written as "_:z", and where the letters stand is remembered (struct masked): the line that Hash First Degree Quads wants for a node is that line
 * with some letters changed to "a" for a moment. The quads of a node are found through one array of numbers, ordered by node (`mentions`).
 *
 * A temporary identifier issuer (section 4.5) is a list of nodes in the order in which they were issued, `order`. The algorithm copies issuers before it
 * tries a path; since an issuer only grows, a copy here is the length to go back to, and the best path's additions are kept aside. A node
 * is issued when order[place[node]] is that node and stands below the length, so that going back costs nothing.
 *
 * Invariants:
 *   1. duplicates of a quad never count: they are dropped from the lists of nodes in first_degree, and as equal neighbours at the end;
 *   2. work on hostile graphs is bounded three ways: calls and permutations, steps (related nodes looked at), depth;
 *   3. all letters in masked lines are "z" but within first_degree.
 *
 * What the standard leaves open: with blank nodes as graph names, Hash Related Blank Node (4.7) no longer tells where in the quad the node itself
 * stands, so that nodes with different places can get equal hashes, and their order is that of the input. Other implementations do the same.
 *
 * Source: W3C RDF Dataset Canonicalization 1.0, whose step numbers stand at the steps. */
#include "rdf/canon.h"

#include "base/limits.h"
#include "rdf/lines.h"
#include "rdf/nquads.h"

#include <stdlib.h>

enum { SUBJECT, OBJECT, GRAPH, PLACES, HASH = 48, NOBODY = UINT32_MAX };

/* A quad with blank nodes. */
struct masked {
    char *text; /* with "_:z" for each of them */
    uint32_t length;
    uint32_t node[PLACES]; /* NOBODY: no blank node there */
    uint32_t at[PLACES];   /* of the letter */
    mr_str predicate;
};

struct node {
    uint32_t first, count;    /* its quads: mentions[first ...] */
    uint32_t canonical;       /* number of its canonical identifier, plus 1; 0: not issued */
    unsigned char hash[HASH]; /* first degree */
};

struct canon {
    mr_arena *a;
    const mr_dataset *ds;
    mr_digest_kind kind;
    uint32_t hash_size;
    struct mr_err *err;

    mr_line *lines; /* final ones; those of masked quads come last */
    size_t line_count;
    struct masked *masked;
    size_t masked_count;
    struct node *nodes;
    uint32_t *mentions;
    mr_line_sorter sorter;
    uint32_t issued; /* canonical identifiers */

    uint32_t *order, *place, temporary; /* the temporary issuer; `temporary` is its length */
    uint32_t budget, steps;             /* what is left */
};

static int no_memory(struct canon *c)
{
    return MR_FAIL(c->err, MR_E_NOMEM, "canonicalisation", MR_NOWHERE);
}

static int too_much(struct canon *c)
{
    return MR_FAIL(c->err, MR_E_LIMIT, "blank nodes too much alike to be told apart", MR_NOWHERE);
}

/* Lines. */

static bool is_blank(const mr_term *t)
{
    return t && t->kind == MR_TERM_BLANK;
}

/* Octets of a quad's line, or 0 when it cannot be written; blank nodes take three. */
static size_t line_size(const mr_quad *q)
{
    const mr_term *terms[] = {q->subject, q->predicate, q->object, q->graph};
    size_t size = 2;
    if (q->subject->kind == MR_TERM_LITERAL || q->predicate->kind != MR_TERM_IRI) return 0;
    if (q->graph && q->graph->kind == MR_TERM_LITERAL) return 0;
    for (size_t i = 0; i < 4; i++) {
        size_t term = terms[i] ? mr_nquads_term_size(terms[i]) : 0;
        if (!terms[i]) continue;
        if (!term || __builtin_add_overflow(size, term + 1 + is_blank(terms[i]), &size)) return 0;
    }
    return size;
}

/* Octets of all lines, and how many have blank nodes. */
static int measure(struct canon *c, size_t *ret_size)
{
    size_t size = 0;
    for (size_t i = 0; i < c->ds->count; i++) {
        const mr_quad *q = &c->ds->quads[i];
        size_t line = line_size(q);
        if (!line || line > UINT32_MAX) return MR_FAIL(c->err, MR_E_FORMAT, "N-Quads cannot write a quad", i);
        if (__builtin_add_overflow(size, line, &size)) return no_memory(c);
        c->masked_count += is_blank(q->subject) || is_blank(q->object) || is_blank(q->graph);
    }
    *ret_size = size;
    return MR_OK;
}

/* One term and the blank behind it. `place` is where a blank node is noted down. */
static char *put_term(struct masked *m, char *to, const mr_term *t, int place)
{
    to = mr_nquads_write_term(to, t);
    if (t->kind == MR_TERM_BLANK) {
        m->node[place] = t->number;
        m->at[place] = (uint32_t)(to - m->text);
        *to++ = 'z';
    }
    *to++ = ' ';
    return to;
}

static char *put_line(struct masked *m, char *to, const mr_quad *q)
{
    m->text = to;
    m->node[SUBJECT] = m->node[OBJECT] = m->node[GRAPH] = NOBODY;
    m->predicate = q->predicate->text;
    to = put_term(m, to, q->subject, SUBJECT);
    to = mr_nquads_write_term(to, q->predicate);
    *to++ = ' ';
    to = put_term(m, to, q->object, OBJECT);
    if (q->graph) to = put_term(m, to, q->graph, GRAPH);
    *to++ = '.';
    *to++ = '\n';
    m->length = (uint32_t)(to - m->text);
    return to;
}

/* Is the blank node of a place one that no earlier place of this quad has? */
static bool is_first_mention(const struct masked *m, int place)
{
    for (int i = 0; i < place; i++)
        if (m->node[i] == m->node[place]) return false;
    return m->node[place] != NOBODY;
}

static void write_lines(struct canon *c, char *to)
{
    size_t masked = 0;
    for (size_t i = 0; i < c->ds->count; i++) {
        struct masked m;
        to = put_line(&m, to, &c->ds->quads[i]);
        if (m.node[SUBJECT] == NOBODY && m.node[OBJECT] == NOBODY && m.node[GRAPH] == NOBODY) {
            c->lines[c->line_count++] = (mr_line){.text = m.text, .length = m.length};
            continue;
        }
        c->masked[masked++] = m;
        for (int place = 0; place < PLACES; place++)
            if (is_first_mention(&m, place)) c->nodes[m.node[place]].count++;
    }
}

/* 4.4.3 step 2: the blank node to quads map. */
static bool list_mentions(struct canon *c)
{
    uint32_t total = 0;
    for (uint32_t n = 0; n < c->ds->blank_count; n++) {
        c->nodes[n].first = total;
        total += c->nodes[n].count; /* at most 3 * MR_LIMIT_QUADS */
        c->nodes[n].count = 0;
    }
    c->mentions = mr_arena_alloc(c->a, total * sizeof *c->mentions);
    if (!c->mentions) return false;
    for (size_t i = 0; i < c->masked_count; i++)
        for (int place = 0; place < PLACES; place++) {
            if (!is_first_mention(&c->masked[i], place)) continue;
            struct node *n = &c->nodes[c->masked[i].node[place]];
            c->mentions[n->first + n->count++] = (uint32_t)i;
        }
    return true;
}

static int prepare(struct canon *c)
{
    size_t size = 0, count = c->ds->count;
    MR_TRY(measure(c, &size));
    char *text = mr_arena_alloc(c->a, size);
    c->lines = mr_arena_alloc(c->a, count * sizeof *c->lines);
    c->masked = mr_arena_alloc(c->a, c->masked_count * sizeof *c->masked);
    c->nodes = MR_NEW_ARRAY(c->a, struct node, c->ds->blank_count);
    size_t most = count > c->ds->blank_count ? count : c->ds->blank_count;
    if (!text || !c->lines || !c->masked || !c->nodes || !mr_line_sorter_init(&c->sorter, c->a, most))
        return no_memory(c);
    write_lines(c, text);
    return list_mentions(c) ? MR_OK : no_memory(c);
}

/* Identifiers. */

static uint32_t digits(uint32_t number)
{
    uint32_t count = 1;
    for (; number >= 10; number /= 10) count++;
    return count;
}

static char *put_number(char *to, uint32_t number)
{
    char *end = to + digits(number), *at = end;
    do *--at = (char)('0' + number % 10);
    while (number /= 10);
    return end;
}

/* "c14n0" without "_:". */
static char *put_canonical(char *to, const struct node *n)
{
    memcpy(to, "c14n", 4);
    return put_number(to + 4, n->canonical - 1);
}

static bool has_temporary(const struct canon *c, uint32_t n)
{
    return c->place[n] < c->temporary && c->order[c->place[n]] == n;
}

/* Section 4.5: issue identifier, for those that have none yet. */
static void issue_canonical(struct canon *c, uint32_t n)
{
    if (!c->nodes[n].canonical) c->nodes[n].canonical = ++c->issued;
}

static void issue_temporary(struct canon *c, uint32_t n)
{
    c->place[n] = c->temporary;
    c->order[c->temporary++] = n;
}

/* The identifier of a node that has one, with "_:"; `to` has room for 16 octets. */
static mr_str identifier(const struct canon *c, uint32_t n, char *to)
{
    memcpy(to, "_:b", 3);
    char *end = c->nodes[n].canonical ? put_canonical(to + 2, &c->nodes[n]) : put_number(to + 3, c->place[n]);
    return mr_str_make(to, (size_t)(end - to));
}

static mr_str hex(const unsigned char *hash, uint32_t size, char *to)
{
    for (uint32_t i = 0; i < size; i++) {
        to[2 * i] = "0123456789abcdef"[hash[i] >> 4];
        to[2 * i + 1] = "0123456789abcdef"[hash[i] & 15];
    }
    return mr_str_make(to, 2 * size);
}

/* Hash First Degree Quads (section 4.6). */

static int by_nodes(const void *a, const void *b, void *masked)
{
    const struct masked *x = (const struct masked *)masked + ((const mr_line *)a)->number;
    const struct masked *y = (const struct masked *)masked + ((const mr_line *)b)->number;
    return memcmp(x->node, y->node, sizeof x->node);
}

/* Drop from sorted lines those of equal quads: equal lines whose blank nodes are equal. Returns how many are left. */
static size_t drop_duplicates(struct canon *c, mr_line *lines, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && mr_line_eq(&lines[i], &lines[end]);) end++;
        if (end - i > 1) qsort_r(lines + i, end - i, sizeof *lines, by_nodes, c->masked);
        for (size_t at = i; at < end; at++)
            if (at == i || by_nodes(&lines[kept - 1], &lines[at], c->masked) != 0) lines[kept++] = lines[at];
    }
    return kept;
}

/* Step 3.1: write the letter of a node in all of its quads. */
static void set_letter(struct canon *c, uint32_t n, char letter)
{
    const struct node *node = &c->nodes[n];
    for (uint32_t i = 0; i < node->count; i++) {
        struct masked *m = &c->masked[c->mentions[node->first + i]];
        for (int place = 0; place < PLACES; place++)
            if (m->node[place] == n) m->text[m->at[place]] = letter;
    }
}

/*   lines, parts  room for all quads of a node */
static int first_degree(struct canon *c, uint32_t n, mr_line *lines, mr_str *parts)
{
    struct node *node = &c->nodes[n];
    uint32_t *mentions = c->mentions + node->first;
    mr_digest digest = {0};
    set_letter(c, n, 'a');
    for (uint32_t i = 0; i < node->count; i++) {
        const struct masked *m = &c->masked[mentions[i]];
        lines[i] = (mr_line){.text = m->text, .length = m->length, .number = mentions[i]};
    }
    mr_lines_sort(&c->sorter, lines, node->count); /* step 4 */
    size_t kept = drop_duplicates(c, lines, node->count);
    for (size_t i = 0; i < kept; i++) parts[i] = mr_str_make(lines[i].text, lines[i].length);
    int code = mr_digest_make(c->kind, parts, kept, &digest, c->err); /* step 5 */
    set_letter(c, n, 'z');
    for (size_t i = 0; i < kept; i++) mentions[i] = lines[i].number;
    node->count = (uint32_t)kept;
    memcpy(node->hash, digest.bytes, c->hash_size);
    return code;
}

/* 4.4.3 step 3: the nodes that stand in quads, as lines of their hashes, in order. */
static int hash_nodes(struct canon *c, mr_line **ret, size_t *ret_count)
{
    uint32_t most = 0;
    size_t count = 0;
    for (uint32_t n = 0; n < c->ds->blank_count; n++)
        if (c->nodes[n].count > most) most = c->nodes[n].count;
    mr_line *lines = mr_arena_alloc(c->a, most * sizeof *lines);
    mr_str *parts = mr_arena_alloc(c->a, most * sizeof *parts);
    mr_line *hashes = mr_arena_alloc(c->a, c->ds->blank_count * sizeof *hashes);
    if (!lines || !parts || !hashes) return no_memory(c);
    for (uint32_t n = 0; n < c->ds->blank_count; n++) {
        struct node *node = &c->nodes[n];
        if (!node->count) continue;
        MR_TRY(first_degree(c, n, lines, parts));
        hashes[count++] = (mr_line){.text = (const char *)node->hash, .length = c->hash_size, .number = n};
    }
    mr_lines_sort(&c->sorter, hashes, count);
    *ret = hashes, *ret_count = count;
    return MR_OK;
}

/* Hash N-Degree Quads (section 4.8). */

struct related {
    unsigned char hash[HASH];
    uint32_t node;
};

/* What one call holds; buffers, since only some documents come here and these need very different room. */
struct frame {
    mr_buf related;    /* struct related, ordered by hash and node */
    mr_buf list;       /* nodes (uint32_t) of one hash, in the order being tried */
    mr_buf data;       /* data to hash */
    mr_buf path, best; /* the path being tried, and the chosen one */
    mr_buf additions;  /* nodes that the chosen path issued */
};

static void frame_init(struct frame *f)
{
    mr_buf *bufs[] = {&f->related, &f->list, &f->data, &f->path, &f->best, &f->additions};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) mr_buf_init(bufs[i], MR_LIMIT_DOCUMENT_MEMORY);
}

static void frame_done(struct frame *f)
{
    mr_buf *bufs[] = {&f->related, &f->list, &f->data, &f->path, &f->best, &f->additions};
    for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) mr_buf_done(bufs[i]);
}

static bool frame_failed(const struct frame *f)
{
    return f->related.failed || f->list.failed || f->data.failed || f->path.failed || f->best.failed ||
           f->additions.failed;
}

/* Hash Related Blank Node (section 4.7). */
static int hash_related(struct canon *c, const struct masked *m, int place, struct related *ret)
{
    char text[2 * HASH];
    uint32_t n = m->node[place];
    bool has_identifier = c->nodes[n].canonical || has_temporary(c, n);
    mr_str id = has_identifier ? identifier(c, n, text) : hex(c->nodes[n].hash, c->hash_size, text);
    mr_str parts[] = {place == SUBJECT ? MR_STR("s<") : MR_STR("o<"), m->predicate, MR_STR(">"), id};
    mr_str graph_parts[] = {MR_STR("g"), id}; /* step 2: the predicate is left out */
    mr_digest digest = {0};
    MR_TRY(place == GRAPH ? mr_digest_make(c->kind, graph_parts, 2, &digest, c->err)
                          : mr_digest_make(c->kind, parts, 4, &digest, c->err));
    memset(ret, 0, sizeof *ret);
    memcpy(ret->hash, digest.bytes, c->hash_size);
    ret->node = n;
    return MR_OK;
}

static int by_hash(const void *a, const void *b)
{
    const struct related *x = a, *y = b;
    int order = memcmp(x->hash, y->hash, HASH);
    return order ? order : (x->node > y->node) - (x->node < y->node);
}

/* Steps 2 and 3: the nodes that stand in quads beside n. */
static int collect_related(struct canon *c, uint32_t n, mr_buf *out)
{
    const struct node *node = &c->nodes[n];
    for (uint32_t i = 0; i < node->count; i++) {
        const struct masked *m = &c->masked[c->mentions[node->first + i]];
        for (int place = 0; place < PLACES; place++) {
            struct related r;
            if (m->node[place] == NOBODY || m->node[place] == n) continue;
            if (!c->steps--) return c->steps = 0, too_much(c);
            MR_TRY(hash_related(c, m, place, &r));
            mr_buf_put(out, mr_str_make((const char *)&r, sizeof r));
        }
    }
    if (out->len) qsort(out->ptr, out->len / sizeof(struct related), sizeof(struct related), by_hash);
    return MR_OK;
}

/* The next permutation in order of node numbers; false when there is none. Equal nodes do not change places. */
static bool permute(uint32_t *list, size_t count)
{
    size_t pivot = count - 1, other = count - 1;
    while (pivot && list[pivot - 1] >= list[pivot]) pivot--;
    if (!pivot) return false;
    while (list[other] <= list[pivot - 1]) other--;
    uint32_t swap = list[pivot - 1];
    list[pivot - 1] = list[other], list[other] = swap;
    for (size_t i = pivot, j = count - 1; i < j; i++, j--) swap = list[i], list[i] = list[j], list[j] = swap;
    return true;
}

/* Steps 5.4.4.3 and 5.4.5.5: can this path no longer become the chosen one? */
static bool is_hopeless(const struct frame *f)
{
    return f->best.len && f->path.len >= f->best.len && mr_str_compare(mr_buf_str(&f->path), mr_buf_str(&f->best)) > 0;
}

static int n_degree(struct canon *c, uint32_t n, unsigned depth, mr_digest *ret);

/* Steps 5.4.1 to 5.4.5 for the order of nodes in the list. */
static int try_path(struct canon *c, struct frame *f, unsigned depth, bool *ret_hopeless)
{
    const uint32_t *list = (const uint32_t *)(const void *)f->list.ptr;
    uint32_t first = c->temporary, last;
    size_t count = f->list.len / sizeof *list;
    char text[2 * HASH];
    mr_buf_clear(&f->path);
    *ret_hopeless = true;
    if (!c->budget--) return c->budget = 0, too_much(c);
    for (size_t i = 0; i < count; i++) { /* step 5.4.4 */
        if (!c->steps--) return c->steps = 0, too_much(c);
        if (!c->nodes[list[i]].canonical && !has_temporary(c, list[i])) issue_temporary(c, list[i]);
        mr_buf_put(&f->path, identifier(c, list[i], text));
        if (is_hopeless(f)) return MR_OK;
    }
    last = c->temporary;                      /* what has been issued just now is the recursion list */
    for (uint32_t i = first; i < last; i++) { /* step 5.4.5 */
        mr_digest digest;
        MR_TRY(n_degree(c, c->order[i], depth + 1, &digest));
        mr_buf_put(&f->path, identifier(c, c->order[i], text));
        mr_buf_putc(&f->path, '<');
        mr_buf_put(&f->path, hex(digest.bytes, digest.size, text));
        mr_buf_putc(&f->path, '>');
        if (is_hopeless(f)) return MR_OK;
    }
    *ret_hopeless = false;
    return MR_OK;
}

/* Step 5.4.6: the path just tried becomes the chosen one. */
static void choose_path(struct canon *c, struct frame *f, uint32_t from)
{
    mr_buf swap = f->best;
    f->best = f->path, f->path = swap;
    mr_buf_clear(&f->additions);
    const char *added = (const char *)(c->order + from);
    mr_buf_put(&f->additions, mr_str_make(added, (c->temporary - from) * sizeof *c->order));
}

/* Steps 5.1 to 5.6 for the nodes in the list, which are in order. */
static int find_path(struct canon *c, struct frame *f, unsigned depth)
{
    uint32_t *list = (uint32_t *)(void *)f->list.ptr, from = c->temporary;
    size_t count = f->list.len / sizeof *list;
    mr_buf_clear(&f->best);
    do {
        bool hopeless;
        c->temporary = from; /* step 5.4.1: a copy of the issuer */
        MR_TRY(try_path(c, f, depth, &hopeless));
        if (frame_failed(f)) return no_memory(c);
        if (!hopeless && (!f->best.len || mr_str_compare(mr_buf_str(&f->path), mr_buf_str(&f->best)) < 0))
            choose_path(c, f, from);
    } while (permute(list, count));
    c->temporary = from;
    const uint32_t *additions = (const uint32_t *)(const void *)f->additions.ptr; /* step 5.6 */
    for (size_t i = 0; i < f->additions.len / sizeof *additions; i++) issue_temporary(c, additions[i]);
    mr_buf_put(&f->data, mr_buf_str(&f->best)); /* step 5.5 */
    return MR_OK;
}

static int hash_paths(struct canon *c, uint32_t n, unsigned depth, struct frame *f, mr_digest *ret)
{
    MR_TRY(collect_related(c, n, &f->related));
    const struct related *r = (const struct related *)(const void *)f->related.ptr;
    size_t count = f->related.len / sizeof *r;
    char text[2 * HASH];
    for (size_t i = 0, end; i < count; i = end) { /* step 5: by hash */
        mr_buf_clear(&f->list);
        for (end = i; end < count && memcmp(r[i].hash, r[end].hash, HASH) == 0; end++)
            mr_buf_put(&f->list, mr_str_make((const char *)&r[end].node, sizeof r->node));
        mr_buf_put(&f->data, hex(r[i].hash, c->hash_size, text)); /* step 5.1 */
        if (frame_failed(f)) return no_memory(c);
        MR_TRY(find_path(c, f, depth));
    }
    if (frame_failed(f)) return no_memory(c);
    mr_str data = mr_buf_str(&f->data);
    return mr_digest_make(c->kind, &data, 1, ret, c->err); /* step 6 */
}

/* The issuer returned is what c->order has become. */
static int n_degree(struct canon *c, uint32_t n, unsigned depth, mr_digest *ret)
{
    MR_CLEANUP(frame_done) struct frame f;
    frame_init(&f);
    if (depth > MR_LIMIT_CANON_DEPTH || !c->budget) return too_much(c);
    c->budget--;
    return hash_paths(c, n, depth, &f, ret);
}

/* The algorithm (section 4.4.3). */

/* Steps 5.2 and 5.3: nodes that share their first degree hash. */
static int tell_apart(struct canon *c, const mr_line *nodes, size_t count)
{
    struct path {
        uint32_t *order, count;
        mr_digest digest;
    } *paths = mr_arena_alloc(c->a, count * sizeof *paths);
    mr_line *lines = mr_arena_alloc(c->a, count * sizeof *lines);
    size_t found = 0;
    if (!paths || !lines) return no_memory(c);
    for (size_t i = 0; i < count; i++) {
        struct path *p = &paths[found];
        if (c->nodes[nodes[i].number].canonical) continue; /* step 5.2.1 */
        c->temporary = 0;
        issue_temporary(c, nodes[i].number);
        MR_TRY(n_degree(c, nodes[i].number, 0, &p->digest));
        p->count = c->temporary;
        p->order = mr_arena_alloc(c->a, p->count * sizeof *p->order);
        if (!p->order) return no_memory(c);
        memcpy(p->order, c->order, p->count * sizeof *p->order);
        lines[found] =
            (mr_line){.text = (const char *)p->digest.bytes, .length = c->hash_size, .number = (uint32_t)found};
        found++;
    }
    mr_lines_sort(&c->sorter, lines, found);
    for (size_t i = 0; i < found; i++)
        for (uint32_t at = 0; at < paths[lines[i].number].count; at++)
            issue_canonical(c, paths[lines[i].number].order[at]);
    return MR_OK;
}

static int issue_all(struct canon *c)
{
    mr_line *hashes;
    size_t count = 0, end;
    MR_TRY(hash_nodes(c, &hashes, &count));
    for (size_t i = 0; i < count; i = end) { /* step 4: hashes of one node only */
        for (end = i + 1; end < count && mr_line_eq(&hashes[i], &hashes[end]);) end++;
        if (end - i == 1) issue_canonical(c, hashes[i].number);
    }
    if (c->issued == count) return MR_OK;
    c->order = mr_arena_alloc(c->a, c->ds->blank_count * sizeof *c->order);
    c->place = MR_NEW_ARRAY(c->a, uint32_t, c->ds->blank_count);
    if (!c->order || !c->place) return no_memory(c);
    for (size_t i = 0; i < count; i = end) { /* step 5 */
        for (end = i + 1; end < count && mr_line_eq(&hashes[i], &hashes[end]);) end++;
        if (end - i > 1) MR_TRY(tell_apart(c, hashes + i, end - i));
    }
    return MR_OK;
}

/* Step 6: the line of a masked quad with canonical identifiers. */
static char *relabel(const struct canon *c, const struct masked *m, char *to)
{
    uint32_t done = 0;
    for (int place = 0; place < PLACES; place++) {
        if (m->node[place] == NOBODY) continue;
        memcpy(to, m->text + done, m->at[place] - done);
        to = put_canonical(to + (m->at[place] - done), &c->nodes[m->node[place]]);
        done = m->at[place] + 1;
    }
    memcpy(to, m->text + done, m->length - done);
    return to + (m->length - done);
}

static bool relabel_all(struct canon *c)
{
    size_t size = 0, more = 4 + digits(c->issued); /* of an identifier, at most */
    for (size_t i = 0; i < c->masked_count; i++)
        if (__builtin_add_overflow(size, c->masked[i].length + PLACES * more, &size)) return false;
    char *to = mr_arena_alloc(c->a, size);
    if (!to) return false;
    for (size_t i = 0; i < c->masked_count; i++) {
        char *end = relabel(c, &c->masked[i], to);
        c->lines[c->line_count++] = (mr_line){.text = to, .length = (uint32_t)(end - to)};
        to = end;
    }
    return true;
}

/* Everything but putting the lines together: they are sorted, and equal ones stand side by side. */
static int canonicalise(struct canon *c, mr_arena *a, const mr_dataset *ds, const mr_canon_options *options,
                        struct mr_err *err)
{
    *c = (struct canon){.a = a, .ds = ds, .err = err, .budget = MR_LIMIT_CANON_WORK, .steps = MR_LIMIT_CANON_STEPS};
    if (options) c->kind = options->hash;
    if (options && options->budget) c->budget = options->budget;
    if (c->kind != MR_SHA256 && c->kind != MR_SHA384) return MR_FAIL(err, MR_E_USAGE, "no such hash", MR_NOWHERE);
    c->hash_size = c->kind == MR_SHA384 ? 48 : 32;
    MR_TRY(prepare(c));
    if (c->masked_count) MR_TRY(issue_all(c));
    if (!relabel_all(c)) return no_memory(c);
    mr_lines_sort(&c->sorter, c->lines, c->line_count);
    return MR_OK;
}

static size_t lines_size(const struct canon *c)
{
    size_t size = 0;
    for (size_t i = 0; i < c->line_count; i++) size += c->lines[i].length; /* lines are in memory: no overflow */
    return size;
}

static size_t put_lines(const struct canon *c, char *to)
{
    char *start = to;
    for (size_t i = 0; i < c->line_count; i++) {
        if (i && mr_line_eq(&c->lines[i - 1], &c->lines[i])) continue;
        memcpy(to, c->lines[i].text, c->lines[i].length);
        to += c->lines[i].length;
    }
    return (size_t)(to - start);
}

static int make_map(const struct canon *c, const mr_str **ret)
{
    uint32_t count = c->ds->blank_count;
    mr_str *map = MR_NEW_ARRAY(c->a, mr_str, count);
    char *to = mr_arena_alloc(c->a, count * (size_t)14);
    if (!map || !to) return MR_FAIL(c->err, MR_E_NOMEM, "a map of identifiers", MR_NOWHERE);
    for (uint32_t n = 0; n < count; n++) {
        if (!c->nodes[n].canonical) continue;
        char *end = put_canonical(to, &c->nodes[n]);
        map[n] = mr_str_make(to, (size_t)(end - to));
        to = end;
    }
    *ret = map;
    return MR_OK;
}

int mr_rdf_canonicalise(mr_arena *a, const mr_dataset *ds, const mr_canon_options *options, mr_buf *out,
                        const mr_str **ret_map, struct mr_err *err)
{
    struct canon c;
    MR_TRY(canonicalise(&c, a, ds, options, err));
    char *room = mr_buf_reserve(out, lines_size(&c));
    if (!room) return MR_FAIL(err, MR_E_LIMIT, "N-Quads too large", MR_NOWHERE);
    out->len += put_lines(&c, room);
    return ret_map ? make_map(&c, ret_map) : MR_OK;
}

int mr_rdf_canonical_digest(mr_arena *a, const mr_dataset *ds, const mr_canon_options *options, mr_digest *ret,
                            struct mr_err *err)
{
    struct canon c;
    MR_TRY(canonicalise(&c, a, ds, options, err));
    char *room = mr_arena_alloc(a, lines_size(&c));
    if (!room) return no_memory(&c);
    mr_str text = mr_str_make(room, put_lines(&c, room));
    return mr_digest_make(c.kind, &text, 1, ret, err);
}
