// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/foreign_kind.h"

#include "core/base/number.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <array>

namespace isentrope {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view convert =
    "convert it, or fetch model.safetensors or pytorch_model.bin of the same model";
constexpr std::string_view fetchAgain =
    "fetch the real file; the link answered with something else";

struct Mark {
    std::string_view bytes; ///< at the beginning of the file
    std::string_view what;
    std::string_view advice = convert;
};

constexpr std::array marks = {
    Mark{"GGUF"sv, "a GGUF file (llama.cpp)"},
    Mark{"ggjt"sv, "a GGML file (llama.cpp)"},
    Mark{"tjgg"sv, "a GGML file (llama.cpp)"},
    Mark{"lmgg"sv, "a GGML file (llama.cpp)"},
    Mark{"\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras or h5py)"},
    Mark{"\x93NUMPY"sv, "a NumPy array (.npy)"},
    Mark{"\x1f\x8b"sv, "a gzip archive", "unpack it first (gunzip or tar -xzf)"},
    Mark{"BZh"sv, "a bzip2 archive", "unpack it first (bunzip2)"},
    Mark{"\xfd"
         "7zXZ"sv,
         "an xz archive", "unpack it first (unxz)"},
    Mark{"\x28\xb5\x2f\xfd"sv, "a zstd archive", "unpack it first (unzstd)"},
    Mark{"7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive", "unpack it first"},
    Mark{"PK\x05\x06"sv, "an empty zip archive", "fetch the file again"},
    Mark{"PK\x07\x08"sv, "a part of a split zip archive", "join its parts first"},
    Mark{"\x7f"
         "ELF"sv,
         "a program (ELF)", "open weights instead"},
    Mark{"#!"sv, "a script", "open weights instead"},
    Mark{"%PDF"sv, "a PDF document", "open weights instead"},
    Mark{"\x08\x01\x12"sv, "a TensorFlow SavedModel or an ONNX model"},
};

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string lowerFront(std::string_view text) {
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    std::string front(text.substr(0, 64));
    for (char& c : front)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return front;
}

/// The number behind "size " in a Git LFS pointer, or nothing.
std::optional<std::int64_t> pointerSize(std::string_view text) {
    const std::size_t at = text.find("\nsize ");
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(at + 6);
    return parseInteger(rest.substr(0, rest.find_first_of("\r\n")));
}

std::optional<ForeignKind> textKind(std::string_view head) {
    if (head.starts_with("version https://git-lfs.github.com/spec/")) {
        const auto size = pointerSize(head);
        const std::string bytes = size ? ", " + humanBytes(static_cast<double>(*size)) : "";
        return ForeignKind{ErrorCode::Unsupported, "a Git LFS pointer, not the weights",
                           "fetch the real file" + bytes + " (git lfs pull)"};
    }
    const std::string front = lowerFront(head);
    const auto begins = [&](std::string_view mark) { return front.starts_with(mark); };
    if (begins("<!doctype html") || begins("<html") || begins("<head") || begins("<body"))
        return ForeignKind{ErrorCode::Unsupported, "an HTML page", std::string(fetchAgain)};
    if (begins("<?xml") || begins("<error"))
        return ForeignKind{ErrorCode::Unsupported, "an XML page", std::string(fetchAgain)};
    if (begins("{\"") || begins("{}") || begins("[") || begins("{ ") || begins("{\n"))
        return ForeignKind{ErrorCode::Unsupported,
                           "JSON text (" + inQuotes(head.substr(0, 60)) + ")",
                           "an index is opened by its folder, an error message of a server means "
                           "that the file must be fetched again"};
    return std::nullopt;
}

bool isTar(std::string_view head) {
    return head.size() >= 262 && head.substr(257, 5) == "ustar";
}

/// Python's own serialisation without the mark of torch.save in front.
std::optional<ForeignKind> pickleKind(std::string_view head) {
    if (head.size() < 2 || head[0] != '\x80') return std::nullopt;
    const auto protocol = static_cast<unsigned char>(head[1]);
    if (protocol > 5) return std::nullopt;
    if (protocol > 3)
        return ForeignKind{ErrorCode::Unsupported,
                           "a pickle of protocol " + std::to_string(protocol),
                           "load it in Python and save the state_dict again with torch.save and "
                           "its default protocol 2, or as safetensors"};
    return ForeignKind{ErrorCode::Unsupported, "a Python pickle that torch.save did not write",
                       "expected a state_dict saved with torch.save, or safetensors"};
}

std::optional<ForeignKind> tensorFlowKind(std::string_view head, std::string_view tail,
                                          std::string_view name) {
    const auto tensorFlow = [](std::string what) {
        return ForeignKind{ErrorCode::Unsupported, std::move(what),
                           "convert it to PyTorch with the converter of the model's authors, or "
                           "fetch model.safetensors"};
    };
    if (tail == "\x57\xfb\x80\x8b\x24\x75\x47\xdb"sv)
        return tensorFlow("the index of a TensorFlow checkpoint");
    if (name.find(".data-0") != std::string_view::npos)
        return tensorFlow("the data of a TensorFlow checkpoint");
    // GraphDef and MetaGraphDef begin with a nested message; the names of operations follow soon.
    const auto holds = [&](std::string_view part) {
        return head.find(part) != std::string_view::npos;
    };
    if (!head.starts_with('\x0a')) return std::nullopt;
    if (name.ends_with(".meta") || holds("\x12\x04type"sv))
        return tensorFlow("the graph of a TensorFlow checkpoint");
    if (holds("\x12\x05"
              "Const"sv) ||
        holds("\x12\x0bPlaceholder"sv))
        return tensorFlow("a frozen TensorFlow graph");
    return std::nullopt;
}

/// ModelProto begins with its version as a small varint, then the producer's name.
bool isOnnx(std::string_view head) {
    return head.size() > 4 && head[0] == '\x08' && static_cast<unsigned char>(head[1]) < 32 &&
           (head[2] == '\x12' || head[2] == '\x3a');
}

bool isPlainText(std::string_view head) {
    return std::ranges::all_of(head, [](char c) { return isSpace(c) || (c >= 0x20 && c < 0x7f); });
}

} // namespace

std::optional<ForeignKind> foreignKind(std::string_view head, std::string_view tail,
                                       std::string_view name) {
    for (const Mark& mark : marks)
        if (head.starts_with(mark.bytes))
            return ForeignKind{ErrorCode::Unsupported, std::string(mark.what),
                               std::string(mark.advice)};
    if (isTar(head))
        return ForeignKind{ErrorCode::Unsupported,
                           "a tar archive (PyTorch 0.1 wrote such, and downloads come in them)",
                           "unpack it, or load it in Python and save the state_dict again"};
    if (auto kind = textKind(head)) return kind;
    if (auto kind = pickleKind(head)) return kind;
    if (auto kind = tensorFlowKind(head, tail, name)) return kind;
    if (isOnnx(head))
        return ForeignKind{ErrorCode::Unsupported, "an ONNX model", std::string(convert)};
    return std::nullopt;
}

std::string unknownKind(std::string_view path, std::string_view head) {
    const std::string_view front = head.substr(0, 16);
    return std::string(path) +
           (isPlainText(head) ? ": is a text file that begins with "
                              : ": is of an unknown kind, beginning with ") +
           inQuotes(front) + "; expected safetensors or a PyTorch state_dict";
}

} // namespace isentrope
