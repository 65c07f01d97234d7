// Ping-pong: a fiber of Boost.Context and its maker hand a number to and fro; each has a stack of its own.
#include <boost/context/fiber.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <initializer_list>
#include <utility>

namespace ctx = boost::context;

static double now() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int, char **argv) {
    std::uint64_t hits = std::strtoull(argv[1], nullptr, 10);
    double took = 0;
    for (std::uint64_t count : {hits / 10, hits}) { // the first warms up
        std::uint64_t n = 0;
        ctx::fiber pong{[&](ctx::fiber &&ping) {
            while (n < count) {
                n++;
                ping = std::move(ping).resume();
            }
            return std::move(ping);
        }};
        double start = now();
        while (n < count) {
            n++;
            pong = std::move(pong).resume();
        }
        took = now() - start;
        if (n < count) std::abort();
    }
    std::printf("%f\n", took / hits);
}
