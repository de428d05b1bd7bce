/* Baking a badge into a PNG, file to file, beside reading the same picture and writing it unchanged.
 *
 *   bench_baked NAME FOLDER one|many      one picture again and again, or 64 in turn */
#include "bench.h"

#include "base/file.h"
#include "base/limits.h"
#include "credential/baked.h"

enum { PICTURES = 64, PIECE = 8192, PIECES = 25 }; /* about 200 KB, in chunks as encoders write them */

struct input {
    mr_arena memory;
    size_t count;
    const char *folder;
    struct mr_bakable badge;
    mr_buf out; /* kept from one picture to the next, as the memory of what is read is */
};

static void put_u32(mr_buf *out, uint32_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8) mr_buf_putc(out, (char)(n >> shift));
}

/* PNG annex D, bit by bit: speed does not matter here. */
static void put_chunk(mr_buf *out, const char *type, mr_str content)
{
    uint32_t crc = ~0u;
    put_u32(out, (uint32_t)content.len);
    size_t start = out->len;
    mr_buf_puts(out, type);
    mr_buf_put(out, content);
    for (size_t i = start; i < out->len; i++) {
        crc ^= (unsigned char)out->ptr[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (0xEDB88320u & (0 - (crc & 1)));
    }
    put_u32(out, ~crc);
}

/* Chunks of a photograph's size; what is in them is no picture, which nobody asks here. */
static void make_picture(mr_buf *out, uint32_t seed)
{
    char piece[PIECE];
    mr_buf_clear(out);
    mr_buf_puts(out, "\x89PNG\r\n\x1a\n");
    put_chunk(out, "IHDR", MR_STR("\0\0\2\x80\0\0\2\x80\10\2\0\0\0"));
    for (int n = 0; n < PIECES; n++) {
        for (size_t i = 0; i < PIECE; i++) piece[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
        put_chunk(out, "IDAT", mr_str_make(piece, PIECE));
    }
    put_chunk(out, "IEND", MR_STR(""));
}

static const char *path_of(struct input *in, const char *kind, size_t turn)
{
    return mr_arena_format(&in->memory, "%s/%s-%zu.png", in->folder, kind, turn % in->count).ptr;
}

static void ours(void *self, size_t turn)
{
    struct input *in = self;
    mr_str picture;
    mr_arena_reset(&in->memory);
    mr_buf_clear(&in->out);
    BENCH_NEED(mr_file_read(&in->memory, path_of(in, "picture", turn), MR_LIMIT_DOCUMENT, &picture, NULL) == MR_OK);
    BENCH_NEED(mr_baked_write(&in->memory, picture, &in->badge, false, &in->out, NULL) == MR_OK);
    BENCH_NEED(in->out.len > picture.len + in->badge.text.len);
    BENCH_NEED(mr_file_write(path_of(in, "baked", turn), mr_buf_str(&in->out), 0644, false, NULL) == MR_OK);
}

static void peer(void *self, size_t turn)
{
    struct input *in = self;
    mr_str picture;
    mr_arena_reset(&in->memory);
    BENCH_NEED(mr_file_read(&in->memory, path_of(in, "picture", turn), MR_LIMIT_DOCUMENT, &picture, NULL) == MR_OK);
    BENCH_NEED(mr_file_write(path_of(in, "copied", turn), picture, 0644, false, NULL) == MR_OK);
}

int main(int argc, char **argv)
{
    struct input in = {.count = 1};
    mr_buf text, picture;
    BENCH_NEED(argc == 4);
    in.folder = argv[2];
    if (strcmp(argv[3], "many") == 0) in.count = PICTURES;
    mr_arena_init(&in.memory, 64 * MR_MIB);
    mr_buf_init(&in.out, MR_LIMIT_DOCUMENT);
    mr_buf_init(&text, MR_MIB);
    mr_buf_init(&picture, MR_MIB);
    mr_buf_puts(&text, "{\"type\":\"Assertion\",\"narrative\":\"");
    for (int i = 0; i < 4000; i++) mr_buf_putc(&text, 'x');
    mr_buf_puts(&text, "\"}");
    in.badge = (struct mr_bakable){.text = mr_buf_str(&text), .standard = MR_BAKED_OB2, .is_badge = true};
    BENCH_NEED(mr_file_make_folder(in.folder, NULL) == MR_OK);
    for (size_t i = 0; i < in.count; i++) {
        make_picture(&picture, (uint32_t)i + 1);
        BENCH_NEED(mr_file_write(path_of(&in, "picture", i), mr_buf_str(&picture), 0644, false, NULL) == MR_OK);
    }
    bench_pair(argv[1], ours, peer, &in, 1);
    mr_buf_done(&in.out);
    mr_buf_done(&text);
    mr_buf_done(&picture);
    mr_arena_done(&in.memory);
    return 0;
}
