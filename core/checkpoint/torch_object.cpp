// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/torch_object.h"

#include "core/checkpoint/tensor_name.h"
#include "core/checkpoint/torch_storages.h"
#include "core/checkpoint/torch_view.h"

#include <algorithm>
#include <array>
#include <optional>

namespace isentrope {
namespace {

constexpr std::array innerNames = {"state_dict", "model_state_dict", "model"};

bool isTensor(const PickleValues& values, PickleRef ref) {
    return values.kind(ref) == PickleKind::Reduced;
}

bool holdsTensor(const PickleValues& values, PickleRef dict) {
    const auto items = values.items(dict);
    for (std::size_t i = 1; i < items.size(); i += 2)
        if (isTensor(values, items[i])) return true;
    return false;
}

/// The dict of a trainer's own record that holds the model, or nothing.
std::optional<PickleRef> innerDict(const PickleValues& values, PickleRef dict, std::string& name) {
    const auto items = values.items(dict);
    for (const char* candidate : innerNames)
        for (std::size_t i = 0; i + 1 < items.size(); i += 2)
            if (values.text(items[i]) == candidate && values.isDict(items[i + 1])) {
                name = candidate;
                return items[i + 1];
            }
    return std::nullopt;
}

std::string keysOf(const PickleValues& values, PickleRef dict) {
    constexpr std::size_t shown = 5;
    const auto items = values.items(dict);
    std::string text;
    for (std::size_t i = 0; i + 1 < items.size() && i < 2 * shown; i += 2)
        if (values.kind(items[i]) == PickleKind::Text)
            text += (text.empty() ? "" : ", ") + inQuotes(values.text(items[i]));
    return text.empty() ? "nothing by name" : text;
}

class StateDictReader {
public:
    StateDictReader(const PickleValues& values, TorchStorages& storages, std::string_view source)
        : m_values(values)
        , m_storages(storages)
        , m_source(source) {}

    Expected<TorchObject> read(PickleRef root) {
        const auto dict = chooseDict(root);
        if (!dict) return tl::unexpected(dict.error());
        const auto items = m_values.items(*dict);
        for (std::size_t i = 0; i + 1 < items.size(); i += 2)
            if (auto added = addTensor(items[i], items[i + 1]); !added)
                return tl::unexpected(added.error());
        if (auto unique = checkNames(); !unique) return tl::unexpected(unique.error());
        m_object.storages = m_storages.take();
        return std::move(m_object);
    }

private:
    [[nodiscard]] tl::unexpected<Error> refuse(ErrorCode code, const std::string& text) const {
        return fail(code, std::string(m_source) + ": " + text);
    }

    Expected<PickleRef> chooseDict(PickleRef root) {
        if (!m_values.isDict(root))
            return refuse(ErrorCode::NotAModel,
                          "holds no dict of tensors; expected model.state_dict()");
        std::string name;
        const auto inner = innerDict(m_values, root, name);
        if (inner)
            m_object.warnings.push_back("The file is a trainer's record; its " + inQuotes(name) +
                                        " is used, the rest is ignored.");
        const PickleRef dict = inner.value_or(root);
        if (holdsTensor(m_values, dict)) return dict;
        return refuse(ErrorCode::NotAModel, "holds no model weights, no tensors among " +
                                                keysOf(m_values, dict) +
                                                "; expected model.state_dict()");
    }

    Expected<void> addTensor(PickleRef key, PickleRef value) {
        if (m_values.kind(key) != PickleKind::Text)
            return refuse(ErrorCode::Malformed,
                          "has a tensor whose name is not text; expected model.state_dict()");
        const std::string_view name = m_values.text(key);
        if (const auto wrong = tensorNameProblem(name))
            return refuse(ErrorCode::Malformed, "the tensor name " + inQuotes(name) + " " + *wrong);
        if (!isTensor(m_values, value))
            return refuse(ErrorCode::Malformed, "holds under " + inQuotes(name) +
                                                    " something other than a tensor; expected "
                                                    "model.state_dict()");
        auto tensor = readTorchView(m_values, value, m_storages, m_source);
        if (!tensor) return tl::unexpected(tensor.error());
        tensor->name = name;
        m_storages.use(tensor->storage);
        m_object.tensors.push_back(std::move(*tensor));
        return {};
    }

    [[nodiscard]] Expected<void> checkNames() const {
        std::vector<std::string_view> names;
        names.reserve(m_object.tensors.size());
        for (const TorchTensor& tensor : m_object.tensors)
            names.push_back(tensor.name);
        std::ranges::sort(names);
        const auto twin = std::ranges::adjacent_find(names);
        if (twin == names.end()) return {};
        return refuse(ErrorCode::Malformed, "lists the tensor " + inQuotes(*twin) + " twice");
    }

    const PickleValues& m_values;
    TorchStorages& m_storages;
    std::string_view m_source;
    TorchObject m_object;
};

} // namespace

Expected<TorchObject> readTorchObject(const Pickle& pickle, std::string_view source) {
    TorchStorages storages;
    if (auto all = storages.readAll(pickle.values, source); !all)
        return tl::unexpected(all.error());
    if (auto views = checkTorchViews(pickle.values, storages, source); !views)
        return tl::unexpected(views.error());
    return StateDictReader(pickle.values, storages, source).read(pickle.root);
}

std::vector<TensorEntry> placeTensors(const TorchObject& object,
                                      const std::vector<std::uint64_t>& offsets) {
    std::vector<TensorEntry> entries;
    entries.reserve(object.tensors.size());
    for (const TorchTensor& tensor : object.tensors) {
        const ElementType type = object.storages[tensor.storage].type;
        const std::uint64_t begin = offsets[tensor.storage];
        const std::uint64_t skipped = static_cast<std::uint64_t>(tensor.offset) * elementSize(type);
        entries.push_back(
            {tensor.name, type, tensor.shape, tensor.strides, 0, begin + skipped, begin});
    }
    return entries;
}

} // namespace isentrope
