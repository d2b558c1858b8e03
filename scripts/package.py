"""Zips functions for Lambda: package.py --out DIR --arch ARCH --for aws|local [NAME=BINARY]... [--processor NAME=PATH]...

A processor is a folder with everything that its function needs, or a zip of one, which is checked and copied. The same files always give the same zip, so that Terraform sees a change only if there is one. packages.json beside the zips says what each must be:
Terraform compares them (docs/packages.md).
"""

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import struct
import sys
import zipfile

# The glibc of Amazon Linux 2023, the system under provided.al2023:
# https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html
GLIBC = (2, 34)
# Lambda's limit for a direct upload: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
UPLOAD_BYTES = 50 * 1024 * 1024
# The same page: a function's files, unzipped.
UNZIPPED_BYTES = 250 * 1024 * 1024
# How hard zlib tries. Unoptimised binaries are large, and at level 9 they cost a first run a minute of CPU.
LEVELS = {"aws": 9, "local": 1}
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


def write_zip(path, members, level):
    """Writes a zip that depends only on names, modes and bytes, not on the time or the owner. Members: (mode, bytes) by name."""
    partial = path + ".partial"
    with zipfile.ZipFile(partial, "w") as archive:
        for name, (mode, content) in sorted(members.items()):
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # Unix: the mode counts
            member.external_attr = (0o100000 | mode) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content, compresslevel=level)
    os.replace(partial, path)


def files_of(folder):
    """Every file below the folder, as members of a zip; without what Python and pip note about this machine."""
    members = {}
    for parent, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if parent.endswith(".dist-info") and name in ("direct_url.json", "RECORD"):
                continue
            path = os.path.join(parent, name)
            mode = 0o755 if os.access(path, os.X_OK) else 0o644
            members[os.path.relpath(path, folder).replace(os.sep, "/")] = (mode, read(path))
    return members


def files_in(archive_path):
    """The members of a zip that exists."""
    with zipfile.ZipFile(archive_path) as archive:
        files = [member for member in archive.infolist() if not member.is_dir()]
        return {member.filename: (member.external_attr >> 16 & 0o777, archive.read(member)) for member in files}


def processor_problems(members, arch, purpose):
    """What keeps a processor's files from running on Lambda: (fatal, message)."""
    if "bootstrap" in members:
        mode, binary = members["bootstrap"]
        if not mode & 0o100:
            yield True, "its `bootstrap` is not executable: chmod +x bootstrap"
        yield from problems(binary, arch, purpose)
    elif not any(re.fullmatch(r"[^/]+\.(py|js|mjs|cjs)", name) for name in members):
        yield True, (
            "has neither an executable `bootstrap` nor a .py, .js or .mjs file at its top: "
            "build it first, and name the folder that has the result at its top (docs/processors.md)"
        )
    size = sum(len(content) for _, content in members.values())
    if size > UNZIPPED_BYTES:
        yield True, f"has {size} bytes, Lambda takes {UNZIPPED_BYTES}"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def package(name, members, arguments, found, source=None):
    """Writes the zip of a function unless something is wrong with it; whether it did."""
    fatal = False
    for is_fatal, message in found:
        print(f"{'error' if is_fatal else 'warning'}: {name}: {message}")
        fatal |= is_fatal
    if fatal:
        return False
    path = os.path.join(arguments.out, f"{name}.zip")
    if source is None:
        write_zip(path, members, LEVELS[arguments.purpose])
    elif not (os.path.exists(path) and os.path.samefile(source, path)):
        shutil.copyfile(source, path)
    size = os.path.getsize(path)
    if size > UPLOAD_BYTES:
        print(f"error: {name}: the zip has {size} bytes, Lambda takes {UPLOAD_BYTES}")
        return False
    _, binary = members.get("bootstrap", (0, b""))
    glibc = newest_glibc(binary)
    needs = f", glibc {glibc[0]}.{glibc[1]}" if glibc else ""
    inside = f", binary {len(binary) / 1024:7.0f} KiB{needs}" if binary else ""
    print(f"  {name + '.zip':20} {size / 1024:7.0f} KiB{inside}")
    return True


def version():
    """The version of this clone's packages; empty without a Cargo.toml."""
    try:
        manifest = read(os.path.join(os.path.dirname(__file__), "..", "Cargo.toml")).decode()
    except FileNotFoundError:
        return ""
    return re.search(r'^\[workspace\.package\]\n(?:.+\n)*?version = "([^"]+)"', manifest, re.MULTILINE).group(1)


def about(folder, path):
    """What packages.json says of a zip: where it is in the folder, its SHA-256 as Terraform and Lambda write it, its size."""
    content = read(os.path.join(folder, path))
    return {"path": path, "sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(), "bytes": len(content)}


def write_list(folder, packages, of_version):
    """Writes packages.json: the packages by architecture and name."""
    path = os.path.join(folder, "packages.json")
    with open(path + ".partial", "w", encoding="utf-8") as file:
        json.dump({"format": 1, "version": of_version, "packages": packages}, file, indent=2, sort_keys=True)
        file.write("\n")
    os.replace(path + ".partial", path)


def enter(folder, arch, names):
    """Enters zips that were just written into the folder's list. Others stay as they are listed, if they are still there."""
    try:
        found = json.loads(read(os.path.join(folder, "packages.json")))
        kept = found["packages"].get(arch, {}) if found["format"] == 1 else {}
    except (FileNotFoundError, ValueError, KeyError):
        kept = {}
    kept = {name: one for name, one in kept.items() if os.path.exists(os.path.join(folder, one["path"]))}
    kept.update((name, about(folder, f"{name}.zip")) for name in names)
    write_list(folder, {arch: kept}, version())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("--arch", required=True, choices=sorted(MACHINES))
    parser.add_argument("--for", required=True, choices=["aws", "local"], dest="purpose")
    parser.add_argument("binaries", nargs="*", metavar="NAME=BINARY")
    parser.add_argument("--processor", action="append", default=[], metavar="NAME=PATH")
    arguments = parser.parse_args()

    os.makedirs(arguments.out, exist_ok=True)
    good = True
    made = []
    for pair in arguments.binaries:
        name, _, path = pair.partition("=")
        binary = read(path)
        found = problems(binary, arguments.arch, arguments.purpose)
        if package(name, {"bootstrap": (0o755, binary)}, arguments, found):
            made.append(name)
        else:
            good = False
    for pair in arguments.processor:
        name, _, path = pair.partition("=")
        is_folder = os.path.isdir(path)
        if not is_folder and not zipfile.is_zipfile(path):
            print(f"error: {name}: {path} is neither a folder nor a zip")
            good = False
            continue
        members = files_of(path) if is_folder else files_in(path)
        found = processor_problems(members, arguments.arch, arguments.purpose)
        if package(name, members, arguments, found, None if is_folder else path):
            made.append(name)
        else:
            good = False
    enter(arguments.out, arguments.arch, made)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
