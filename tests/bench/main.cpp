// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number.h"
#include "tests/bench/bench_case.h"
#include "tests/bench/bench_model.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

using namespace isentrope;
using namespace isentrope::bench;
namespace fs = std::filesystem;

namespace {

const char* const usage =
    "isentrope-bench [--lengths 64,512,1024,4096] [--layers 6,24] [--threads N]\n"
    "                [--kinds products,plain,ours,batch,tile,what-if,what-if-rows]\n"
    "                [--models FOLDER] [--json FILE]\n"
    "Measures every kind at every length in a process of its own, and prints a table.\n";

struct Options {
    std::vector<std::int64_t> lengths{64, 512, 1024, 4096}, layers{6};
    std::vector<std::string> kinds{"products", "plain", "ours"};
    int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    fs::path models = fs::temp_directory_path() / "isentrope-bench";
    fs::path json;
    std::string one; ///< the kind to measure in this process
};

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');)
        parts.push_back(part);
    return parts;
}

std::vector<std::int64_t> numbers(const std::string& text) {
    std::vector<std::int64_t> values;
    for (const std::string& part : split(text))
        values.push_back(std::max<std::int64_t>(1, parseInteger(part).value_or(1)));
    return values;
}

bool set(Options& options, const std::string& name, const std::string& value) {
    if (name == "--lengths")
        options.lengths = numbers(value);
    else if (name == "--layers")
        options.layers = numbers(value);
    else if (name == "--kinds")
        options.kinds = split(value);
    else if (name == "--threads")
        options.threads = static_cast<int>(numbers(value).at(0));
    else if (name == "--models")
        options.models = value;
    else if (name == "--json")
        options.json = value;
    else if (name == "--one")
        options.one = value;
    else
        return false;
    return true;
}

fs::path modelFolder(const Options& options, std::int64_t layers) {
    return options.models / ("layers-" + std::to_string(layers));
}

int measureHere(const Options& options) {
    const std::int64_t layers = options.layers.front();
    const auto result = measure({options.one, layers, options.lengths.front(), options.threads,
                                 modelFolder(options, layers)});
    if (!result) {
        std::cerr << options.one << ": " << result.error().message << '\n';
        return 1;
    }
    std::cout << result->dump() << '\n';
    return 0;
}

/// This program again, for one case; an empty object where it failed.
Json measureApart(const Options& options, const std::string& kind, std::int64_t layers,
                  std::int64_t length) {
    std::ostringstream command;
    command << fs::read_symlink("/proc/self/exe") << " --one " << kind << " --layers " << layers
            << " --lengths " << length << " --threads " << options.threads << " --models "
            << options.models;
    FILE* pipe = popen(command.str().c_str(), "r");
    if (!pipe) return Json::object();
    std::string answer;
    std::array<char, 4096> part{};
    while (fgets(part.data(), part.size(), pipe))
        answer += part.data();
    return pclose(pipe) == 0 ? Json::parse(answer) : Json::object();
}

void printLine(const Json& line, double floor) {
    const auto seconds = line["seconds"].get<double>();
    std::cout << std::setw(14) << line["kind"].get<std::string>() << std::setw(8)
              << line["layers"].get<int>() << std::setw(8) << line["length"].get<int>()
              << std::setw(12) << std::fixed << std::setprecision(5) << seconds << std::setw(12)
              << std::setprecision(1) << line["operations"].get<double>() / seconds / 1e9
              << std::setw(10) << std::setprecision(2) << (floor > 0 ? floor / seconds : 0)
              << std::setw(12) << humanBytes(line["peak_bytes"].get<double>()) << std::endl;
}

int measureAll(const Options& options) {
    Json all = Json::array();
    std::cout << "          kind  layers  length     seconds    GFLOP/s     floor        peak\n";
    for (const std::int64_t layers : options.layers) {
        const fs::path folder = modelFolder(options, layers);
        if (!fs::exists(folder / "model.safetensors"))
            if (auto written = writeModel(folder, layers); !written) {
                std::cerr << written.error().message << '\n';
                return 1;
            }
        for (const std::int64_t length : options.lengths) {
            double floor = 0;
            for (const std::string& kind : options.kinds) {
                const Json line = measureApart(options, kind, layers, length);
                if (line.empty()) continue;
                if (kind == "products") floor = line["seconds"].get<double>();
                printLine(line, kind == "plain" || kind == "ours" ? floor : 0);
                all.push_back(line);
            }
        }
    }
    if (!options.json.empty()) std::ofstream(options.json) << all.dump(1) << '\n';
    return 0;
}

} // namespace

int main(int count, char** words) {
    Options options;
    for (int i = 1; i < count; i += 2) {
        if (std::string_view(words[i]) == "--help") {
            std::cout << usage;
            return 0;
        }
        if (i + 1 >= count || !set(options, words[i], words[i + 1])) {
            std::cerr << usage;
            return 2;
        }
    }
    return options.one.empty() ? measureAll(options) : measureHere(options);
}
