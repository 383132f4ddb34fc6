// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/result/sidecar.h"

#include "core/base/file.h"
#include "core/result/provenance_json.h"

namespace isentrope {

std::filesystem::path sidecarPath(const std::filesystem::path& file) {
    std::filesystem::path beside = file;
    beside += ".json";
    return beside;
}

Expected<void> commitWithSidecar(AtomicFile& data, const Provenance& provenance,
                                 const OrderedJson& more) {
    OrderedJson json = {{"provenance", provenanceJson(provenance)}};
    json.update(more);
    return data.prepare()
        .and_then([&] { return saveFile(sidecarPath(data.path()), jsonText(json, 2) + "\n"); })
        .and_then([&] { return data.commit(); });
}

Expected<Provenance> readSidecar(const std::filesystem::path& file) {
    constexpr std::uint64_t mostBytes = 1 << 20;
    const std::filesystem::path path = sidecarPath(file);
    const auto text = readWholeFile(path, mostBytes);
    if (!text) return tl::unexpected(text.error());
    const auto json = parseJson(*text, path.string());
    if (!json) return tl::unexpected(json.error());
    if (!json->is_object() || !json->contains("provenance"))
        return fail(ErrorCode::Malformed, path.string() + ": says no provenance; save it again");
    return provenanceFromJson(json->at("provenance"), path.string());
}

} // namespace isentrope
