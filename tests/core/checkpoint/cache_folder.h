// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model_folder.h"

namespace isentrope::test {

inline const std::string oldCommit(40, 'a');
inline const std::string newCommit = std::string(20, '1') + std::string(20, 'b');

/// A cache as the hub's client leaves it: snapshots of links into blobs, refs of one line.
class CacheFolder {
public:
    [[nodiscard]] std::filesystem::path root() const { return m_folder.path().toStdString(); }
    [[nodiscard]] std::filesystem::path model(const std::string& name) const {
        return root() / name;
    }

    void addFile(const std::string& name, const std::string& commit, const std::string& file,
                 const std::string& content) const {
        const std::string blob = std::to_string(std::hash<std::string>{}(content)) + file;
        writeFile(model(name) / "blobs" / blob, content);
        const std::filesystem::path snapshot = model(name) / "snapshots" / commit;
        std::filesystem::create_directories(snapshot);
        std::filesystem::create_symlink(std::filesystem::path("../../blobs") / blob,
                                        snapshot / file);
    }
    void addSnapshot(const std::string& name, const std::string& commit) const {
        addFile(name, commit, "config.json", smallConfig().dump() + "\n");
        addFile(name, commit, "vocab.txt", smallVocabulary());
        addFile(name, commit, "model.safetensors", safetensors(smallTensors()));
    }
    void addRef(const std::string& name, const std::string& ref, const std::string& commit) const {
        writeFile(model(name) / "refs" / ref, commit);
    }

private:
    QTemporaryDir m_folder;
};

} // namespace isentrope::test
