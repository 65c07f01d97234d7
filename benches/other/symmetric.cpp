// Ping-pong: two coroutines of C++20 resume each other by symmetric transfer: `await_suspend` gives the handle of the other.
#include <coroutine>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <initializer_list>

struct Peer {
    struct promise_type {
        Peer get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::abort(); }
        std::uint64_t mail = 0;
    };
    std::coroutine_handle<promise_type> handle;
};

struct Transfer {
    Peer to;
    std::uint64_t value;
    std::coroutine_handle<Peer::promise_type> me{};
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Peer::promise_type> from) noexcept {
        me = from;
        to.handle.promise().mail = value;
        return to.handle;
    }
    std::uint64_t await_resume() noexcept { return me.promise().mail; }
};

// Gives what the first transfer has brought, and does not suspend.
struct Start {
    std::coroutine_handle<Peer::promise_type> me{};
    bool await_ready() noexcept { return false; }
    bool await_suspend(std::coroutine_handle<Peer::promise_type> from) noexcept {
        me = from;
        return false;
    }
    std::uint64_t await_resume() noexcept { return me.promise().mail; }
};

Peer play(Peer *other, std::uint64_t count) {
    std::uint64_t n = co_await Start{};
    while (n < count) n = co_await Transfer{*other, n + 1};
    if (n != count) std::abort();
}

static double now() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int, char **argv) {
    std::uint64_t hits = std::strtoull(argv[1], nullptr, 10);
    double took = 0;
    for (std::uint64_t count : {hits / 10, hits}) { // the first warms up
        Peer peers[2];
        peers[0] = play(&peers[1], count);
        peers[1] = play(&peers[0], count);
        double start = now();
        peers[0].handle.resume();
        took = now() - start;
        for (Peer peer : peers) peer.handle.destroy();
    }
    std::printf("%f\n", took / hits);
}
