// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/pickle_reader.h"

#include "core/checkpoint/bytes.h"
#include "core/checkpoint/pickle_callables.h"
#include "core/checkpoint/pickle_memo.h"
#include "core/checkpoint/pickle_opcodes.h"
#include "core/checkpoint/tensor_name.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>

namespace isentrope {
namespace {

constexpr std::size_t mostOperations = 20'000'000;
constexpr std::size_t mostValues = 1'000'000;
constexpr std::size_t longestText = std::size_t{1} << 20;
constexpr std::size_t longestLine = 256;
constexpr unsigned deepest = 100;

/// The stack machine of pickle, without the operations that call anything.
class Machine {
public:
    Machine(std::string_view bytes, std::size_t begin, std::string_view source)
        : m_bytes(bytes)
        , m_cursor(bytes, begin)
        , m_source(source)
        , m_values(bytes) {}

    Expected<Pickle> run() {
        if (auto head = protocol(); !head) return tl::unexpected(head.error());
        for (std::size_t operations = 0; !m_stopped; ++operations) {
            if (operations == mostOperations) return tooLarge("operations", mostOperations);
            if (m_values.size() > mostValues) return tooLarge("values", mostValues);
            const auto byte = m_cursor.number<std::uint8_t>();
            if (!byte) return cut();
            if (auto done = step(static_cast<PickleOp>(*byte)); !done)
                return tl::unexpected(done.error());
        }
        if (m_stack.size() != 1 || !m_marks.empty())
            return broken("stops with " + std::to_string(m_stack.size()) +
                          " values on its stack, expected one");
        return Pickle{std::move(m_values), m_stack.front(), m_cursor.at()};
    }

private:
    using Done = Expected<void>;

    [[nodiscard]] tl::unexpected<Error> refuse(ErrorCode code, const std::string& text) const {
        return fail(code, std::string(m_source) + ": " + text);
    }
    [[nodiscard]] tl::unexpected<Error> broken(const std::string& problem) const {
        return refuse(ErrorCode::Malformed, "its pickle " + problem + " (near byte " +
                                                std::to_string(m_cursor.at()) +
                                                "); the file is damaged or was made by hand");
    }
    [[nodiscard]] tl::unexpected<Error> cut() const {
        return refuse(ErrorCode::Truncated, "its pickle breaks off at byte " +
                                                std::to_string(m_cursor.at()) +
                                                "; the download is incomplete, fetch it again");
    }
    [[nodiscard]] tl::unexpected<Error> tooLarge(const std::string& what, std::size_t most) const {
        return refuse(ErrorCode::TooLarge, "its pickle has more than " + std::to_string(most) +
                                               " " + what + ", far more than a model needs");
    }

    [[nodiscard]] tl::unexpected<Error> tooDeep() const {
        return refuse(ErrorCode::TooLarge, "its pickle is nested deeper than " +
                                               std::to_string(deepest) +
                                               " levels, far deeper than a model needs");
    }

    Done protocol() {
        const auto opcode = m_cursor.number<std::uint8_t>();
        const auto version = m_cursor.number<std::uint8_t>();
        if (!opcode || !version) return cut();
        if (static_cast<PickleOp>(*opcode) != PickleOp::Proto)
            return broken("does not begin with its protocol");
        if (*version == 2 || *version == 3) return {};
        return refuse(ErrorCode::Unsupported,
                      "is pickled with protocol " + std::to_string(*version) +
                          "; expected 2: load it in Python and save it again with torch.save and "
                          "its default protocol, or as safetensors");
    }

    /// One case an opcode: the list is long, and nothing in it is deep.
    Done step(PickleOp op) { // NOLINT(readability-function-size)
        switch (op) {
        case PickleOp::None:
            return push(m_values.add(PickleKind::None));
        case PickleOp::NewTrue:
            return push(m_values.add(PickleKind::Bool, 1));
        case PickleOp::NewFalse:
            return push(m_values.add(PickleKind::Bool, 0));
        case PickleOp::BinInt1:
            return integer<std::uint8_t, std::uint8_t>();
        case PickleOp::BinInt2:
            return integer<std::uint16_t, std::uint16_t>();
        case PickleOp::BinInt:
            return integer<std::uint32_t, std::int32_t>();
        case PickleOp::Long1:
            return longInteger();
        case PickleOp::BinFloat:
            return binaryFloat();
        case PickleOp::BinUnicode:
        case PickleOp::BinString:
            return text<std::uint32_t>();
        case PickleOp::ShortBinString:
            return text<std::uint8_t>();
        case PickleOp::EmptyDict:
            return push(m_values.add(PickleKind::Dict));
        case PickleOp::EmptyList:
            return push(m_values.add(PickleKind::List));
        case PickleOp::EmptyTuple:
            return push(m_values.add(PickleKind::Tuple));
        case PickleOp::Mark:
            return mark();
        case PickleOp::Tuple:
            return markedTuple();
        case PickleOp::Tuple1:
            return tuple(1);
        case PickleOp::Tuple2:
            return tuple(2);
        case PickleOp::Tuple3:
            return tuple(3);
        case PickleOp::Append:
            return addItems(1, PickleKind::List);
        case PickleOp::SetItem:
            return addItems(2, PickleKind::Dict);
        case PickleOp::Appends:
            return addMarked(PickleKind::List);
        case PickleOp::SetItems:
            return addMarked(PickleKind::Dict);
        case PickleOp::BinPut:
            return put<std::uint8_t>();
        case PickleOp::LongBinPut:
            return put<std::uint32_t>();
        case PickleOp::BinGet:
            return get<std::uint8_t>();
        case PickleOp::LongBinGet:
            return get<std::uint32_t>();
        case PickleOp::Global:
            return global();
        case PickleOp::Reduce:
            return reduce();
        case PickleOp::Build:
            return build();
        case PickleOp::BinPersId:
            return persistent();
        case PickleOp::Stop:
            m_stopped = true;
            return {};
        default:
            return unknown(op);
        }
    }

    Done unknown(PickleOp op) {
        const std::string name = opcodeName(op);
        if (callsCode(op))
            return refuse(ErrorCode::Unsafe, "asks to run code by the pickle operation " + name +
                                                 "; this file is a program, not weights, and "
                                                 "nothing of it was run");
        return broken("uses the operation " + name + ", which torch.save does not write");
    }

    Done push(PickleRef ref) {
        if (m_values.depth(ref) > deepest) return tooDeep();
        m_stack.push_back(ref);
        return {};
    }

    Done mark() {
        if (m_marks.size() > deepest) return tooDeep();
        m_marks.push_back(m_stack.size());
        return {};
    }

    /// How many values stand above the innermost mark, or below which no operation may reach.
    [[nodiscard]] std::size_t above() const {
        return m_stack.size() - (m_marks.empty() ? 0 : m_marks.back());
    }

    [[nodiscard]] std::span<const PickleRef> top(std::size_t count) const {
        return std::span(m_stack).last(count);
    }

    void drop(std::size_t count) { m_stack.resize(m_stack.size() - count); }

    template <class Raw, class Signed>
    Done integer() {
        const auto raw = m_cursor.number<Raw>();
        if (!raw) return cut();
        const auto value = static_cast<std::int64_t>(static_cast<Signed>(*raw));
        return push(m_values.add(PickleKind::Integer, static_cast<std::uint64_t>(value)));
    }

    Done longInteger() {
        const auto length = m_cursor.number<std::uint8_t>();
        const auto bytes = length ? m_cursor.take(*length) : std::nullopt;
        if (!bytes) return cut();
        if (bytes->size() > sizeof(std::uint64_t)) return broken("has a number beyond 64 bits");
        const bool negative = !bytes->empty() && (bytes->back() & '\x80') != 0;
        std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
        for (std::size_t i = bytes->size(); i-- > 0;)
            value = (value << 8) | static_cast<unsigned char>((*bytes)[i]);
        return push(m_values.add(PickleKind::Integer, value));
    }

    Done binaryFloat() {
        const auto bits = m_cursor.number<std::uint64_t>();
        if (!bits) return cut();
        return push(m_values.add(PickleKind::Float, *bits));
    }

    template <class Length>
    Done text() {
        const auto length = m_cursor.number<Length>();
        if (!length) return cut();
        if (*length > longestText)
            return refuse(ErrorCode::TooLarge,
                          "its pickle states a text of " + std::to_string(*length) +
                              " bytes, expected at most " + std::to_string(longestText));
        const std::size_t begin = m_cursor.at();
        if (!m_cursor.take(*length)) return cut();
        return push(m_values.addText(begin, *length));
    }

    Done tuple(std::size_t count) {
        if (above() < count) return broken("takes more from its stack than is there");
        const PickleRef ref = m_values.addFixed(PickleKind::Tuple, top(count));
        drop(count);
        return push(ref);
    }

    Done markedTuple() {
        if (m_marks.empty()) return broken("ends a tuple that has not begun");
        const std::size_t count = above();
        m_marks.pop_back();
        const PickleRef ref = m_values.addFixed(PickleKind::Tuple, top(count));
        drop(count);
        return push(ref);
    }

    Done addItems(std::size_t count, PickleKind kind) {
        if (above() < count + 1) return broken("takes more from its stack than is there");
        const PickleRef container = m_stack[m_stack.size() - count - 1];
        if (kind == PickleKind::List ? m_values.kind(container) != kind
                                     : !m_values.isDict(container))
            return broken("adds an item to what is not a list or dict");
        if (kind == PickleKind::Dict && count % 2 != 0)
            return broken("adds a key without a value to a dict");
        m_values.append(container, top(count));
        drop(count + 1);
        return push(container);
    }

    Done addMarked(PickleKind kind) {
        if (m_marks.empty()) return broken("ends a series that has not begun");
        const std::size_t count = above();
        m_marks.pop_back();
        return addItems(count, kind);
    }

    template <class Key>
    Done put() {
        const auto key = m_cursor.number<Key>();
        if (!key) return cut();
        if (above() == 0) return broken("remembers a value that is not there");
        if (!m_memo.put(*key, m_stack.back())) return broken("remembers values out of order");
        return {};
    }

    template <class Key>
    Done get() {
        const auto key = m_cursor.number<Key>();
        if (!key) return cut();
        const auto ref = m_memo.get(*key);
        if (!ref) return broken("recalls value " + std::to_string(*key) + ", which it never kept");
        return push(*ref);
    }

    Expected<std::string_view> line() {
        const std::string_view rest = m_bytes.substr(m_cursor.at(), longestLine + 1);
        const std::size_t length = rest.find('\n');
        if (length != std::string_view::npos) {
            static_cast<void>(m_cursor.take(length + 1));
            return rest.substr(0, length);
        }
        if (rest.size() <= longestLine) return cut();
        return broken("has a name of more than " + std::to_string(longestLine) + " bytes");
    }

    Done global() {
        const auto module = line();
        if (!module) return tl::unexpected(module.error());
        const auto name = line();
        if (!name) return tl::unexpected(name.error());
        const auto callable = findCallable(*module, *name, m_source);
        if (!callable) return tl::unexpected(callable.error());
        return push(m_values.add(PickleKind::Callable, static_cast<std::uint64_t>(*callable)));
    }

    Done reduce() {
        if (above() < 2) return broken("takes more from its stack than is there");
        const std::span<const PickleRef> asked = top(2);
        if (m_values.kind(asked[0]) != PickleKind::Callable ||
            m_values.kind(asked[1]) != PickleKind::Tuple)
            return broken("calls what cannot be called");
        const auto callable = static_cast<PickleCallable>(m_values.integer(asked[0]));
        const bool isDict = callable == PickleCallable::OrderedDict;
        if (isDict && !m_values.items(asked[1]).empty())
            return broken("makes an OrderedDict with arguments, expected none");
        const PickleRef made = isDict ? m_values.add(PickleKind::OrderedDict)
                                      : m_values.addFixed(PickleKind::Reduced, asked);
        drop(2);
        return push(made);
    }

    /// state_dict() hangs `_metadata` (versions of modules) on its OrderedDict; it is not needed.
    Done build() {
        if (above() < 2) return broken("takes more from its stack than is there");
        const std::span<const PickleRef> asked = top(2);
        const auto state = m_values.items(asked[1]);
        if (m_values.kind(asked[0]) != PickleKind::OrderedDict ||
            m_values.kind(asked[1]) != PickleKind::Dict || state.size() != 2 ||
            m_values.text(state[0]) != "_metadata")
            return broken("gives an object a state, expected only _metadata of an OrderedDict");
        drop(1);
        return {};
    }

    Done persistent() {
        if (above() < 1) return broken("takes more from its stack than is there");
        if (m_values.kind(m_stack.back()) != PickleKind::Tuple)
            return broken("names a storage by what is not a tuple");
        const PickleRef ref = m_values.addFixed(PickleKind::Persistent, top(1));
        drop(1);
        return push(ref);
    }

    std::string_view m_bytes;
    ByteCursor m_cursor;
    std::string_view m_source;
    PickleValues m_values;
    PickleMemo m_memo;
    std::vector<PickleRef> m_stack;
    std::vector<std::size_t> m_marks; ///< height of the stack at each open mark
    bool m_stopped = false;
};

} // namespace

Expected<Pickle> readPickle(std::string_view bytes, std::size_t begin, std::string_view source) {
    return Machine(bytes, begin, source).run();
}

} // namespace isentrope
