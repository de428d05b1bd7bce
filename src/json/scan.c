#include "json/scan.h"

#include "base/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static const char *scan_avx2(const char *from, const char *end)
{
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'), space = _mm256_set1_epi8(0x20);
    for (; end - from >= 64; from += 64) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)from);
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(from + 32));
        __m256i in_a = _mm256_or_si256(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(a, backslash));
        __m256i in_b = _mm256_or_si256(_mm256_cmpeq_epi8(b, quote), _mm256_cmpeq_epi8(b, backslash));
        in_a = _mm256_or_si256(in_a, _mm256_cmpgt_epi8(space, a)); /* signed: below 0x20 and from 0x80 on */
        in_b = _mm256_or_si256(in_b, _mm256_cmpgt_epi8(space, b));
        uint64_t mask = (uint32_t)_mm256_movemask_epi8(in_a) | (uint64_t)(uint32_t)_mm256_movemask_epi8(in_b) << 32;
        if (mask) return from + __builtin_ctzll(mask);
    }
    return mr_json_scan(from, end, true);
}
#endif

const char *mr_json_scan_long(const char *from, const char *end)
{
#if defined(__x86_64__)
    if (mr_cpu_has_avx2()) return scan_avx2(from, end);
#endif
    return mr_json_scan(from, end, true);
}
