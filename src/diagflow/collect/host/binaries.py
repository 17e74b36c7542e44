"""Which machine a program file is for, from its first bytes: PE, ELF, Mach-O."""

import struct
from typing import Final

HEAD: Final = 4096
"""Bytes that are enough to tell."""

_PE: Final = {0x14C: "386", 0x8664: "amd64", 0xAA64: "arm64"}
_ELF: Final = {3: "386", 62: "amd64", 183: "arm64"}
_MACH: Final = {7: "386", 0x1000007: "amd64", 0x100000C: "arm64"}
_PE_OFFSET: Final = 0x3C  # where the DOS header says where the PE header stands
_ELF_MACHINE: Final = 18


def machine_of(head: bytes) -> str | None:
    """Return `amd64`, `arm64`, `386` or `other`; None for what is no program of any system.

    Args:
        head: the first `HEAD` bytes of the file.
    """
    try:
        if head.startswith(b"MZ"):
            return _pe(head)
        if head.startswith(b"\x7fELF"):
            order = "<" if head[5:6] == b"\x01" else ">"
            return _ELF.get(struct.unpack_from(order + "H", head, _ELF_MACHINE)[0], "other")
        if head.startswith((b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")):
            return _MACH.get(struct.unpack_from("<I", head, 4)[0], "other")
    except struct.error:  # cut off
        return None
    return "other" if head.startswith(b"\xca\xfe\xba\xbe") else None  # a fat Mach-O has several


def _pe(head: bytes) -> str | None:
    offset = struct.unpack_from("<I", head, _PE_OFFSET)[0]
    if head[offset : offset + 4] != b"PE\0\0":
        return None
    return _PE.get(struct.unpack_from("<H", head, offset + 4)[0], "other")
