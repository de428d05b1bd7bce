/* Chains: a small tree of authorities made by openssl, whose own `verify` is the peer; then one fault at a time. */
#include "pki.h"
#include "sealed.h"

#include "base/limits.h"

#include <time.h>

struct tree {
    mr_certificate *root, *middle, *leaf;
};

static struct tree plant(struct peer *p)
{
    return (struct tree){
        .root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, ""),
        .middle = pki_issue(p, "middle", "Middle", "root", PKI_AUTHORITY "authorityKeyIdentifier=keyid\n", ""),
        .leaf = pki_issue(p, "leaf", "Leaf", "middle", PKI_SEAL, ""),
    };
}

static void fell(struct tree *t)
{
    mr_certificate_free(t->root);
    mr_certificate_free(t->middle);
    mr_certificate_free(t->leaf);
}

static struct mr_chain build(mr_certificate *leaf, mr_certificate *const *pool, size_t pool_count,
                             mr_certificate *const *anchors, size_t anchor_count, int64_t at)
{
    struct mr_err err = {0};
    struct mr_chain chain;
    assert_ok(mr_chain_build(leaf, pool, pool_count, anchors, anchor_count, at, &chain, &err), err);
    return chain;
}

static void assert_state(const struct mr_chain *chain, mr_chain_state wanted, size_t count)
{
    if (chain->state != wanted || chain->count != count)
        fail_msg("state %d, %zu certificates, %s at %zu; wanted %d and %zu", chain->state, chain->count,
                 chain->why ? chain->why : "-", chain->why_at, wanted, count);
}

static void assert_broken(const struct mr_chain *chain, const char *why, size_t why_at)
{
    if (chain->state != MR_CHAIN_BROKEN) fail_msg("state %d instead of broken: %s", chain->state, why);
    if (!strstr(chain->why, why) || chain->why_at != why_at)
        fail_msg("broken by \"%s\" at %zu; wanted \"%s\" at %zu", chain->why, chain->why_at, why, why_at);
}

static void test_chain_build__ends_where_the_trust_is(void **state)
{
    PEER_OR_SKIP(p, state);
    struct tree t = plant(p);
    int64_t at = pki_during(t.leaf);
    mr_certificate *pool[] = {t.root, t.leaf, t.middle};
    struct {
        size_t pool_count;
        mr_certificate *anchor;
        mr_chain_state state;
        size_t count;
    } cases[] = {
        {3, t.root, MR_CHAIN_ANCHORED, 3},   {3, t.middle, MR_CHAIN_ANCHORED, 2}, {3, t.leaf, MR_CHAIN_ANCHORED, 1},
        {3, NULL, MR_CHAIN_UNANCHORED, 3},   {0, NULL, MR_CHAIN_UNANCHORED, 1},   {0, t.middle, MR_CHAIN_ANCHORED, 2},
        {2, t.root, MR_CHAIN_UNANCHORED, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_chain chain = build(t.leaf, pool, cases[i].pool_count, &cases[i].anchor, cases[i].anchor != NULL, at);
        assert_state(&chain, cases[i].state, cases[i].count);
        assert_ptr_equal(chain.certificates[0], t.leaf);
    }
    peer_do(p, "openssl verify -CAfile root.pem -untrusted middle.pem leaf.pem");
    peer_do(p, "openssl verify -partial_chain -CAfile middle.pem leaf.pem");
    fell(&t);
}

static void test_chain_build__judges_dates_at_the_given_time(void **state)
{
    PEER_OR_SKIP(p, state);
    struct tree t = plant(p);
    mr_certificate *pool[] = {t.middle}, *anchors[] = {t.root};
    mr_certificate *brief = pki_issue(p, "brief", "Brief", "middle", PKI_SEAL, "-days 10");
    struct mr_chain chain = build(brief, pool, 1, anchors, 1, mr_certificate_not_before(brief) - 1);
    assert_broken(&chain, "not yet valid", 0);
    chain = build(brief, pool, 1, anchors, 1, mr_certificate_not_before(brief));
    assert_state(&chain, MR_CHAIN_ANCHORED, 3);
    chain = build(brief, pool, 1, anchors, 1, mr_certificate_not_after(brief));
    assert_state(&chain, MR_CHAIN_ANCHORED, 3);
    chain = build(brief, pool, 1, anchors, 1, mr_certificate_not_after(brief) + 1);
    assert_broken(&chain, "expired", 0);
    chain = build(brief, NULL, 0, &brief, 1, mr_certificate_not_after(brief) + 1);
    assert_broken(&chain, "expired", 0); /* an anchor, too */
    mr_certificate_free(brief);
    fell(&t);
}

static void test_chain_build__breaks_when_an_issuer_is_expired(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    mr_certificate *middle = pki_issue(p, "middle", "Middle", "root", PKI_AUTHORITY, "-days 10");
    mr_certificate *leaf = pki_issue(p, "leaf", "Leaf", "middle", PKI_SEAL, "-days 50");
    int64_t late = mr_certificate_not_after(middle) + 86400000;
    struct mr_chain chain = build(leaf, &middle, 1, &root, 1, late);
    assert_broken(&chain, "expired", 1);
    assert_ptr_equal(chain.certificates[1], middle);
    assert_int_not_equal(
        peer_run(p, mr_arena_format(&p->arena,
                                    "openssl verify -attime %lld -CAfile root.pem -untrusted middle.pem leaf.pem",
                                    (long long)late / 1000)
                        .ptr),
        0);
    /* The same authority renewed: there is another way. */
    mr_certificate *renewed = pki_issue(p, "middle", "Middle", "root", PKI_AUTHORITY, "-days 60");
    mr_certificate *pool[] = {middle, renewed};
    chain = build(leaf, pool, 2, &root, 1, late);
    assert_state(&chain, MR_CHAIN_ANCHORED, 3);
    assert_ptr_equal(chain.certificates[1], renewed);
    mr_certificate_free(renewed);
    mr_certificate_free(leaf);
    mr_certificate_free(middle);
    mr_certificate_free(root);
}

static void test_chain_build__refuses_issuers_that_may_not_issue(void **state)
{
    PEER_OR_SKIP(p, state);
    static const struct {
        const char *extensions, *options, *why;
        size_t why_at;
    } cases[] = {
        {"basicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\n", "", "no certificate authority", 1},
        {"subjectKeyIdentifier=hash\n", "", "no certificate authority", 1},
        {"basicConstraints=CA:TRUE\nkeyUsage=digitalSignature\nsubjectKeyIdentifier=hash\n", "",
         "may not sign certificates", 1},
        {PKI_AUTHORITY "1.2.3.4=critical,DER:0500\n", "", "critical extension", 1},
        {PKI_AUTHORITY "nameConstraints=critical,permitted;dirName:other\n[other]\nC=SE\n", "", "name constraints", 1},
    };
    mr_certificate *root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_certificate *middle = pki_issue(p, "middle", "Middle", "root", cases[i].extensions, cases[i].options);
        mr_certificate *leaf = pki_issue(p, "leaf", "Leaf", "middle", PKI_SEAL, "");
        struct mr_chain chain = build(leaf, &middle, 1, &root, 1, pki_during(leaf));
        assert_broken(&chain, cases[i].why, cases[i].why_at);
        chain = build(leaf, &middle, 1, NULL, 0, pki_during(leaf));
        assert_broken(&chain, cases[i].why, cases[i].why_at);
        assert_int_not_equal(peer_run(p, "openssl verify -CAfile root.pem -untrusted middle.pem leaf.pem"), 0);
        mr_certificate_free(middle);
        mr_certificate_free(leaf);
    }
    mr_certificate_free(root);
}

static void test_chain_build__keeps_name_constraints_that_fit(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "");
    mr_certificate *middle =
        pki_issue(p, "middle", "Middle", "root",
                  PKI_AUTHORITY "nameConstraints=critical,permitted;dirName:own\n[own]\nC=DK\n", "");
    mr_certificate *leaf = pki_issue(p, "leaf", "Leaf", "middle", PKI_SEAL, "");
    struct mr_chain chain = build(leaf, &middle, 1, &root, 1, pki_during(leaf));
    assert_state(&chain, MR_CHAIN_ANCHORED, 3);
    mr_certificate_free(root);
    mr_certificate_free(middle);
    mr_certificate_free(leaf);
}

static void test_chain_build__counts_the_path_length(void **state)
{
    PEER_OR_SKIP(p, state);
#define LIMITED                                                                                                        \
    "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n"
    mr_certificate *root = pki_issue(p, "root", "Root", NULL, LIMITED, "");
    mr_certificate *direct = pki_issue(p, "direct", "Direct", "root", PKI_SEAL, "");
    mr_certificate *middle = pki_issue(p, "middle", "Middle", "root", PKI_AUTHORITY, "");
    mr_certificate *leaf = pki_issue(p, "leaf", "Leaf", "middle", PKI_SEAL, "");
    struct mr_chain chain = build(direct, NULL, 0, &root, 1, pki_during(leaf));
    assert_state(&chain, MR_CHAIN_ANCHORED, 2);
    chain = build(leaf, &middle, 1, &root, 1, pki_during(leaf));
    assert_broken(&chain, "pathLenConstraint", 2);
    assert_int_not_equal(peer_run(p, "openssl verify -CAfile root.pem -untrusted middle.pem leaf.pem"), 0);
    mr_certificate_free(root);
    mr_certificate_free(direct);
    mr_certificate_free(middle);
    mr_certificate_free(leaf);
}

static void test_chain_build__refuses_weak_and_wrong_signatures(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *root =
        pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, "-sha1"); /* its own signature does not matter */
    mr_certificate *good = pki_issue(p, "good", "Good", "root", PKI_SEAL, "");
    mr_certificate *weak = pki_issue(p, "weak", "Weak", "root", PKI_SEAL, "-sha1");
    struct mr_chain chain = build(good, NULL, 0, &root, 1, pki_during(good));
    assert_state(&chain, MR_CHAIN_ANCHORED, 2);
    chain = build(good, &root, 1, NULL, 0, pki_during(good));
    assert_state(&chain, MR_CHAIN_UNANCHORED, 2);
    chain = build(weak, NULL, 0, &root, 1, pki_during(weak));
    assert_broken(&chain, "weak", 0);
    /* Another authority of the same name, without key identifiers to tell them apart. */
    peer_do(p, "rm root.key");
    mr_certificate *namesake =
        pki_issue(p, "root", "Root", NULL, "basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=none\n", "");
    chain = build(good, NULL, 0, &namesake, 1, pki_during(good));
    assert_broken(&chain, "not its issuer's", 0);
    mr_certificate *both[] = {namesake, root};
    chain = build(good, both, 2, &root, 1, pki_during(good));
    assert_state(&chain, MR_CHAIN_ANCHORED, 2);
    mr_certificate_free(namesake);
    mr_certificate_free(weak);
    mr_certificate_free(good);
    mr_certificate_free(root);
}

static void test_chain_build__takes_a_self_signed_leaf(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *self = pki_issue(p, "self", "Self", NULL, "keyUsage=nonRepudiation\n", "");
    struct mr_chain chain = build(self, &self, 1, NULL, 0, pki_during(self));
    assert_state(&chain, MR_CHAIN_UNANCHORED, 1);
    chain = build(self, NULL, 0, &self, 1, pki_during(self));
    assert_state(&chain, MR_CHAIN_ANCHORED, 1);
    /* The same with another name put in: "Self" becomes "Selg" in subject and issuer. */
    mr_str der = mr_arena_dup(&p->arena, mr_certificate_der(self));
    for (ptrdiff_t at = 0; (at = mr_str_find(der, MR_STR("Self"))) >= 0;) ((char *)der.ptr)[at + 3] = 'g';
    mr_certificate *altered = NULL;
    struct mr_err err = {0};
    assert_ok(mr_certificate_read(der, &altered, &err), err);
    chain = build(altered, NULL, 0, NULL, 0, pki_during(self));
    assert_broken(&chain, "its signature is not its own", 0);
    mr_certificate_free(altered);
    mr_certificate_free(self);
}

/* Cross-signed authorities: the way to the anchor is found whichever comes first. */
static void test_chain_build__finds_the_way_through_cross_signatures(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *one = pki_issue(p, "one", "One", NULL, PKI_AUTHORITY, "");
    mr_certificate *two = pki_issue(p, "two", "Two", NULL, PKI_AUTHORITY, "");
    mr_certificate *by_one = pki_issue(p, "middle", "Middle", "one", PKI_AUTHORITY, "");
    mr_certificate *by_two = pki_issue(p, "middle", "Middle", "two", PKI_AUTHORITY, "");
    mr_certificate *leaf = pki_issue(p, "leaf", "Leaf", "middle", PKI_SEAL, "");
    mr_certificate *ways[][4] = {{by_one, by_two, one, two}, {two, one, by_two, by_one}};
    for (size_t i = 0; i < 2; i++) {
        struct mr_chain chain = build(leaf, ways[i], 4, &one, 1, pki_during(leaf));
        assert_state(&chain, MR_CHAIN_ANCHORED, 3);
        assert_ptr_equal(chain.certificates[2], one);
        chain = build(leaf, ways[i], 4, &two, 1, pki_during(leaf));
        assert_state(&chain, MR_CHAIN_ANCHORED, 3);
        assert_ptr_equal(chain.certificates[2], two);
    }
    mr_certificate *all[] = {one, two, by_one, by_two, leaf};
    for (size_t i = 0; i < 5; i++) mr_certificate_free(all[i]);
}

/* Two authorities that signed each other, and nothing above: the search ends. */
static void test_chain_build__ends_in_a_circle(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *first = pki_issue(p, "a", "A", NULL, PKI_AUTHORITY, "");
    mr_certificate *b = pki_issue(p, "b", "B", "a", PKI_AUTHORITY "authorityKeyIdentifier=keyid\n", "");
    mr_certificate *a = pki_issue(p, "a", "A", "b", PKI_AUTHORITY "authorityKeyIdentifier=keyid\n", "");
    mr_certificate *leaf = pki_issue(p, "leaf", "Leaf", "a", PKI_SEAL, "");
    mr_certificate *pool[] = {a, b};
    struct mr_chain chain = build(leaf, pool, 2, NULL, 0, pki_during(leaf));
    assert_state(&chain, MR_CHAIN_UNANCHORED, 3);
    mr_certificate *all[] = {first, b, a, leaf};
    for (size_t i = 0; i < 4; i++) mr_certificate_free(all[i]);
}

static void test_chain_build__stops_at_its_longest(void **state)
{
    PEER_OR_SKIP(p, state);
    mr_certificate *all[MR_LIMIT_CHAIN + 1];
    char name[8] = "c0", issuer[8] = "c0";
    all[0] = pki_issue(p, name, name, NULL, PKI_AUTHORITY, "");
    for (size_t i = 1; i <= MR_LIMIT_CHAIN; i++) {
        snprintf(issuer, sizeof issuer, "c%zu", i - 1);
        snprintf(name, sizeof name, "c%zu", i);
        all[i] = pki_issue(p, name, name, issuer, PKI_AUTHORITY "authorityKeyIdentifier=keyid\n", "");
    }
    int64_t at = pki_during(all[MR_LIMIT_CHAIN]);
    struct mr_chain chain = build(all[MR_LIMIT_CHAIN - 1], all, MR_LIMIT_CHAIN, all, 1, at);
    assert_state(&chain, MR_CHAIN_ANCHORED, MR_LIMIT_CHAIN);
    chain = build(all[MR_LIMIT_CHAIN], all, MR_LIMIT_CHAIN, all, 1, at);
    assert_broken(&chain, "longer", MR_LIMIT_CHAIN - 1);
    for (size_t i = 0; i <= MR_LIMIT_CHAIN; i++) mr_certificate_free(all[i]);
}

/* A hostile pool: many authorities of one name, each signed by each. The search gives up in a bounded time. */
static void test_chain_build__bounds_the_search(void **state)
{
    PEER_OR_SKIP(p, state);
    enum { MANY = 40 };
    mr_certificate *pool[MANY];
    size_t count = 0;
    mr_certificate *first = pki_issue(p, "x", "X", NULL, PKI_AUTHORITY, "");
    mr_certificate *y = pki_issue(p, "y", "Y", "x", PKI_AUTHORITY, "");
    for (int i = 0; i < MANY / 2; i++) { /* same keys, same names, other serials */
        pool[count++] = pki_issue(p, "x", "X", "y", PKI_AUTHORITY, "");
        pool[count++] = pki_issue(p, "y", "Y", "x", PKI_AUTHORITY, "");
    }
    mr_certificate *leaf = pki_issue(p, "leaf", "Leaf", "x", PKI_SEAL, "");
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    struct mr_chain chain = build(leaf, pool, MANY, NULL, 0, pki_during(leaf));
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(chain.state, MR_CHAIN_BROKEN);
    assert_true(after.tv_sec - before.tv_sec < 2);
    for (size_t i = 0; i < count; i++) mr_certificate_free(pool[i]);
    mr_certificate_free(first);
    mr_certificate_free(y);
    mr_certificate_free(leaf);
}

static void test_chain_build__leads_the_commissions_sample_to_its_authority(void **state)
{
    struct peer *p = *state;
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM samples are not here (MERIT_ELM)");
    struct sealed s;
    assert_true(sealed_read(&p->arena, test_path(&p->arena, elm, "samples/Sample-MC-Annex1-signed.jsonld"), 0, &s));
    int64_t sealed_at = INT64_C(1695815657000); /* sigT 2023-09-27T11:54:17Z */
    struct mr_chain chain = build(s.pool[0], s.pool, s.pool_count, NULL, 0, sealed_at);
    assert_state(&chain, MR_CHAIN_UNANCHORED, 2);
    mr_certificate *authority = chain.certificates[1];
    assert_str(mr_certificate_subject(authority)->common_name, "ANF AC Qualified Certificates for eSeal");
    chain = build(s.pool[0], s.pool, s.pool_count, &authority, 1, sealed_at);
    assert_state(&chain, MR_CHAIN_ANCHORED, 2);
    chain = build(s.pool[0], s.pool, s.pool_count, &authority, 1, INT64_C(1795815657000));
    assert_broken(&chain, "expired", 0);
    sealed_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain_build__ends_where_the_trust_is),
        cmocka_unit_test(test_chain_build__judges_dates_at_the_given_time),
        cmocka_unit_test(test_chain_build__breaks_when_an_issuer_is_expired),
        cmocka_unit_test(test_chain_build__refuses_issuers_that_may_not_issue),
        cmocka_unit_test(test_chain_build__keeps_name_constraints_that_fit),
        cmocka_unit_test(test_chain_build__counts_the_path_length),
        cmocka_unit_test(test_chain_build__refuses_weak_and_wrong_signatures),
        cmocka_unit_test(test_chain_build__takes_a_self_signed_leaf),
        cmocka_unit_test(test_chain_build__finds_the_way_through_cross_signatures),
        cmocka_unit_test(test_chain_build__ends_in_a_circle),
        cmocka_unit_test(test_chain_build__stops_at_its_longest),
        cmocka_unit_test(test_chain_build__bounds_the_search),
        cmocka_unit_test(test_chain_build__leads_the_commissions_sample_to_its_authority),
    };
    return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
