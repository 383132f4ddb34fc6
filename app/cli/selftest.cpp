// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/random_checkpoint.h"
#include "app/cli/run_errors.h"
#include "core/base/json.h"
#include "core/checkpoint/checkpoint.h"
#include "core/engine.h"
#include "core/result/provenance.h"
#include "core/scheme/catalogue.h"
#include "core/scheme/notation.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace isentrope::cli {
namespace {

namespace fs = std::filesystem;

/// One of every shape a kernel must know: scalar, row and distance factors, biases, masks with
/// sinks at each place, two-piece positions, the cosine, the row that reads itself.
constexpr std::array<const char*, 16> testedSchemes = {
    "rope+softmax",
    "rope+infoscale",
    "yarn+softmax",
    "cos(s=16)+pi+infoscale",
    "rope+llama4(floor=16)",
    "half-rope+scale-invariant",
    "nope+softmax+alibi",
    "nope+softmax+kerple-log",
    "rope+softmax+window(w=31)",
    "rope+softmax+sinks(k=4,w=31)",
    "rope+softmax+streaming(k=4,w=31)",
    "rope+softmax+lambda(k=4,w=32)",
    "rerope(w=32)+logn",
    "leaky-rerope(w=32,k=16)+logn",
    "self-extend(w=32,g=8)+logn",
    "nope+adaptive",
};

struct Row {
    std::string scheme, what;
    Errors errors;
    [[nodiscard]] bool good() const { return errors.largest() <= errors.limit; }
};

void print(const Row& row) {
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(), "%-4s %-34s %-18s %8.1e %8.1e %8.1e %8.1e %8.1e",
                  row.good() ? "ok" : "BAD", row.scheme.c_str(), row.what.c_str(),
                  row.errors.logSumExp, row.errors.entropy, row.errors.mass, row.errors.weight,
                  row.errors.logits);
    std::cout << text.data() << std::endl;
}

OrderedJson jsonOf(const Row& row) {
    return {
        {"scheme", row.scheme},          {"comparison", row.what},    {"lse", row.errors.logSumExp},
        {"entropy", row.errors.entropy}, {"mass", row.errors.mass},   {"weight", row.errors.weight},
        {"logits", row.errors.logits},   {"limit", row.errors.limit}, {"ok", row.good()}};
}

/// A folder that goes when the test ends.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (fs::temp_directory_path() / "isentrope-XXXXXX").string();
        if (::mkdtemp(pattern.data())) m_path = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!m_path.empty()) fs::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const fs::path& path() const { return m_path; }

private:
    fs::path m_path;
};

constexpr std::int64_t testLength = 192; // three times L0, and no multiple of a vector and a half
constexpr double exactLimit = 1e-4, fastLimit = 2e-2, tileLimit = 1e-5;

/// The runs of one scheme on one device, each against double precision on the CPU.
class SelfTest {
public:
    SelfTest(const Checkpoint& checkpoint, std::string device)
        : m_checkpoint(checkpoint)
        , m_device(std::move(device))
        , m_ids(randomIds(testLength, checkpoint.config().vocabulary, 2))
        , m_open(static_cast<std::size_t>(testLength), 1) {
        for (std::int64_t at = testLength - 7; at < testLength; ++at) {
            m_ids[static_cast<std::size_t>(at)] = 0;
            m_open[static_cast<std::size_t>(at)] = 0;
        }
    }

    Expected<void> open() {
        for (const std::string& device : {std::string("cpu"), m_device}) {
            if (m_models.size() == 1 && device == "cpu") break;
            const auto engine = loadEngine(device);
            if (!engine) return tl::unexpected(engine.error());
            std::cerr << device << ": " << (*engine)->description() << "\n";
            // The reference is double precision on the processor; a GPU has none.
            const Precision first = device == "cpu" ? Precision::Double : Precision::Exact;
            auto model = (*engine)->load(m_checkpoint, device, first, 0);
            if (!model) return tl::unexpected(model.error());
            m_models.emplace_back(device, *std::move(model));
        }
        return {};
    }

    Expected<std::vector<Row>> run(const std::string& notation) {
        const auto plan = planOf(notation);
        if (!plan) return tl::unexpected(plan.error());
        const auto reference =
            runSample(*m_models.front().second, m_ids, m_open, *plan, Precision::Double);
        if (!reference) return tl::unexpected(reference.error());
        std::vector<Row> rows;
        for (auto& [device, model] : m_models) {
            for (const Precision precision : {Precision::Exact, Precision::Fast}) {
                const auto sample = runSample(*model, m_ids, m_open, *plan, precision);
                if (!sample) return tl::unexpected(sample.error());
                const bool exact = precision == Precision::Exact;
                const double limit = exact ? exactLimit : fastLimit;
                rows.push_back({plan->scheme, device + " " + std::string(precisionName(precision)),
                                compareRuns(*sample, *reference, limit)});
                if (exact)
                    rows.push_back({plan->scheme, device + " tile, pass",
                                    compareTilesWithPass(*sample, tileLimit)});
            }
        }
        return rows;
    }

private:
    Expected<Plan> planOf(const std::string& notation) const {
        const auto scheme = parseScheme(notation, Catalogue::builtIn());
        if (!scheme) return tl::unexpected(scheme.error());
        PlanRequest request;
        request.length = testLength;
        request.tokens = std::count(m_open.begin(), m_open.end(), 1);
        request.trainLength = m_checkpoint.config().trainLength;
        request.keySize = static_cast<int>(m_checkpoint.config().keySize);
        return compile(*scheme, Catalogue::builtIn(), request);
    }

    const Checkpoint& m_checkpoint;
    std::string m_device;
    std::vector<std::int32_t> m_ids;
    std::vector<std::uint8_t> m_open;
    std::vector<std::pair<std::string, std::unique_ptr<Model>>> m_models;
};

Expected<void> run(const Arguments& arguments) {
    const bool json = arguments.has("--json");
    const TemporaryFolder folder;
    if (folder.path().empty())
        return fail(ErrorCode::WriteFailed,
                    "no temporary folder could be made in " + fs::temp_directory_path().string());
    if (auto made = writeRandomCheckpoint({}, folder.path()); !made) return made;
    const auto checkpoint = Checkpoint::open(folder.path().string(), Catalogue::builtIn());
    if (!checkpoint) return tl::unexpected(checkpoint.error());
    SelfTest test(*checkpoint, arguments.value("--device").value_or("cpu"));
    if (auto opened = test.open(); !opened) return opened;
    std::cerr << "isentrope " << programVersion() << "\n";
    if (!json)
        std::cout << "     scheme                             against double     "
                     "     lse  entropy     mass   weight   logits\n";
    OrderedJson list = OrderedJson::array();
    std::size_t bad = 0;
    for (const char* scheme : testedSchemes) {
        const auto rows = test.run(scheme);
        if (!rows) return tl::unexpected(rows.error());
        for (const Row& row : *rows) {
            bad += row.good() ? 0U : 1U;
            if (json)
                list.push_back(jsonOf(row));
            else
                print(row);
        }
    }
    if (json) std::cout << list.dump(2) << "\n";
    if (bad > 0)
        return fail(ErrorCode::Internal, std::to_string(bad) +
                                             " comparisons are outside their limit; please report "
                                             "them with this output.");
    if (!json) std::cout << "every comparison is within its limit\n";
    return {};
}

} // namespace

Command selftestCommand() {
    CommandSpec spec;
    spec.name = "selftest";
    spec.summary = "compare devices and precisions on this machine";
    spec.description =
        "Runs a small random model under a scheme of every shape: fp32 and fast against double "
        "precision, tiles of the map against the statistics of the fused pass, and a GPU against "
        "the processor. Prints the largest errors (log-sum-exp and logits per 10); what to send "
        "with a report.";
    spec.options = {{"--device", "D", "cpu, cuda or cuda:1 (cpu)"}};
    spec.examples = {"isentrope-cli selftest", "isentrope-cli selftest --device cuda"};
    return {spec, run};
}

} // namespace isentrope::cli
