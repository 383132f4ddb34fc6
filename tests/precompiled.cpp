// SPDX-License-Identifier: GPL-3.0-or-later
// Carries the precompiled headers of the tests: reading Qt Test takes a compiler far longer than
// the test that stands below it. A program, because a library is compiled with other flags.
int main() {
    return 0;
}
