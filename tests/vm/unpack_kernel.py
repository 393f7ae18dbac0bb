#!/usr/bin/env python3
"""unpack_kernel.py VMLINUZ VMLINUX: the kernel itself, out of its self-extracting file: to unpack it in an emulated machine takes seconds.
Where the payload lies: Linux, Documentation/arch/x86/boot.rst (setup_sects, payload_offset, payload_length)."""
import lzma
import struct
import sys

SETUP_SECTS, PAYLOAD = 0x1F1, 0x248
SECTOR = 512

with open(sys.argv[1], "rb") as file:
    image = file.read()
offset, length = struct.unpack_from("<II", image, PAYLOAD)
begin = ((image[SETUP_SECTS] or 4) + 1) * SECTOR + offset
with open(sys.argv[2], "wb") as file:
    file.write(lzma.LZMADecompressor().decompress(image[begin:begin + length]))
