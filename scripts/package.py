"""Zips functions for Lambda: package.py --out DIR --arch ARCH --for aws|local NAME=BINARY... [--sources NAME=FILE:FILE]...

The same files always give the same zip, so that Terraform sees a change only if there is one.
"""

import argparse
import os
import re
import struct
import sys
import zipfile

# The glibc of Amazon Linux 2023, the system under provided.al2023:
# https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html
GLIBC = (2, 34)
# Lambda's limit for a direct upload: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
UPLOAD_BYTES = 50 * 1024 * 1024
MACHINES = {"x86_64": 62, "arm64": 183}  # e_machine of ELF


def elf_machine(binary):
    """The ELF machine number, or None for another format (a macOS build for the local cloud)."""
    if binary[:4] != b"\x7fELF":
        return None
    return struct.unpack_from("<H", binary, 18)[0]


def newest_glibc(binary):
    """The newest glibc version that the binary's symbol versions name."""
    found = re.findall(rb"\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?(?=\0)", binary)
    return max(((int(major), int(minor)) for major, minor in found), default=None)


def problems(binary, arch, purpose):
    """What keeps this binary from running on Lambda: (fatal, message)."""
    machine = elf_machine(binary)
    if machine is None:
        yield purpose == "aws", "the file is not an ELF binary: Lambda cannot run it"
    elif machine != MACHINES[arch]:
        yield True, f"the binary was built for another architecture than {arch}"
    glibc = newest_glibc(binary)
    if glibc and glibc > GLIBC:
        needs = ".".join(map(str, glibc))
        has = ".".join(map(str, GLIBC))
        yield purpose == "aws", (
            f"the binary needs glibc {needs}, but Amazon Linux 2023 has {has}: "
            "build it on an older system, or cross-compile it (see scripts/package)"
        )


def write_zip(path, members, mode):
    """Writes a zip that depends only on names and bytes, and not on the time or the owner."""
    partial = path + ".partial"
    with zipfile.ZipFile(partial, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # Unix: the mode counts
            member.external_attr = (0o100000 | mode) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content, compresslevel=9)
    os.replace(partial, path)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--arch", required=True, choices=sorted(MACHINES))
    parser.add_argument("--for", required=True, choices=["aws", "local"], dest="purpose")
    parser.add_argument("binaries", nargs="+", metavar="NAME=BINARY")
    parser.add_argument("--sources", action="append", default=[], metavar="NAME=FILE:FILE")
    arguments = parser.parse_args()

    os.makedirs(arguments.out, exist_ok=True)
    failed = False
    for pair in arguments.binaries:
        name, _, source = pair.partition("=")
        binary = read(source)
        fatal = False
        for is_fatal, message in problems(binary, arguments.arch, arguments.purpose):
            print(f"{'error' if is_fatal else 'warning'}: {name}: {message}")
            fatal |= is_fatal
        if fatal:
            failed = True
            continue
        path = os.path.join(arguments.out, f"{name}.zip")
        write_zip(path, {"bootstrap": binary}, 0o755)
        size = os.path.getsize(path)
        if size > UPLOAD_BYTES:
            print(f"error: {name}: the zip has {size} bytes, but Lambda accepts {UPLOAD_BYTES}")
            failed = True
        glibc = newest_glibc(binary)
        needs = f", glibc {glibc[0]}.{glibc[1]}" if glibc else ""
        print(f"  {name + '.zip':16} {size / 1024:7.0f} KiB, binary {len(binary) / 1024:7.0f} KiB{needs}")
    for pair in arguments.sources:
        name, _, sources = pair.partition("=")
        path = os.path.join(arguments.out, f"{name}.zip")
        write_zip(path, {os.path.basename(source): read(source) for source in sources.split(":")}, 0o644)
        print(f"  {name + '.zip':16} {os.path.getsize(path) / 1024:7.0f} KiB")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
