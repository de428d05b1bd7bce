#include "trusted_list/sandbox.h"

#include "base/limits.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static bool set_limit(int which, rlim_t most)
{
    const struct rlimit limit = {most, most};
    return setrlimit(which, &limit) == 0;
}

static bool set_limits(void)
{
#ifndef SANITIZED /* a sanitizer's shadow is larger than any sensible limit */
    if (!set_limit(RLIMIT_AS, MR_LIMIT_TRUSTED_LIST_MEMORY)) return false;
#endif
    return set_limit(RLIMIT_CPU, MR_LIMIT_TRUSTED_LIST_SECONDS) && set_limit(RLIMIT_CORE, 0) &&
           set_limit(RLIMIT_NOFILE, 3) && set_limit(RLIMIT_NPROC, 0);
}

#ifdef ARCHITECTURE
#define ALLOW(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static bool set_filter(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(__NR_read),
        ALLOW(__NR_write),
        ALLOW(__NR_brk),
        ALLOW(__NR_mmap),
        ALLOW(__NR_munmap),
        ALLOW(__NR_mremap),
        ALLOW(__NR_mprotect),
        ALLOW(__NR_madvise),
        ALLOW(__NR_futex),
        ALLOW(__NR_getrandom),
        ALLOW(__NR_clock_gettime),
        ALLOW(__NR_gettimeofday),
        ALLOW(__NR_fstat),
        ALLOW(__NR_close),
        ALLOW(__NR_exit),
        ALLOW(__NR_exit_group),
        ALLOW(__NR_rt_sigreturn),
        ALLOW(__NR_rt_sigprocmask),
        ALLOW(__NR_rt_sigaction),
        ALLOW(__NR_getpid),
        ALLOW(__NR_gettid),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA)),
    };
    const struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
#else
static bool set_filter(void)
{
    return true;
}
#endif

int mr_sandbox_close(struct mr_err *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || !set_limits())
        return MR_FAIL(err, MR_E_FORBIDDEN, "the limits of this process cannot be set", MR_NOWHERE);
    /* A kernel without seccomp still has the limits above. */
    if (!set_filter() && errno != EINVAL && errno != ENOSYS)
        return MR_FAIL(err, MR_E_FORBIDDEN, "the filter of system calls cannot be set", MR_NOWHERE);
    return MR_OK;
}
