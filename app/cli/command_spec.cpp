// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command_spec.h"

#include <algorithm>

namespace isentrope::cli {

const Option* CommandSpec::option(const std::string& optionName) const {
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&](const Option& o) { return o.name == optionName; });
    return found == options.end() ? nullptr : &*found;
}

std::vector<Option> textSourceOptions() {
    return {
        {"--text", "T", "the text itself"},
        {"--text-file", "F", "a text file: UTF-8, with or without byte order mark, or GB18030"},
        {"--ids-file", "F", "token ids, white space between, taken as they are"},
        {"--encoding",
         "E",
         "encoding of the text file",
         {"auto", "utf-8", "utf-16", "gb18030", "latin-1"}},
        {"--no-special-tokens", "", "leave out the [CLS] and [SEP] that are counted in N"},
    };
}

std::vector<Option> inputOptions() {
    return {
        {"--length", "N", "tokens to run, special ones counted; longer text is cut"},
        {"--fill", "HOW", "what to do with shorter text (tile)", {"tile", "pad", "none"}},
    };
}

std::vector<Option> runOptions() {
    return {
        {"--layers", "LIST", "layers to keep: all, or numbers such as 0,3 (all)"},
        {"--device", "D", "auto, cpu, cuda or cuda:1 (auto)"},
        {"--precision",
         "P",
         "exact is fp32; fast uses bf16 values (exact on a CPU, fast on a GPU)",
         {"exact", "fast"}},
        {"--threads", "N", "processor threads (as many as there are cores)"},
    };
}

Option schemeOption() {
    return {.name = "--scheme",
            .placeholder = "S",
            .meaning = "scheme, or several with ; between; see `isentrope-cli schemes`",
            .repeatable = true,
            .required = true};
}

} // namespace isentrope::cli
