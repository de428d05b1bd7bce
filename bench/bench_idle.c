/* bench_idle LIBRARY...: an empty program with these libraries: opens them, says so, and waits until its input ends. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (dlopen(argv[i], RTLD_NOW)) continue;
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    puts("ready");
    fflush(stdout);
    return getchar() == 0;
}
