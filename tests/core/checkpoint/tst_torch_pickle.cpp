// SPDX-License-Identifier: GPL-3.0-or-later
#include "made_torch.h"

#include <QtTest>

using namespace isentrope;
using namespace isentrope::test;
namespace p = isentrope::test::pickle;

/// What a data.pkl may ask for and what not; the zip around it is sound.
class TorchPickleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goodOpens_data();
    void goodOpens();
    void badIsRefused_data();
    void badIsRefused();
    void trainersRecordIsUsedAndSaid();

private:
    void codeRows();
    void viewRows();
    void stackRows();
    void limitRows();
    void meaningRows();
    MadeFiles m_files;
};

namespace {

void row(const char* name, const QByteArray& dataPickle, const char* says = "") {
    QTest::newRow(name) << dataPickle << QByteArray(says);
}

QByteArray view(const QByteArray& storage, std::int64_t offset,
                const std::vector<std::int64_t>& shape, const std::vector<std::int64_t>& strides) {
    return p::model(p::tensorOf(storage, offset, shape, strides));
}

/// A sound model with something more in its dict.
QByteArray beside(const QByteArray& more) {
    return p::whole(p::dict(p::text("w") + p::tensor() + more));
}

QByteArray call(const QByteArray& module, const QByteArray& name, const QByteArray& arguments) {
    return p::global(module, name) + p::tuple(arguments) + "R";
}

/// A list whose n-th level holds the level below twice.
QByteArray doubling(int levels) {
    QByteArray bytes = "K\x01q" + QByteArray(1, '\0');
    for (int i = 0; i < levels; ++i)
        bytes += "h" + QByteArray(1, '\0') + "\x86q" + QByteArray(1, '\0');
    return bytes;
}

QByteArray parameter(const QByteArray& tensor) {
    return call("torch._utils", "_rebuild_parameter", tensor + "\x88" + p::emptyHooks());
}

} // namespace

void TorchPickleTest::goodOpens_data() {
    QTest::addColumn<QByteArray>("dataPickle");
    QTest::addColumn<QByteArray>("unused");
    row("plain", p::model(p::tensor()));
    row("protocol 3", p::model(p::tensor()).replace(1, 1, "\x03"));
    for (const char* device : {"cuda:0", "meta", "garbage"})
        row(device, view(p::storage(6, "0", "FloatStorage", device), 0, {2, 3}, {3, 1}));
    row("parameter", p::model(parameter(p::tensor())));
    row("tied", beside(p::text("v") + p::tensor()));
    row("old rebuild",
        p::model(call("torch._utils", "_rebuild_tensor",
                      p::storage(6) + p::integer(0) + p::numbers({2, 3}) + p::numbers({3, 1}))));
    row("scalar at the end", view(p::storage(6), 5, {}, {}));
    row("empty behind the end", view(p::storage(6), 6, {0, 5}, {5, 1}));
    row("stride 0 within the count", view(p::storage(6), 0, {6}, {0}));
    row("with _metadata", p::whole(p::emptyHooks() + "(" + p::text("w") + p::tensor() + "u}" +
                                   p::text("_metadata") + p::emptyHooks() + "sb"));
    row("python 2 text", p::whole("}(U\1w" + p::tensor() + "u"));
}

void TorchPickleTest::goodOpens() {
    QFETCH(QByteArray, dataPickle);
    const auto directory = m_files.open(torchZip(dataPickle));
    QVERIFY2(directory.has_value(), directory ? "" : directory.error().message.c_str());
    QCOMPARE(directory->format, std::string("pytorch-zip"));
    QVERIFY(directory->find("w") != nullptr);
    QVERIFY(directory->warnings.empty());
    QVERIFY(readFloats(*directory, *directory->find("w")).has_value());
}

void TorchPickleTest::badIsRefused_data() {
    QTest::addColumn<QByteArray>("dataPickle");
    QTest::addColumn<QByteArray>("says");
    codeRows();
    viewRows();
    stackRows();
    limitRows();
    meaningRows();
}

void TorchPickleTest::codeRows() {
    const QByteArray command = p::text("touch canary");
    row("os.system", p::whole(call("os", "system", command)), "asks to run os.system");
    row("posix.system", p::whole(call("posix", "system", command)), "asks to run posix.system");
    row("eval", p::whole(call("builtins", "eval", command)), "asks to run builtins.eval");
    row("runpy", p::whole(call("runpy", "_run_code", command)), "asks to run runpy._run_code");
    row("in the hooks",
        p::model(call("torch._utils", "_rebuild_tensor_v2",
                      p::storage(6) + p::integer(0) + p::numbers({6}) + p::numbers({1}) + "\x89" +
                          call("os", "system", command))),
        "asks to run os.system");
    row("beside the weights", beside(p::text("x") + call("os", "system", command)), "os.system");
    row("OrderedDict by another name", p::whole(p::global("collections", "OrderedDict\r") + ")R"),
        "asks to run");
    row("INST", p::whole("(" + command + "ios\nsystem\n"), "INST");
    row("OBJ", p::whole("(" + p::emptyHooks() + "o"), "OBJ");
    row("NEWOBJ", p::whole(p::global("collections", "OrderedDict") + ")\x81"), "NEWOBJ");
    row("STACK_GLOBAL", p::whole(p::text("os") + p::text("system") + "\x93"), "STACK_GLOBAL");
    row("EXT1", p::whole("\x82\x01"), "EXT1");
    row("EXT2", p::whole(QByteArray("\x83\x01\x00", 3)), "EXT2");
    row("EXT4", p::whole(QByteArray("\x84\x01\x00\x00\x00", 5)), "EXT4");
    row("whole module", p::whole(p::global("torch.nn.modules.linear", "Linear") + ")\x81"),
        "a program, not weights");
    row("protocol 4", p::model(p::tensor()).replace(1, 1, "\x04"), "protocol 4");
    row("sparse", p::model(call("torch._utils", "_rebuild_sparse_tensor", "N")), "sparse tensors");
    row("quantised", p::model(call("torch._utils", "_rebuild_qtensor", "N")), "quantised");
    row("quantised storage", view(p::storage(6, "0", "QInt8Storage"), 0, {6}, {1}), "quantised");
    row("complex storage", view(p::storage(6, "0", "ComplexFloatStorage"), 0, {6}, {1}), "complex");
    row("bits storage", view(p::storage(6, "0", "Bits8Storage"), 0, {6}, {1}), "not supported");
    row("type tag", p::whole(call("torch.jit._pickle", "restore_type_tag", "N")), "asks to run");
    row("intlist", p::whole(call("torch.jit._pickle", "build_intlist", "]")), "asks to run");
}

void TorchPickleTest::viewRows() {
    constexpr std::int64_t huge = std::int64_t{1} << 40;
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    row("storage larger than its record", view(p::storage(7), 0, {7}, {1}), "24 bytes");
    row("storage of 2^40", view(p::storage(huge), 0, {6}, {1}), "24 bytes");
    row("storage smaller than its record", view(p::storage(5), 0, {5}, {1}), "24 bytes");
    row("storage larger than numbers", view(p::storage(largest), 0, {6}, {1}), "impossible");
    row("negative storage", view(p::storage(-6), 0, {6}, {1}), "impossible");
    row("view larger than storage", view(p::storage(6), 0, {7}, {1}), "beyond");
    row("count overflows", view(p::storage(6), 0, {huge, huge}, {0, 0}), "beyond");
    row("negative size", view(p::storage(6), 0, {-6}, {1}), "whole numbers");
    row("two negative sizes", view(p::storage(6), 0, {-2, -3}, {3, 1}), "whole numbers");
    row("offset beyond", view(p::storage(6), 7, {0}, {1}), "beyond");
    row("offset and view beyond", view(p::storage(6), 4, {3}, {1}), "beyond");
    row("offset overflows", view(p::storage(6), largest, {6}, {1}), "beyond");
    row("negative offset", view(p::storage(6), -1, {6}, {1}), "offset");
    row("stride beyond", view(p::storage(6), 0, {2}, {6}), "beyond");
    row("huge stride", view(p::storage(6), 0, {2}, {largest}), "beyond");
    row("strides overflow", view(p::storage(6), 0, {2, 2}, {largest, largest}), "beyond");
    row("negative stride", view(p::storage(6), 5, {6}, {-1}), "whole numbers");
    row("stride 0 of 2^40 elements", view(p::storage(6), 0, {huge}, {0}), "beyond");
    row("rank differs", view(p::storage(6), 0, {2, 3}, {1}), "one of each");
    row("nine dimensions",
        view(p::storage(6), 0, {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}),
        "dimensions");
    row("record missing", view(p::storage(6, "7"), 0, {6}, {1}), "lacks the entry");
    row("record ../", view(p::storage(6, "../0"), 0, {6}, {1}), "storage");
    row("record of two types",
        beside(p::text("v") + p::tensorOf(p::storage(6, "0", "IntStorage"), 0, {6}, {1})),
        "two types");
    row("record of two sizes", beside(p::text("v") + p::tensorOf(p::storage(5), 0, {5}, {1})),
        "two types or sizes");
    const QByteArray key = p::text("storage"), rest = p::text("0") + p::text("cpu");
    row("type 99", view(p::tuple(key + "K\x63" + rest + "K\6") + "Q", 0, {6}, {1}), "storage");
    row("type -1", view(p::tuple(key + p::integer(-1) + rest + "K\6") + "Q", 0, {6}, {1}),
        "storage");
    row("type is no storage",
        view(p::tuple(key + p::global("collections", "OrderedDict") + rest + "K\6") + "Q", 0, {6},
             {1}),
        "without a type");
    row("name too short", view(p::tuple(key) + "Q", 0, {6}, {1}), "not a storage");
    row("name not a tuple", p::model(p::text("storage") + "Q"), "not a tuple");
    row("name of another kind",
        view(p::tuple(p::text("module") + p::global("torch", "FloatStorage") + rest + "K\6") + "Q",
             0, {6}, {1}),
        "not a storage");
    row("tensor without storage", p::model(p::tensorOf("N", 0, {6}, {1})), "no storage");
    row("hidden bad tensor",
        p::whole(p::dict(p::text("model") + p::dict(p::text("w") + p::tensor()) + p::text("x") +
                         p::tensorOf(p::storage(6), 9, {6}, {1}))),
        "beyond");
    row("parameter of a parameter", p::model(parameter(parameter(p::tensor()))), "unknown way");
    row("parameter of nothing", p::model(parameter("N")), "parameter");
}

void TorchPickleTest::stackRows() {
    row("empty", "", "breaks off");
    row("only the protocol", "\x80\x02", "breaks off");
    row("only STOP", p::whole(""), "0 values");
    row("no protocol", "}.", "protocol");
    row("no STOP", p::model(p::tensor()).chopped(1), "breaks off");
    row("bytes behind STOP", p::model(p::tensor()) + "N.", "behind the end");
    row("two on the stack", p::whole("N" + p::dict(p::text("w") + p::tensor())), "2 values");
    row("mark left open", p::whole("(" + p::dict(p::text("w") + p::tensor())), "one");
    row("TUPLE1 of nothing", p::whole("\x85"), "stack");
    row("SETITEM of nothing", p::whole("s"), "stack");
    row("REDUCE of nothing", p::whole("R"), "stack");
    row("BUILD of nothing", p::whole("b"), "stack");
    row("BINPERSID of nothing", p::whole("Q"), "stack");
    row("BINPUT of nothing", p::whole(QByteArray("q\0", 2)), "not there");
    row("TUPLE without a mark", p::whole("NNt"), "not begun");
    row("SETITEMS without a mark", p::whole("}u"), "not begun");
    row("TUPLE2 across a mark", p::whole("N(N\x86"), "stack");
    row("SETITEMS odd", p::whole("}(" + p::text("w") + "u"), "key without");
    row("DICT", p::whole("(" + p::text("w") + "d"), "does not write");
    row("SETITEM on a tensor", p::model(p::tensor() + p::text("k") + "Ns"), "not a list or dict");
    row("SETITEM on a list", p::model("]" + p::text("k") + "Ns"), "not a list or dict");
    row("APPEND on a dict", p::model("}Na"), "not a list or dict");
    row("REDUCE on a number", p::whole("K\1)R"), "cannot be called");
    row("REDUCE with a number",
        p::whole(p::global("collections", "OrderedDict") + p::integer(-1) + "R"),
        "cannot be called");
    row("OrderedDict of something", p::whole(call("collections", "OrderedDict", "]")), "arguments");
    row("BUILD on a tensor", p::model(p::tensor() + "}b"), "state");
    row("BUILD with another state", p::whole(p::emptyHooks() + "}" + p::text("x") + "Nsb"),
        "state");
    row("memo never kept", p::whole("h\x05"), "never kept");
}

void TorchPickleTest::limitRows() {
    row("memo 4G", p::whole("N" + QByteArray("r\xf0\xff\xff\xff") + "h\1"), "never kept");
    row("memo 256M", p::whole("Nr" + number<std::uint32_t>(0x10000000)), "no dict");
    row("text of 4 GB", p::whole("X\xff\xff\xff\xff"), "4294967295 bytes");
    row("text of 1 GB", p::whole("X" + number<std::uint32_t>(1u << 30)), "1073741824 bytes");
    row("text beyond the end", p::whole("X" + number<std::uint32_t>(1000)), "breaks off");
    row("GLOBAL without an end", p::whole("c" + QByteArray(100'000, 'a')), "256 bytes");
    row("GLOBAL cut",
        "\x80\x02"
        "cos",
        "breaks off");
    row("2M tuples deep", p::whole(")" + QByteArray(2'000'000, '\x85')), "deeper");
    row("300k lists deep", p::whole(QByteArray(300'000, ']') + QByteArray(299'999, 'a')), "");
    row("300k marks deep", p::whole(QByteArray(300'000, '(')), "deeper");
    row("2M values", p::whole("(" + QByteArray(2'000'000, 'N') + "t"), "values");
    row("number beyond 64 bits", p::whole(QByteArray("\x8a\x09") + QByteArray(9, '\1')), "64 bits");
    row("memo doubling", p::whole("}" + p::text("w") + doubling(60) + "s"), "");
}

void TorchPickleTest::meaningRows() {
    row("not a dict", p::whole("]"), "no dict");
    row("empty dict", p::whole("}"), "no model weights");
    row("holds itself", p::whole(QByteArray("}q\0", 3) + p::text("w") + QByteArray("h\0s", 3)),
        "no model weights");
    row("only an optimizer",
        p::whole(p::dict(p::text("state") + "}" + p::text("param_groups") + "]")),
        "no model weights");
    row("name is a number", p::whole(p::dict("K\1" + p::tensor())), "not text");
    row("name is a tensor", p::whole(p::dict(p::tensor() + p::tensor())), "not text");
    row("name with NUL", p::whole(p::dict(p::text(QByteArray("w\0", 2)) + p::tensor())), "control");
    row("name not UTF-8", p::whole(p::dict(p::text("\xff") + p::tensor())), "UTF-8");
    row("name overlong", p::whole(p::dict(p::text("\xc0\xaf") + p::tensor())), "UTF-8");
    row("name of 2 kB", p::whole(p::dict(p::text(QByteArray(2000, 'n')) + p::tensor())), "2000");
    row("name twice", beside(p::text("w") + p::tensor()), "twice");
    row("number beside tensors", beside(p::text("x") + "K\1"), "other than a tensor");
}

void TorchPickleTest::badIsRefused() {
    QFETCH(QByteArray, dataPickle);
    QFETCH(QByteArray, says);
    const auto path = m_files.write(torchZip(dataPickle));
    const auto directory = readTensorDirectory(path);
    QVERIFY(!directory.has_value());
    QVERIFY2(directory.error().message.find(says.toStdString()) != std::string::npos,
             directory.error().message.c_str());
}

void TorchPickleTest::trainersRecordIsUsedAndSaid() {
    for (const char* name : {"model", "state_dict", "model_state_dict"}) {
        const auto directory = m_files.open(torchZip(p::whole(p::dict(
            p::text("epoch") + "K\3" + p::text(name) + p::dict(p::text("w") + p::tensor())))));
        QVERIFY(directory.has_value());
        QCOMPARE(directory->warnings.size(), std::size_t{1});
        QVERIFY(directory->warnings.front().find(name) != std::string::npos);
        QCOMPARE(readFloats(*directory, *directory->find("w")).value(),
                 (std::vector<float>{0, 1, 2, 3, 4, 5}));
    }
}

QTEST_GUILESS_MAIN(TorchPickleTest)
#include "tst_torch_pickle.moc"
