/* Measuring two ways of doing the same thing, side by side.
 *
 * Processor time of the whole process, never the clock on the wall: other work on the machine then disturbs least. A round gives
 * both sides the same time in short turns, so that both meet the same machine; five rounds, median of each. A program prints for
 * every figure one line, "NAME OURS PEER" in operations per second of processor time, which bench/run sets beside the goal. */
#ifndef MR_BENCH_H
#define MR_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_ROUNDS 5
#define BENCH_TURNS 8 /* of each side, in a round */
#define BENCH_TURN_SECONDS 0.05

/* One operation; `turn` counts from 0, to pick another input each time. It ends the program when its result is wrong: a figure of work that
 * was not done is worse than none. */
typedef void bench_work(void *self, size_t turn);

#define BENCH_NEED(condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                             \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static inline double bench_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, bench_compare);
    return values[count / 2];
}

/* What one side has done so far. */
struct bench_side {
    bench_work *work;
    void *self;
    size_t turn;
    double seconds;
    double operations;
};

static inline void bench_turn(struct bench_side *s, double seconds, size_t batch)
{
    double start = bench_cpu(), now;
    do {
        for (size_t i = 0; i < batch; i++) s->work(s->self, s->turn++);
        s->operations += (double)batch;
        now = bench_cpu();
    } while (now - start < seconds);
    s->seconds += now - start;
}

/* batch: operations between two looks at the clock, about a tenth of a millisecond's worth */
static inline void bench_pair(const char *name, bench_work *ours, bench_work *peer, void *self, size_t batch)
{
    double rates[2][BENCH_ROUNDS];
    struct bench_side sides[2] = {{.work = ours, .self = self}, {.work = peer, .self = self}};
    for (int side = 0; side < 2; side++) bench_turn(&sides[side], BENCH_TURN_SECONDS, batch); /* warm up */
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        for (int side = 0; side < 2; side++) sides[side].seconds = sides[side].operations = 0;
        for (int turn = 0; turn < BENCH_TURNS; turn++)
            for (int side = 0; side < 2; side++) bench_turn(&sides[side], BENCH_TURN_SECONDS, batch);
        for (int side = 0; side < 2; side++) rates[side][round] = sides[side].operations / sides[side].seconds;
    }
    printf("%s %.1f %.1f\n", name, bench_median(rates[0], BENCH_ROUNDS), bench_median(rates[1], BENCH_ROUNDS));
    fflush(stdout);
}

/* Our side only, where the other side is another program: bench/run lets that one run before and after. Prints "NAME RATE". */
static inline void bench_alone(const char *name, bench_work *ours, void *self, size_t batch)
{
    double rates[BENCH_ROUNDS];
    struct bench_side side = {.work = ours, .self = self};
    bench_turn(&side, BENCH_TURN_SECONDS, batch); /* warm up */
    for (int round = 0; round < BENCH_ROUNDS; round++) {
        side.seconds = side.operations = 0;
        bench_turn(&side, BENCH_TURNS * BENCH_TURN_SECONDS, batch);
        rates[round] = side.operations / side.seconds;
    }
    printf("%s %.1f\n", name, bench_median(rates, BENCH_ROUNDS));
    fflush(stdout);
}

#endif
