#include "model/guess.h"

#define OCTETS 64

struct folded {
    uint8_t text[OCTETS];
    size_t len;
};

static struct folded fold(mr_str s)
{
    struct folded f = {.len = s.len < OCTETS ? s.len : OCTETS};
    for (size_t i = 0; i < f.len; i++) {
        uint8_t c = (uint8_t)s.ptr[i];
        f.text[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c == '_' || c == ' ' ? '-' : c;
    }
    return f;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned edit_distance(const struct folded *a, const struct folded *b)
{
    unsigned row[3][OCTETS + 1] = {0}; /* the row before last, the last, this */
    for (unsigned j = 0; j <= b->len; j++) row[1][j] = j;
    for (unsigned i = 1; i <= a->len; i++) {
        row[2][0] = i;
        for (unsigned j = 1; j <= b->len; j++) {
            unsigned change = row[1][j - 1] + (a->text[i - 1] != b->text[j - 1]);
            unsigned d = least(change, least(row[1][j], row[2][j - 1]) + 1);
            bool swapped = i > 1 && j > 1 && a->text[i - 1] == b->text[j - 2] && a->text[i - 2] == b->text[j - 1];
            if (swapped) d = least(d, row[0][j - 2] + 1);
            row[2][j] = d;
        }
        memcpy(row[0], row[1], sizeof row[0]);
        memcpy(row[1], row[2], sizeof row[1]);
    }
    return row[1][b->len];
}

uint32_t mr_guess_distance(mr_str typed, mr_str word)
{
    struct folded t = fold(mr_str_trim(typed)), w = fold(word);
    if (t.len == 0 || w.len == 0) return MR_GUESS_FAR;
    unsigned edits = edit_distance(&t, &w);
    unsigned longer = (unsigned)(t.len > w.len ? t.len : w.len);
    if (3 * edits <= longer) return 100 * edits;
    mr_str typed_text = {(const char *)t.text, t.len}, word_text = {(const char *)w.text, w.len};
    if (t.len >= 3 && mr_str_find(word_text, typed_text) >= 0) return 400 + (uint32_t)(w.len - t.len);
    if (w.len >= 4 && mr_str_find(typed_text, word_text) >= 0) return 500 + (uint32_t)(t.len - w.len);
    return MR_GUESS_FAR;
}

const char *mr_guess_word(mr_str typed, const char *const *words, size_t count)
{
    const char *best = NULL;
    uint32_t nearest = MR_GUESS_FAR;
    for (size_t i = 0; i < count; i++) {
        uint32_t d = mr_guess_distance(typed, mr_str_of(words[i]));
        if (d < nearest) nearest = d, best = words[i];
    }
    return best;
}
