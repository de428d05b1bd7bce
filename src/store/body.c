#include "store/body.h"

#include "base/embedded.h"
#include "base/lazy.h"
#include "base/limits.h"
#include "store/fold.h"

#include <zstd.h>

/* A higher level takes twice to four times as long for a tenth less (level 6), or less than that. */
#define LEVEL 3
/* Search the dictionary where it stands: by itself the library copies its tables into the context for documents as large as ours, which takes longer
 * than compressing one. ZSTD_c_forceAttachDict and ZSTD_dictForceAttach by the names that the shared library promises to keep. */
#define ATTACH ZSTD_c_experimentalParam4
#define ATTACH_ALWAYS 1

#define ZSTD_FUNCTIONS(F)                                                                                              \
    F(ZSTD_createCCtx)                                                                                                 \
    F(ZSTD_freeCCtx)                                                                                                   \
    F(ZSTD_CCtx_setParameter)                                                                                          \
    F(ZSTD_CCtx_refCDict)                                                                                              \
    F(ZSTD_createCDict)                                                                                                \
    F(ZSTD_compress2)                                                                                                  \
    F(ZSTD_compressBound)                                                                                              \
    F(ZSTD_createDCtx)                                                                                                 \
    F(ZSTD_freeDCtx)                                                                                                   \
    F(ZSTD_createDDict)                                                                                                \
    F(ZSTD_DCtx_refDDict)                                                                                              \
    F(ZSTD_decompressDCtx)                                                                                             \
    F(ZSTD_getFrameContentSize)                                                                                        \
    F(ZSTD_getDictID_fromFrame)                                                                                        \
    F(ZSTD_isError)                                                                                                    \
    F(ZSTD_getErrorName)
MR_LAZY_LIBRARY(zstd, "libzstd.so.1", ZSTD_FUNCTIONS)
#define Z zstd_table

MR_EMBEDDED_DECLARE(mr_dictionaries_embedded);

static const struct dictionary {
    unsigned number;
    const char *format, *file;
} dictionaries[] = {
#define MR_DICTIONARY(number, format, file) {number, format, file},
#include "store/dictionaries.def"
#undef MR_DICTIONARY
};
#define DICTIONARIES (sizeof dictionaries / sizeof *dictionaries)

/* What the library has made ready, like the library itself once for the whole process: dictionaries, and contexts that nobody is using, since a new one
 * costs several times what it then does for one document. */
#define IDLE_CONTEXTS MR_LIMIT_SEAL_THREADS
#define IDLE_READERS 8
static struct {
    pthread_mutex_t lock;
    ZSTD_CDict *writing[DICTIONARIES];
    ZSTD_DDict *reading[DICTIONARIES];
    ZSTD_CCtx *idle[IDLE_CONTEXTS];
    size_t idle_count;
    ZSTD_DCtx *idle_readers[IDLE_READERS];
    size_t idle_reader_count;
} ready = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* An idle context, or a new one; NULL: no memory. */
static ZSTD_CCtx *take_compressor(void)
{
    pthread_mutex_lock(&ready.lock);
    ZSTD_CCtx *c = ready.idle_count ? ready.idle[--ready.idle_count] : NULL;
    pthread_mutex_unlock(&ready.lock);
    if (c || !(c = Z.ZSTD_createCCtx())) return c;
    Z.ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, LEVEL);
    Z.ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    Z.ZSTD_CCtx_setParameter(c, ATTACH, ATTACH_ALWAYS);
    return c;
}

static void give_compressor(ZSTD_CCtx **c)
{
    if (!*c) return;
    pthread_mutex_lock(&ready.lock);
    bool has_room = ready.idle_count < IDLE_CONTEXTS;
    if (has_room) ready.idle[ready.idle_count++] = *c;
    pthread_mutex_unlock(&ready.lock);
    if (!has_room) Z.ZSTD_freeCCtx(*c);
}

static ZSTD_DCtx *take_reader(void)
{
    pthread_mutex_lock(&ready.lock);
    ZSTD_DCtx *c = ready.idle_reader_count ? ready.idle_readers[--ready.idle_reader_count] : NULL;
    pthread_mutex_unlock(&ready.lock);
    return c ? c : Z.ZSTD_createDCtx();
}

static void give_reader(ZSTD_DCtx **c)
{
    if (!*c) return;
    pthread_mutex_lock(&ready.lock);
    bool has_room = ready.idle_reader_count < IDLE_READERS;
    if (has_room) ready.idle_readers[ready.idle_reader_count++] = *c;
    pthread_mutex_unlock(&ready.lock);
    if (!has_room) Z.ZSTD_freeDCtx(*c);
}

static int fail_memory(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "not enough memory to compress", MR_NOWHERE);
}

static const struct mr_embedded *file_of(size_t which)
{
    return mr_embedded_find(mr_dictionaries_embedded, mr_dictionaries_embedded_count, dictionaries[which].file);
}

static ZSTD_CDict *writing_with(size_t which)
{
    const struct mr_embedded *file = file_of(which);
    pthread_mutex_lock(&ready.lock);
    if (file && !ready.writing[which]) ready.writing[which] = Z.ZSTD_createCDict(file->data, file->size, LEVEL);
    ZSTD_CDict *d = ready.writing[which];
    pthread_mutex_unlock(&ready.lock);
    return d;
}

static ZSTD_DDict *reading_with(size_t which)
{
    const struct mr_embedded *file = file_of(which);
    pthread_mutex_lock(&ready.lock);
    if (file && !ready.reading[which]) ready.reading[which] = Z.ZSTD_createDDict(file->data, file->size);
    ZSTD_DDict *d = ready.reading[which];
    pthread_mutex_unlock(&ready.lock);
    return d;
}

/* DICTIONARIES: none. */
static size_t newest_for(mr_str format)
{
    size_t which = DICTIONARIES;
    for (size_t i = 0; i < DICTIONARIES; i++)
        if (mr_str_is(format, dictionaries[i].format)) which = i;
    return which;
}

static size_t with_number(unsigned number)
{
    size_t i = 0;
    while (i < DICTIONARIES && dictionaries[i].number != number) i++;
    return i;
}

static int compress(mr_str format, mr_str folded, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(give_compressor) ZSTD_CCtx *c = take_compressor();
    size_t which = newest_for(format), room = Z.ZSTD_compressBound(folded.len);
    char *at = mr_buf_reserve(out, room);
    if (!c) return fail_memory(err);
    if (!at) return MR_FAIL(err, MR_E_LIMIT, "the document is too large to be stored", MR_NOWHERE);
    ZSTD_CDict *d = which < DICTIONARIES ? writing_with(which) : NULL; /* NULL forgets the one of an earlier use */
    if ((which < DICTIONARIES && !d) || Z.ZSTD_isError(Z.ZSTD_CCtx_refCDict(c, d))) return fail_memory(err);
    size_t n = Z.ZSTD_compress2(c, at, room, folded.ptr, folded.len);
    if (Z.ZSTD_isError(n)) return fail_memory(err);
    out->len += n;
    return MR_OK;
}

int mr_body_pack(mr_str format, mr_str sealed, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf folded;
    mr_buf_init(&folded, 2 * MR_LIMIT_DOCUMENT);
    MR_TRY(zstd_load(err));
    if (sealed.len > MR_LIMIT_DOCUMENT)
        return MR_FAIL(err, MR_E_LIMIT, "the document is too large to be stored", MR_NOWHERE);
    MR_TRY(mr_fold(sealed, &folded, err));
    return compress(format, mr_buf_str(&folded), out, err);
}

bool mr_body_is_packed(mr_str stored)
{
    return mr_str_has_prefix(stored, MR_STR("\x28\xB5\x2F\xFD")); /* RFC 8878 section 3.1.1: Magic_Number */
}

static int decompress(mr_str stored, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(give_reader) ZSTD_DCtx *c = take_reader();
    unsigned number = Z.ZSTD_getDictID_fromFrame(stored.ptr, stored.len);
    unsigned long long size = Z.ZSTD_getFrameContentSize(stored.ptr, stored.len);
    if (!c) return fail_memory(err);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
        return MR_FAIL(err, MR_E_FORMAT, "the stored credential is damaged", MR_NOWHERE);
    char *at = size > out->max ? NULL : mr_buf_reserve(out, (size_t)size + 1);
    if (!at) return MR_FAIL(err, MR_E_LIMIT, "the stored credential is too large", MR_NOWHERE);
    size_t which = with_number(number);
    if (number && which == DICTIONARIES)
        return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED,
                              "the credential was stored by a newer Merit, with a dictionary that this one has not",
                              "%08x", number);
    ZSTD_DDict *d = number ? reading_with(which) : NULL; /* NULL forgets the one of an earlier use */
    if ((number && !d) || Z.ZSTD_isError(Z.ZSTD_DCtx_refDDict(c, d))) return fail_memory(err);
    size_t n = Z.ZSTD_decompressDCtx(c, at, (size_t)size, stored.ptr, stored.len);
    if (Z.ZSTD_isError(n))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the stored credential is damaged", "%s", Z.ZSTD_getErrorName(n));
    out->len = n;
    return MR_OK;
}

int mr_body_unpack(mr_arena *a, mr_str stored, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf folded, sealed;
    mr_buf_init(&folded, 2 * MR_LIMIT_DOCUMENT);
    mr_buf_init(&sealed, MR_LIMIT_DOCUMENT);
    mr_str whole = stored;
    if (mr_body_is_packed(stored)) {
        MR_TRY(zstd_load(err));
        MR_TRY(decompress(stored, &folded, err));
        MR_TRY(mr_unfold(mr_buf_str(&folded), &sealed, err));
        whole = mr_buf_str(&sealed);
    }
    *ret = mr_arena_dup(a, whole);
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for the credential", MR_NOWHERE);
}
