// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/torch_zip.h"

#include "core/base/number.h"
#include "core/checkpoint/file_stream.h"
#include "core/checkpoint/tensor_layout.h"
#include "core/checkpoint/tensor_name.h"
#include "core/checkpoint/torch_object.h"
#include "core/checkpoint/zip_entry.h"

#include <algorithm>
#include <optional>

namespace isentrope {
namespace {

constexpr std::uint64_t largestPickle = std::uint64_t{64} << 20;
constexpr std::uint64_t largestNote = 64; ///< bytes of `version` and `byteorder`
constexpr std::int64_t newestVersion = 10;

tl::unexpected<Error> refuse(const File& file, ErrorCode code, const std::string& text) {
    return fail(code, file.path().string() + ": " + text);
}

bool holdsName(const ZipDirectory& directory, std::string_view ending) {
    return std::ranges::any_of(
        directory.records, [&](const ZipRecord& record) { return record.name.ends_with(ending); });
}

/// Archives of other programs, told by what they hold.
Expected<void> checkKind(const File& file, const ZipDirectory& directory) {
    if (holdsName(directory, "/constants.pkl") || holdsName(directory, "/bytecode.pkl"))
        return refuse(file, ErrorCode::Unsupported,
                      "is a TorchScript archive, a program with its weights; expected a "
                      "state_dict: torch.save(torch.jit.load(…).state_dict(), …)");
    if (holdsName(directory, "data.pkl")) return {};
    if (holdsName(directory, ".npy"))
        return refuse(file, ErrorCode::Unsupported,
                      "is a NumPy archive (.npz); convert it to safetensors");
    if (holdsName(directory, ".weights.h5"))
        return refuse(file, ErrorCode::Unsupported,
                      "is a Keras archive; convert it to safetensors");
    return refuse(file, ErrorCode::Unsupported,
                  "is a zip archive without data.pkl, not a PyTorch checkpoint; unpack it and "
                  "open what is inside");
}

/// The one folder at the top that all entries share, with its slash.
Expected<std::string> rootOf(const File& file, const ZipEntries& entries) {
    const std::string& first = entries.begin()->first;
    const std::string root = first.substr(0, first.find('/') + 1);
    const auto outside = std::ranges::find_if(
        entries, [&](const auto& entry) { return !entry.first.starts_with(root); });
    if (root.size() > 1 && outside == entries.end()) return root;
    return refuse(file, ErrorCode::Malformed,
                  "its archive has more than one folder at the top (" + inQuotes(first) + " and " +
                      inQuotes(outside == entries.end() ? first : outside->first) +
                      "), expected one as torch.save writes it");
}

struct Archive {
    const File& file;
    std::string root;
    ZipEntries entries;

    [[nodiscard]] const ZipEntry* find(const std::string& name) const {
        const auto found = entries.find(root + name);
        return found == entries.end() ? nullptr : &found->second;
    }
    [[nodiscard]] Expected<std::string> content(const std::string& name,
                                                const ZipEntry& entry) const {
        if (auto sound = checkZipCrc(file, root + name, entry); !sound)
            return tl::unexpected(sound.error());
        return readBytes(file, entry.offset, entry.size);
    }
};

/// A short text beside the pickle; empty where the archive has none.
Expected<std::string> note(const Archive& archive, const std::string& name) {
    const ZipEntry* entry = archive.find(name);
    if (!entry) return std::string();
    if (entry->size > largestNote)
        return refuse(archive.file, ErrorCode::Malformed,
                      "its entry " + inQuotes(name) + " has " + std::to_string(entry->size) +
                          " bytes, expected a short text");
    return archive.content(name, *entry);
}

Expected<void> checkNotes(const Archive& archive) {
    const auto order = note(archive, "byteorder");
    if (!order) return tl::unexpected(order.error());
    if (!order->empty() && *order != "little")
        return refuse(archive.file, ErrorCode::Unsupported,
                      "states the byte order " + inQuotes(*order) +
                          ", expected little; save it again on a usual machine");
    auto version = note(archive, "version");
    if (!version) return tl::unexpected(version.error());
    if (!archive.find("version")) return {};
    if (version->ends_with('\n')) version->pop_back();
    const auto number = parseInteger(*version);
    if (number && *number >= 1 && *number <= newestVersion) return {};
    return refuse(archive.file, ErrorCode::Unsupported,
                  "states the format version " + inQuotes(*version) + ", expected 1 to " +
                      std::to_string(newestVersion) + "; save it again with a usual PyTorch");
}

/// Where each storage begins; its record has exactly the bytes that the pickle states.
Expected<std::vector<std::uint64_t>> placeStorages(const Archive& archive,
                                                   const TorchObject& object) {
    std::vector<std::uint64_t> offsets;
    for (const TorchStorage& storage : object.storages) {
        const std::string name = "data/" + storage.key;
        const ZipEntry* entry = archive.find(name);
        if (!entry)
            return refuse(archive.file, ErrorCode::Malformed,
                          "lacks the entry " + inQuotes(name) +
                              " that its pickle names; fetch the "
                              "file again");
        if (entry->size != storage.bytes())
            return refuse(archive.file, ErrorCode::Malformed,
                          "its entry " + inQuotes(name) + " has " + std::to_string(entry->size) +
                              " bytes, but its pickle states " + std::to_string(storage.bytes()));
        if (storage.used)
            if (auto sound = checkZipCrc(archive.file, archive.root + name, *entry); !sound)
                return tl::unexpected(sound.error());
        offsets.push_back(entry->offset);
    }
    return offsets;
}

Expected<Archive> openArchive(const File& file) {
    const auto directory = readZipDirectory(file);
    if (!directory) return tl::unexpected(directory.error());
    if (auto kind = checkKind(file, *directory); !kind) return tl::unexpected(kind.error());
    auto entries = locateZipEntries(file, *directory);
    if (!entries) return tl::unexpected(entries.error());
    auto root = rootOf(file, *entries);
    if (!root) return tl::unexpected(root.error());
    Archive archive{file, std::move(*root), std::move(*entries)};
    if (auto notes = checkNotes(archive); !notes) return tl::unexpected(notes.error());
    return archive;
}

Expected<TorchObject> readObject(const Archive& archive) {
    const ZipEntry* entry = archive.find("data.pkl");
    if (!entry)
        return refuse(archive.file, ErrorCode::Malformed,
                      "its archive has no data.pkl in its folder at the top");
    if (entry->size > largestPickle)
        return refuse(archive.file, ErrorCode::TooLarge,
                      "its data.pkl has " + humanBytes(static_cast<double>(entry->size)) +
                          ", expected at most " + humanBytes(static_cast<double>(largestPickle)));
    const auto bytes = archive.content("data.pkl", *entry);
    if (!bytes) return tl::unexpected(bytes.error());
    const std::string path = archive.file.path().string();
    const auto pickle = readPickle(*bytes, 0, path);
    if (!pickle) return tl::unexpected(pickle.error());
    if (pickle->end != bytes->size())
        return refuse(archive.file, ErrorCode::Malformed, "has bytes behind the end of its pickle");
    return readTorchObject(*pickle, path);
}

} // namespace

Expected<TensorDirectory> readTorchZip(const File& file) {
    const auto archive = openArchive(file);
    if (!archive) return tl::unexpected(archive.error());
    auto object = readObject(*archive);
    if (!object) return tl::unexpected(object.error());
    const auto offsets = placeStorages(*archive, *object);
    if (!offsets) return tl::unexpected(offsets.error());
    TensorDirectory directory{
        {file.path()}, "pytorch-zip", placeTensors(*object, *offsets), {}, object->warnings};
    if (auto booleans = checkBooleans(file, directory.tensors); !booleans)
        return tl::unexpected(booleans.error());
    return directory;
}

} // namespace isentrope
