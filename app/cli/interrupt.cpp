// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupt.h"

#include <csignal>
#include <thread>
#include <unistd.h>

namespace isentrope::cli {
namespace {

constexpr int interruptedStatus = 130; // as a shell reports a program that Ctrl-C ended

std::stop_source& source() {
    static std::stop_source stop;
    return stop;
}

} // namespace

void handleInterrupts() {
    std::signal(SIGXFSZ, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread([signals, stop = source()]() mutable {
        int received = 0;
        sigwait(&signals, &received);
        stop.request_stop();
        sigwait(&signals, &received);
        ::_exit(interruptedStatus);
    }).detach();
}

std::stop_token interruptToken() {
    return source().get_token();
}

} // namespace isentrope::cli
