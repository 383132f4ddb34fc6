// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/processor.h"

#include "core/base/number.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sched.h>
#include <string_view>
#include <thread>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace isentrope {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

/// The value behind `key :` in a file of such lines.
std::optional<std::string> field(const char* file, std::string_view key) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(':');
        if (colon != std::string::npos && trimmed(std::string_view(line).substr(0, colon)) == key)
            return std::string(trimmed(std::string_view(line).substr(colon + 1)));
    }
    return std::nullopt;
}

/// "16384 kB" of /proc/meminfo, in bytes.
std::uint64_t meminfoBytes(std::string_view key) {
    const std::string text = field("/proc/meminfo", key).value_or("");
    const auto kilobytes = parseInteger(text.substr(0, text.find(' ')));
    return kilobytes && *kilobytes > 0 ? static_cast<std::uint64_t>(*kilobytes) * 1024 : 0;
}

/// The number in a control group's file; nothing where it says "max" or is not there.
std::optional<std::uint64_t> groupBytes(const std::string& file) {
    std::ifstream in(file);
    std::string text;
    if (!(in >> text)) return std::nullopt;
    const auto value = parseInteger(text);
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

/// The process's folder under the control groups of version 2, e.g. "/user.slice".
std::string groupPath() {
    std::ifstream in("/proc/self/cgroup");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("0::")) return line.substr(3);
    return "";
}

void narrowTo(DeviceMemory& memory, const std::string& limitFile, const std::string& usedFile) {
    const auto limit = groupBytes(limitFile);
    if (!limit || *limit >= memory.totalBytes) return;
    const std::uint64_t used = std::min(groupBytes(usedFile).value_or(0), *limit);
    memory.totalBytes = *limit;
    memory.freeBytes = std::min(memory.freeBytes, *limit - used);
}

} // namespace

std::string processorName() {
    return field("/proc/cpuinfo", "model name").value_or("processor without a name");
}

bool hasBfloatProducts() {
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    const bool amx = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & (1u << 22)) != 0;
    const bool avx512 = __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & (1u << 5)) != 0;
    return amx || avx512;
#else
    return false;
#endif
}

int usableCores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
        return std::max(1, CPU_COUNT(&allowed));
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

DeviceMemory hostMemory() {
    DeviceMemory memory{meminfoBytes("MemTotal"), meminfoBytes("MemAvailable")};
    const std::string own = "/sys/fs/cgroup" + groupPath();
    for (const std::string& group : {std::string("/sys/fs/cgroup"), own})
        narrowTo(memory, group + "/memory.max", group + "/memory.current");
    narrowTo(memory, "/sys/fs/cgroup/memory/memory.limit_in_bytes",
             "/sys/fs/cgroup/memory/memory.usage_in_bytes");
    return memory;
}

} // namespace isentrope
