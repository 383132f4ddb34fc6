// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_directory.h"

#include <QByteArray>
#include <QFile>
#include <QTemporaryDir>

namespace isentrope::test {

/// The little-endian bytes of a number.
template <class T>
QByteArray number(T value) {
    QByteArray bytes;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bytes += static_cast<char>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xff);
    return bytes;
}

/// Files of one test, each under a name of its own.
class MadeFiles {
public:
    [[nodiscard]] std::filesystem::path write(const QByteArray& bytes,
                                              const QString& name = QStringLiteral("model.bin")) {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("the test cannot write its file");
        return file.fileName().toStdString();
    }

    [[nodiscard]] Expected<TensorDirectory> open(const QByteArray& bytes) {
        return readTensorDirectory(write(bytes));
    }

private:
    QTemporaryDir m_folder;
};

inline QByteArray fileContent(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) qFatal("%s is missing", qPrintable(path));
    return file.readAll();
}

/// A safetensors file of this header and data.
inline QByteArray safetensors(const QByteArray& header, const QByteArray& data = {}) {
    return number<std::uint64_t>(static_cast<std::uint64_t>(header.size())) + header + data;
}

} // namespace isentrope::test
