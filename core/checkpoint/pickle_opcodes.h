// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace isentrope {

/// The operations of pickle that are read, and those that are refused by name.
enum class PickleOp : std::uint8_t {
    Proto = 0x80,
    Stop = '.',
    Mark = '(',
    None = 'N',
    NewTrue = 0x88,
    NewFalse = 0x89,
    BinInt = 'J',
    BinInt1 = 'K',
    BinInt2 = 'M',
    Long1 = 0x8a,
    BinFloat = 'G',
    BinUnicode = 'X',
    BinString = 'T',
    ShortBinString = 'U',
    EmptyDict = '}',
    EmptyList = ']',
    EmptyTuple = ')',
    Tuple = 't',
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    Append = 'a',
    Appends = 'e',
    SetItem = 's',
    SetItems = 'u',
    BinPut = 'q',
    LongBinPut = 'r',
    BinGet = 'h',
    LongBinGet = 'j',
    Global = 'c',
    Reduce = 'R',
    Build = 'b',
    BinPersId = 'Q',
    // Refused, with a name for the message:
    Inst = 'i',
    Obj = 'o',
    NewObj = 0x81,
    NewObjEx = 0x92,
    StackGlobal = 0x93,
    Ext1 = 0x82,
    Ext2 = 0x83,
    Ext4 = 0x84,
};

/// "STACK_GLOBAL", or the code of an operation that has no name here.
[[nodiscard]] inline std::string opcodeName(PickleOp op) {
    switch (op) {
    case PickleOp::Inst:
        return "INST";
    case PickleOp::Obj:
        return "OBJ";
    case PickleOp::NewObj:
        return "NEWOBJ";
    case PickleOp::NewObjEx:
        return "NEWOBJ_EX";
    case PickleOp::StackGlobal:
        return "STACK_GLOBAL";
    case PickleOp::Ext1:
        return "EXT1";
    case PickleOp::Ext2:
        return "EXT2";
    case PickleOp::Ext4:
        return "EXT4";
    default:
        return "number " + std::to_string(static_cast<unsigned>(op));
    }
}

/// Whether the operation finds or calls something by itself, outside of every allow-list.
[[nodiscard]] inline bool callsCode(PickleOp op) {
    return op == PickleOp::Inst || op == PickleOp::Obj || op == PickleOp::NewObj ||
           op == PickleOp::NewObjEx || op == PickleOp::StackGlobal || op == PickleOp::Ext1 ||
           op == PickleOp::Ext2 || op == PickleOp::Ext4;
}

} // namespace isentrope
