// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/pickle_reader.h"
#include "core/checkpoint/tensor_directory.h"

#include <string>
#include <vector>

namespace isentrope {

/// A run of elements that one or more tensors look at.
struct TorchStorage {
    std::string key;
    ElementType type = ElementType::F32;
    std::int64_t count = 0;
    bool used = false; ///< by a tensor of the model, not only by something beside it

    [[nodiscard]] std::uint64_t bytes() const {
        return static_cast<std::uint64_t>(count) * elementSize(type);
    }
};

struct TorchTensor {
    std::string name;
    std::size_t storage = 0; ///< index into TorchObject::storages
    std::int64_t offset = 0; ///< in elements of the storage
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;
};

/// The state_dict of a pickle. Every view ends inside its storage as the pickle states it; whether
/// the file holds that storage is for the container to check.
struct TorchObject {
    std::vector<TorchStorage> storages; ///< everything in the pickle, by key
    std::vector<TorchTensor> tensors;
    std::vector<std::string> warnings;
};

[[nodiscard]] Expected<TorchObject> readTorchObject(const Pickle& pickle, std::string_view source);

/// The entries of a directory, once the container knows where each storage begins in the file.
[[nodiscard]] std::vector<TensorEntry> placeTensors(const TorchObject& object,
                                                    const std::vector<std::uint64_t>& offsets);

} // namespace isentrope
