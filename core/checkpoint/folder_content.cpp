// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/folder_content.h"

#include <algorithm>
#include <array>

namespace isentrope {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t mostNames = 10'000;
constexpr std::size_t namesShown = 8;

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), namesShown); ++i)
        text += (i ? ", " : "") + names[i];
    if (names.size() > namesShown)
        text += " and " + std::to_string(names.size() - namesShown) + " more";
    return text;
}

bool isInside(const fs::path& file, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first ==
           folder.end();
}

/// Both paths canonical. In the cache a snapshot's files are links into ../../blobs.
bool belongsTo(const fs::path& file, const fs::path& folder) {
    if (isInside(file, folder)) return true;
    for (fs::path up = folder; up.has_relative_path(); up = up.parent_path())
        if (up.filename() == "snapshots") return isInside(file, up.parent_path() / "blobs");
    return false;
}

/// A file name that tells what a folder without our weights holds.
struct Hint {
    std::string_view beginning, end;
    std::string_view advice;
};

constexpr std::array<Hint, 12> hints = {{
    {"", ".ckpt.index",
     "is a TensorFlow checkpoint; convert it to PyTorch with the conversion script of the "
     "GAU-alpha port and open the folder that it writes"},
    {"", ".ckpt.meta",
     "belongs to a TensorFlow checkpoint; convert that to PyTorch with the conversion script of "
     "the GAU-alpha port and open the folder that it writes"},
    {"", ".h5",
     "is a Keras model; load it in transformers with from_tf=True, call save_pretrained, and open "
     "the folder that it writes"},
    {"", ".msgpack",
     "is a Flax model; load it in transformers with from_flax=True, call save_pretrained, and open "
     "the folder that it writes"},
    {"", ".gguf", "is a GGUF model; fetch the PyTorch or safetensors form of it"},
    {"", ".onnx", "is an ONNX model; fetch the PyTorch or safetensors form of it"},
    {"", ".incomplete", "is an unfinished download; run the download again"},
    {"model-0", ".safetensors",
     "is one of several shards; fetch model.safetensors.index.json, which joins them"},
    {"pytorch_model-0", ".bin",
     "is one of several shards; fetch pytorch_model.bin.index.json, which joins them"},
    {"", ".safetensors", "has another name than expected; open it by its own path"},
    {"", ".bin", "has another name than expected; open it by its own path"},
    {"", ".pt", "has another name than expected; open it by its own path"},
}};

std::string hintFor(const std::vector<std::string>& names) {
    for (const Hint& hint : hints)
        for (const std::string& name : names)
            if (name.starts_with(hint.beginning) && name.ends_with(hint.end))
                return name + " " + std::string(hint.advice);
    return {};
}

std::string contentOf(const fs::path& folder, const std::vector<std::string>& names) {
    if (names.empty()) return "it is empty";
    const std::vector<std::string> inner = subFoldersWithConfig(folder);
    if (!inner.empty())
        return "its sub-folders look like checkpoints, open one of them: " + joined(inner);
    return "it holds " + joined(names);
}

} // namespace

std::vector<std::string> namesInFolder(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    for (const fs::directory_iterator end; !error && entry != end && names.size() < mostNames;
         entry.increment(error))
        names.push_back(entry->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> subFoldersWithConfig(const fs::path& folder) {
    std::vector<std::string> names;
    for (const std::string& name : namesInFolder(folder)) {
        std::error_code error;
        if (fs::is_regular_file(folder / name / "config.json", error)) names.push_back(name);
    }
    return names;
}

Expected<fs::path> fileInFolder(const fs::path& folder, std::string_view name) {
    const fs::path file = folder / name;
    std::error_code error;
    const fs::file_status own = fs::symlink_status(file, error);
    if (!fs::exists(own)) return fs::path();
    const bool isLink = fs::is_symlink(own);
    const fs::file_status target = isLink ? fs::status(file, error) : own;
    if (!fs::exists(target))
        return fail(ErrorCode::Truncated,
                    file.string() + ": is a link to " + fs::read_symlink(file, error).string() +
                        ", which is not there; expected the file itself: the download did not "
                        "finish, run it again");
    if (!fs::is_regular_file(target))
        return fail(ErrorCode::Unreadable,
                    file.string() + ": is not a regular file; expected a file with content");
    if (!isLink) return file;
    const fs::path real = fs::canonical(file, error);
    if (!error && belongsTo(real, fs::canonical(folder, error)) && !error) return file;
    return fail(ErrorCode::Unsafe,
                file.string() + ": is a link to " + real.string() +
                    ", outside of its folder; expected a file inside. Where you trust it, put a "
                    "copy in place of the link");
}

Error missingConfig(const fs::path& folder) {
    const std::vector<std::string> names = namesInFolder(folder);
    return {ErrorCode::NotFound,
            folder.string() +
                ": has no config.json; expected a folder with config.json, vocab.txt "
                "and weights, and " +
                contentOf(folder, names) + ". Fetch config.json from where the weights came from"};
}

Error missingWeights(const fs::path& folder) {
    const std::vector<std::string> names = namesInFolder(folder);
    const std::string hint = hintFor(names);
    return {ErrorCode::NotFound,
            folder.string() +
                ": has no weights; expected model.safetensors or pytorch_model.bin (or the index "
                "of their shards), and " +
                contentOf(folder, names) +
                (hint.empty() ? ". Fetch the weights into this folder" : "; " + hint)};
}

} // namespace isentrope
