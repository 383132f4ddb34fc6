#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the small PyTorch files in checkpoint-files/ with the torch of this Python.

Every element is derived from its index, so that the tests know each value without another file.
"""
from collections import OrderedDict
from pathlib import Path

import torch

FOLDER = Path(__file__).parent / "checkpoint-files"
DTYPES = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8"]


def ramp(*shape, dtype=torch.float32):
    count = int(torch.tensor(shape).prod()) if shape else 1
    return torch.arange(count, dtype=torch.float32).reshape(shape).to(dtype)


def every_type():
    tensors = OrderedDict((name, ramp(2, 3, dtype=getattr(torch, name))) for name in DTYPES)
    tensors["bool"] = torch.tensor([True, False, True])
    return tensors


def layouts():
    base = ramp(4, 6)
    return OrderedDict(
        whole=base,
        transposed=base.t(),
        part=base[1:3, 2:5],
        every_other=base[:, ::2],
        scalar=torch.tensor(7.5),
        empty=torch.zeros(0, 3),
        row_again=base[2],
    )


def module():
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(ramp(*parameter.shape))
    return model


def write(name, value):
    torch.save(value, FOLDER / f"{name}.bin")
    torch.save(value, FOLDER / f"{name}-legacy.bin", _use_new_zipfile_serialization=False)


def main():
    FOLDER.mkdir(exist_ok=True)
    model = module()
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(ramp(*parameter.shape))
    state = model.state_dict()
    write("every-type", every_type())
    write("layouts", layouts())
    write("state-dict", state)
    write("parameters", dict(model.named_parameters()))
    write("trainer", {"epoch": 3, "loss": 0.5, "state_dict": state,
                      "optimizer": optimizer.state_dict()})
    write("optimizer", optimizer.state_dict())
    torch.save(model, FOLDER / "whole-module.bin")
    write("sparse", {"w": torch.eye(3).to_sparse()})
    torch.save(state, FOLDER / "protocol-4.bin", pickle_protocol=4)
    torch.save(state, FOLDER / "protocol-4-legacy.bin", pickle_protocol=4,
               _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
