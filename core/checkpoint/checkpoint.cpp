// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/checkpoint.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/checkpoint/folder_content.h"
#include "core/checkpoint/model_tensors.h"
#include "core/checkpoint/weight_scan.h"
#include "core/text/vocabulary.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <span>
#include <tuple>

namespace isentrope {
namespace fs = std::filesystem;

struct Checkpoint::State {
    std::string source;
    CheckpointLocation location;
    ModelConfig config;
    TensorDirectory directory;
    ModelTensors tensors; ///< points into directory
    std::vector<std::string> warnings;

    mutable std::once_flag hashOnce, tieOnce;
    mutable Expected<std::string> hash;
    mutable bool tied = false;
};

namespace {

Expected<TensorDirectory> readDirectory(const fs::path& weights) {
    if (weights.filename().string().ends_with(".index.json")) return readShardedDirectory(weights);
    return readTensorDirectory(weights);
}

/// Shards are named by an index that nobody vouches for: each must be a file of the folder.
Expected<void> checkPlaces(const TensorDirectory& directory) {
    for (const fs::path& file : directory.files)
        if (auto inside = fileInFolder(file.parent_path(), file.filename().string()); !inside)
            return tl::unexpected(inside.error());
    return {};
}

/// A token beyond the embedding's last row could not be run; rows without a token are harmless.
Expected<void> checkVocabulary(const fs::path& file, std::int64_t rows,
                               std::vector<std::string>& warnings) {
    if (file.empty()) return {};
    const auto vocabulary = Vocabulary::read(file);
    if (!vocabulary) return tl::unexpected(vocabulary.error());
    const std::vector<std::string>& own = vocabulary->warnings();
    warnings.insert(warnings.end(), own.begin(), own.end());
    const auto entries = static_cast<std::int64_t>(vocabulary->size());
    const std::string sizes = file.string() + ": has " + std::to_string(entries) +
                              " entries, the embedding has " + std::to_string(rows) + " rows";
    if (entries > rows)
        return fail(ErrorCode::Mismatch,
                    sizes + "; expected at most one entry a row: fetch vocab.txt and weights from "
                            "one place");
    if (entries < rows) warnings.push_back(sizes + "; the last rows have no token");
    return {};
}

std::string joined(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 6;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), shown); ++i)
        text += (i ? ", " : "") + names[i];
    return names.size() > shown ? text + ", …" : text;
}

void add(std::vector<std::string>& to, const std::vector<std::string>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

bool sharesElements(const TensorEntry& a, const TensorEntry& b) {
    return std::tie(a.file, a.storage, a.offset, a.strides) ==
           std::tie(b.file, b.storage, b.offset, b.strides);
}

/// What cannot be read counts as different: whoever reads the weights is told why.
bool equalElements(const TensorDirectory& directory, const TensorEntry& a, const TensorEntry& b) {
    if (sharesElements(a, b)) return true;
    const auto left = readFloats(directory, a);
    const auto right = readFloats(directory, b);
    return left && right && *left == *right;
}

/// Of the bytes of all files, one after the other.
Expected<std::string> hashFiles(const std::vector<fs::path>& files) {
    constexpr std::uint64_t pieceBytes = 1 << 20;
    std::vector<std::byte> piece(pieceBytes);
    Sha256 hash;
    for (const fs::path& path : files) {
        const auto file = File::open(path);
        if (!file) return tl::unexpected(file.error());
        for (std::uint64_t done = 0; done < file->size();) {
            const std::uint64_t length = std::min(pieceBytes, file->size() - done);
            const std::span part(piece.data(), length);
            if (auto read = file->readAt(done, part); !read) return tl::unexpected(read.error());
            hash.update(part);
            done += length;
        }
    }
    return hash.hex();
}

} // namespace

Checkpoint::Checkpoint(std::shared_ptr<const State> state)
    : m_state(std::move(state)) {}

Expected<Checkpoint> Checkpoint::open(const std::string& source, const Catalogue& catalogue,
                                      const CheckpointPlaces& places) {
    auto location = locateCheckpoint(source, places);
    if (!location) return tl::unexpected(location.error());
    if (location->config.empty()) return tl::unexpected(missingConfig(location->folder));
    auto config = readModelConfig(location->config, catalogue);
    if (!config) return tl::unexpected(config.error());
    if (location->weights.empty()) return tl::unexpected(missingWeights(location->folder));
    auto directory = readDirectory(location->weights);
    if (!directory) return tl::unexpected(directory.error());
    if (auto inside = checkPlaces(*directory); !inside) return tl::unexpected(inside.error());

    const auto state = std::make_shared<State>();
    state->source = source;
    state->location = std::move(*location);
    state->config = std::move(*config);
    state->directory = std::move(*directory);
    auto tensors = matchTensors(state->directory, state->config);
    if (!tensors) return tl::unexpected(tensors.error());
    state->tensors = std::move(*tensors);
    add(state->warnings, state->config.warnings);
    add(state->warnings, state->directory.warnings);
    add(state->warnings, state->tensors.warnings);
    if (!state->tensors.ignored.empty())
        state->warnings.push_back(std::to_string(state->tensors.ignored.size()) +
                                  " tensors are no part of the model and were ignored: " +
                                  joined(state->tensors.ignored));
    auto vocabulary =
        checkVocabulary(state->location.vocabulary, state->config.vocabulary, state->warnings);
    if (!vocabulary) return tl::unexpected(vocabulary.error());
    return Checkpoint(state);
}

const std::string& Checkpoint::source() const {
    return m_state->source;
}

const fs::path& Checkpoint::folder() const {
    return m_state->location.folder;
}

const ModelConfig& Checkpoint::config() const {
    return m_state->config;
}

const TensorDirectory& Checkpoint::tensors() const {
    return m_state->directory;
}

const fs::path& Checkpoint::vocabularyFile() const {
    return m_state->location.vocabulary;
}

const std::vector<std::string>& Checkpoint::ignored() const {
    return m_state->tensors.ignored;
}

const std::vector<std::string>& Checkpoint::warnings() const {
    return m_state->warnings;
}

std::int64_t Checkpoint::parameters() const {
    std::set<std::pair<std::size_t, std::uint64_t>> counted;
    std::int64_t sum = 0;
    for (const TensorEntry* entry : m_state->tensors.all()) {
        if (entry == m_state->tensors.decoder && tied()) continue;
        if (counted.emplace(entry->file, entry->offset).second) sum += entry->count();
    }
    return sum;
}

bool Checkpoint::tied() const {
    std::call_once(m_state->tieOnce, [&] {
        const ModelTensors& tensors = m_state->tensors;
        m_state->tied = !tensors.decoder ||
                        equalElements(m_state->directory, *tensors.embedding, *tensors.decoder);
    });
    return m_state->tied;
}

Expected<std::string> Checkpoint::sha256() const {
    std::call_once(m_state->hashOnce, [&] {
        std::vector<fs::path> files = m_state->directory.files;
        std::sort(files.begin(), files.end());
        m_state->hash = hashFiles(files);
    });
    return m_state->hash;
}

std::optional<std::string> Checkpoint::expectedSha256() const {
    constexpr std::size_t digits = 64;
    const std::vector<fs::path>& files = m_state->directory.files;
    std::error_code error;
    if (files.size() != 1 || !fs::is_symlink(files.front(), error)) return std::nullopt;
    const std::string name = fs::read_symlink(files.front(), error).filename().string();
    const bool isHash =
        name.size() == digits && name.find_first_not_of("0123456789abcdef") == std::string::npos;
    return isHash ? std::optional(name) : std::nullopt;
}

Expected<ModelWeights> Checkpoint::weights(std::vector<std::string>* warnings) const {
    return readWeights(m_state->directory, m_state->tensors, tied(), warnings);
}

Expected<std::vector<std::string>> Checkpoint::oddWeights() const {
    std::vector<std::string> warnings;
    for (const TensorEntry* entry : m_state->tensors.all()) {
        const auto values = readFloats(m_state->directory, *entry);
        if (!values) return tl::unexpected(values.error());
        if (auto odd = describeOddValues(*entry, scanValues(*values))) warnings.push_back(*odd);
    }
    return warnings;
}

} // namespace isentrope
