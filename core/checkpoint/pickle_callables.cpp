// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/pickle_callables.h"

#include "core/checkpoint/tensor_name.h"

#include <array>

namespace isentrope {
namespace {

struct Allowed {
    std::string_view module;
    std::string_view name;
    std::optional<ElementType> storage = std::nullopt;
};

/// In the order of PickleCallable.
constexpr std::array allowed = {
    Allowed{"collections", "OrderedDict"},
    Allowed{"torch._utils", "_rebuild_tensor"},
    Allowed{"torch._utils", "_rebuild_tensor_v2"},
    Allowed{"torch._utils", "_rebuild_parameter"},
    Allowed{"torch", "DoubleStorage", ElementType::F64},
    Allowed{"torch", "FloatStorage", ElementType::F32},
    Allowed{"torch", "HalfStorage", ElementType::F16},
    Allowed{"torch", "BFloat16Storage", ElementType::BF16},
    Allowed{"torch", "LongStorage", ElementType::I64},
    Allowed{"torch", "IntStorage", ElementType::I32},
    Allowed{"torch", "ShortStorage", ElementType::I16},
    Allowed{"torch", "CharStorage", ElementType::I8},
    Allowed{"torch", "ByteStorage", ElementType::U8},
    Allowed{"torch", "BoolStorage", ElementType::Bool},
};

/// The part of torch that a name belongs to, where it is data that we do not read.
std::optional<std::string_view> unsupportedData(std::string_view module, std::string_view name) {
    if (module != "torch" && module != "torch._utils" && module != "torch.storage" &&
        module != "torch._tensor")
        return std::nullopt;
    if (name.find("sparse") != std::string_view::npos) return "sparse tensors";
    if (name == "_rebuild_qtensor" || name.starts_with("QInt") || name.starts_with("QUInt") ||
        name.starts_with("per_tensor") || name.starts_with("per_channel") ||
        name.starts_with("quint") || name.starts_with("qint"))
        return "quantised tensors";
    if (name.starts_with("Complex")) return "complex tensors";
    if (name.ends_with("Storage")) return "storages of this type";
    if (name.starts_with("_rebuild")) return "tensors of this kind";
    if (module == "torch") return "values of this type beside weights";
    return std::nullopt;
}

std::string dotted(std::string_view module, std::string_view name) {
    const std::string both = std::string(module) + "." + std::string(name);
    const std::string shown = inQuotes(both);
    const bool plain = shown.size() == both.size() + 2;
    return plain ? both : shown;
}

} // namespace

Expected<PickleCallable> findCallable(std::string_view module, std::string_view name,
                                      std::string_view source) {
    for (std::size_t i = 0; i < allowed.size(); ++i)
        if (allowed[i].module == module && allowed[i].name == name)
            return static_cast<PickleCallable>(i);
    const std::string asked = dotted(module, name);
    if (const auto data = unsupportedData(module, name))
        return fail(ErrorCode::Unsupported, std::string(source) + ": uses " + asked + "; " +
                                                std::string(*data) +
                                                " are not supported, save plain tensors only");
    return fail(ErrorCode::Unsafe, std::string(source) + ": asks to run " + asked +
                                       "; this file is a program, not weights, and nothing of it "
                                       "was run. Expected a state_dict of plain tensors "
                                       "(torch.save(model.state_dict(), …)) or safetensors");
}

std::optional<ElementType> storageType(PickleCallable callable) {
    return allowed[static_cast<std::size_t>(callable)].storage;
}

} // namespace isentrope
