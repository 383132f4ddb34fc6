// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/interrupt.h"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

int main(int count, char** values) {
    isentrope::cli::handleInterrupts();
    try {
        const std::vector<std::string> words(values + 1, values + count);
        return isentrope::cli::runCommandLine(words);
    } catch (const std::bad_alloc&) {
        std::cerr << "isentrope-cli: out of memory; close other programs or ask for less\n";
    } catch (const std::exception& error) {
        std::cerr << "isentrope-cli: internal error: " << error.what() << "\n";
    }
    return 1;
}
