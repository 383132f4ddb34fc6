// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/safetensors_writer.h"

#include "core/base/json.h"
#include "core/base/number.h"

#include <algorithm>
#include <limits>

namespace isentrope {
namespace {

constexpr std::uint64_t lengthBytes = 8;               ///< the header's length, before the header
constexpr std::uint64_t mostHeaderBytes = 100'000'000; ///< what readers of the format accept

/// The header after its length, padded with spaces so that the data begins at a multiple of 8.
Expected<std::string> headerText(const std::string& source, const OrderedJson& header) {
    std::string text;
    try {
        text = header.dump();
    } catch (const OrderedJson::exception&) {
        return fail(ErrorCode::Malformed,
                    source + ": a name or its metadata is not UTF-8; expected UTF-8 text");
    }
    text.append((lengthBytes - text.size() % lengthBytes) % lengthBytes, ' ');
    if (text.size() > mostHeaderBytes)
        return fail(ErrorCode::TooLarge,
                    source + ": needs a header of " + humanBytes(static_cast<double>(text.size())) +
                        ", expected at most " + humanBytes(static_cast<double>(mostHeaderBytes)) +
                        "; write fewer tensors into one file");
    return text;
}

std::string littleEndian(std::uint64_t number) {
    std::string bytes;
    for (unsigned i = 0; i < lengthBytes; ++i)
        bytes += static_cast<char>(number >> (8 * i) & 0xff);
    return bytes;
}

} // namespace

Expected<SafetensorsWriter>
SafetensorsWriter::create(const std::filesystem::path& path, std::vector<TensorPlan> tensors,
                          const std::map<std::string, std::string>& metadata) {
    std::stable_sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) {
        return numberSize(a.type) > numberSize(b.type);
    });
    auto places = placeTensors(path.string(), tensors);
    if (!places) return tl::unexpected(places.error());
    OrderedJson header = OrderedJson::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::uint64_t dataBytes = 0;
    for (const TensorPlan& tensor : tensors) {
        const Place& place = places->at(tensor.name);
        header[tensor.name] = {{"dtype", numberName(tensor.type)},
                               {"shape", tensor.shape},
                               {"data_offsets", {place.next, place.end}}};
        dataBytes = place.end;
    }
    const auto text = headerText(path.string(), header);
    if (!text) return tl::unexpected(text.error());
    const std::uint64_t dataBegin = lengthBytes + text->size();
    for (auto& [name, place] : *places) {
        place.next += dataBegin;
        place.end += dataBegin;
    }
    auto file = AtomicFile::create(path, dataBegin + dataBytes);
    if (!file) return tl::unexpected(file.error());
    return file->write(littleEndian(text->size()) + *text).map([&] {
        return SafetensorsWriter(std::move(*file), std::move(*places));
    });
}

SafetensorsWriter::SafetensorsWriter(AtomicFile file, Places places)
    : m_file(std::move(file))
    , m_places(std::move(places)) {}

Expected<SafetensorsWriter::Places>
SafetensorsWriter::placeTensors(const std::string& source, const std::vector<TensorPlan>& tensors) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max() - 2 * mostHeaderBytes;
    Places places;
    std::uint64_t end = 0;
    for (const TensorPlan& tensor : tensors) {
        const std::string named = source + ": tensor \"" + tensor.name + "\"";
        const auto bytes = arrayBytes(tensor.type, tensor.shape, named);
        if (!bytes) return tl::unexpected(bytes.error());
        if (*bytes > most - end)
            return fail(ErrorCode::TooLarge, named + ": makes the file larger than any can be");
        if (tensor.name.empty() || tensor.name == "__metadata__")
            return fail(ErrorCode::BadUsage, named + ": no tensor may have this name");
        if (!places.emplace(tensor.name, Place{tensor.type, end, end + *bytes}).second)
            return fail(ErrorCode::BadUsage, named + ": is declared twice");
        end += *bytes;
    }
    return places;
}

Expected<void> SafetensorsWriter::appendBytes(std::string_view name, NumberType type,
                                              std::span<const std::byte> bytes) {
    const std::string named = m_file.path().string() + ": tensor \"" + std::string(name) + "\"";
    const auto found = m_places.find(name);
    if (found == m_places.end()) return fail(ErrorCode::Mismatch, named + ": was not declared");
    Place& place = found->second;
    if (type != place.type)
        return fail(ErrorCode::Mismatch, named + ": was declared as " +
                                             std::string(numberName(place.type)) + ", not " +
                                             std::string(numberName(type)));
    if (bytes.size() > place.end - place.next)
        return fail(ErrorCode::Mismatch,
                    named + ": has room for " +
                        std::to_string((place.end - place.next) / numberSize(type)) +
                        " more numbers, not for " +
                        std::to_string(bytes.size() / numberSize(type)));
    auto written = m_file.writeAt(place.next, bytes);
    if (written) place.next += bytes.size();
    return written;
}

Expected<void> SafetensorsWriter::commit() {
    for (const auto& [name, place] : m_places)
        if (place.next < place.end)
            return fail(ErrorCode::Mismatch,
                        m_file.path().string() + ": tensor \"" + name + "\": lacks " +
                            std::to_string((place.end - place.next) / numberSize(place.type)) +
                            " numbers; the file is not written");
    return m_file.commit();
}

} // namespace isentrope
