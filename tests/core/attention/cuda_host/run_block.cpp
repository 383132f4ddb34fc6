// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cuda_runtime.h>
#include <memory>
#include <ucontext.h>
#include <vector>

namespace cudahost {
namespace {

constexpr int warp = 32;
constexpr std::size_t stackBytes = 64 * 1024;

enum class State { Ready, AtWarp, AtBlock, Done };

struct Thread {
    ucontext_t context{};
    std::unique_ptr<unsigned char[]> stack;
    State state = State::Done;
};

std::vector<Thread> threads;
ucontext_t scheduler;
int current = 0;
void (*task)(void*) = nullptr;
void* taskArgument = nullptr;

void pause(State state) {
    const auto me = static_cast<std::size_t>(current);
    threads[me].state = state;
    swapcontext(&threads[me].context, &scheduler);
}

void enter() {
    task(taskArgument);
    pause(State::Done);
}

void start(Thread& thread) {
    if (!thread.stack) thread.stack = std::make_unique<unsigned char[]>(stackBytes);
    getcontext(&thread.context);
    thread.context.uc_stack.ss_sp = thread.stack.get();
    thread.context.uc_stack.ss_size = stackBytes;
    thread.context.uc_link = &scheduler;
    makecontext(&thread.context, enter, 0);
    thread.state = State::Ready;
}

/// Lets the threads [begin, end) go on where all that are left wait at `state`.
bool release(int begin, int end, State state) {
    bool any = false;
    for (int at = begin; at < end; ++at) {
        const State now = threads[static_cast<std::size_t>(at)].state;
        if (now != State::Done && now != state) return false;
        any = any || now == state;
    }
    for (int at = begin; at < end; ++at)
        if (threads[static_cast<std::size_t>(at)].state == state)
            threads[static_cast<std::size_t>(at)].state = State::Ready;
    return any;
}

bool turn(int count) {
    bool ran = false;
    for (int at = 0; at < count; ++at) {
        current = backwards ? count - 1 - at : at;
        Thread& thread = threads[static_cast<std::size_t>(current)];
        if (thread.state != State::Ready) continue;
        threadIdx.x = static_cast<unsigned>(current);
        swapcontext(&scheduler, &thread.context);
        ran = true;
    }
    return ran;
}

} // namespace

void waitForWarp() {
    pause(State::AtWarp);
}

void waitForBlock() {
    pause(State::AtBlock);
}

void runBlock(int count, void (*body)(void*), void* argument) {
    if (threads.size() < static_cast<std::size_t>(count))
        threads.resize(static_cast<std::size_t>(count));
    task = body;
    taskArgument = argument;
    for (int at = 0; at < count; ++at)
        start(threads[static_cast<std::size_t>(at)]);
    for (;;) {
        bool moved = turn(count);
        for (int first = 0; first < count; first += warp)
            moved = release(first, first + warp, State::AtWarp) || moved;
        moved = release(0, count, State::AtBlock) || moved;
        if (moved) continue;
        for (int at = 0; at < count; ++at)
            if (threads[static_cast<std::size_t>(at)].state != State::Done) {
                std::fputs("threads of a block wait for each other for ever\n", stderr);
                std::abort();
            }
        return;
    }
}

} // namespace cudahost
