/* What the processor can do, as the loader found it out. __builtin_cpu_supports would ask the processor again at each start of the program: some
 * twenty CPUID instructions, which in a virtual machine take 60 microseconds, the fifteenth part of `merit verify`. */
#ifndef MR_BASE_CPU_H
#define MR_BASE_CPU_H

#include <stdbool.h>

#if defined(__x86_64__)
#include <sys/platform/x86.h>

static inline bool mr_cpu_has_avx2(void)
{
    return CPU_FEATURE_ACTIVE(AVX2);
}
#endif

#endif
