"""Completes a release's folder: release.py FOLDER --version VERSION --commit COMMIT [--tool NAME=VERSION]...

Writes packages.json from the lists of each architecture, provenance.json (an in-toto statement with SLSA's provenance v1),
SHA256SUMS, and an archive of all beside the folder. With --check-sboms it only compares the bills of materials with
CycloneDX's schema, for which it needs cyclonedx-python-lib.
"""

import argparse
import gzip
import hashlib
import io
import json
import pathlib
import sys
import tarfile

import package

ARCHITECTURES = ("arm64", "x86_64")
# docs/packages.md describes it.
BUILD_TYPE = "urn:coatcheck:release:1"


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def files(folder):
    """Every file of the release but the sums, by its path in the folder."""
    return {str(file.relative_to(folder)): file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != "SHA256SUMS"}


def merge_lists(folder, version):
    """One packages.json of the lists that each architecture's folder has."""
    packages = {}
    for arch in ARCHITECTURES:
        names = sorted(zip_file.stem for zip_file in (folder / arch).glob("*.zip"))
        if names:
            packages[arch] = {name: package.about(folder, f"{arch}/{name}.zip") for name in names}
        (folder / arch / "packages.json").unlink(missing_ok=True)
    package.write_list(folder, packages, version)


def provenance(folder, arguments):
    """https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md, https://slsa.dev/spec/v1.0/provenance"""
    source = {"name": "source", "digest": {"gitCommit": arguments.commit}} | ({"uri": arguments.source} if arguments.source else {})
    lock = pathlib.Path(__file__).resolve().parent.parent / "Cargo.lock"
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": {"sha256": sha256(file)}} for name, file in files(folder).items() if name.endswith(".zip")],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "version": arguments.version,
                    "architectures": [arch for arch in ARCHITECTURES if (folder / arch).exists()],
                },
                "internalParameters": {"command": "scripts/release", "profile": "release"},
                "resolvedDependencies": [
                    source,
                    {"name": "Cargo.lock", "digest": {"sha256": sha256(lock)}},
                    *({"name": name, "annotations": {"version": version}} for name, version in arguments.tools),
                ],
            },
            "runDetails": {"builder": {"id": arguments.builder}},
        },
    }


def archive(folder, version):
    """The folder as .tar.gz, whose bytes depend on names and contents only."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                member = tarfile.TarInfo(f"coatcheck-{version}/{file.relative_to(folder)}")
                member.size, member.mode = file.stat().st_size, 0o644
                tar.addfile(member, io.BytesIO(file.read_bytes()))
    path = folder.parent / f"coatcheck-{version}.tar.gz"
    path.write_bytes(gzip.compress(raw.getvalue(), mtime=0))
    return path


def check_sboms(folder):
    """Prints what CycloneDX's schema finds wrong with the bills of materials; whether something is."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    wrong = False
    made = sorted((folder / "sbom").glob("*.cdx.json"))
    for file in made:
        text = file.read_text()
        bill = json.loads(text)
        found = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
        lacks = "" if bill.get("components") else "has no components"
        if found or lacks:
            wrong = True
            print(f"error: {file.name}: {found or lacks}", file=sys.stderr)
    if not made:
        print("error: there is no bill of materials", file=sys.stderr)
    print(f"    {len(made)} bills of materials, {'not all' if wrong else 'each'} as CycloneDX 1.5 demands", file=sys.stderr)
    return wrong or not made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--version")
    parser.add_argument("--commit")
    parser.add_argument("--tool", action="append", default=[], dest="tools", type=lambda text: text.split("=", 1), metavar="NAME=VERSION")
    parser.add_argument("--builder", default="urn:coatcheck:a-machine-of-someone")
    parser.add_argument("--source")
    parser.add_argument("--check-sboms", action="store_true")
    arguments = parser.parse_args()
    if arguments.check_sboms:
        return check_sboms(arguments.folder)

    merge_lists(arguments.folder, arguments.version)
    statement = json.dumps(provenance(arguments.folder, arguments), indent=2) + "\n"
    (arguments.folder / "provenance.json").write_text(statement)
    sums = "".join(f"{sha256(file)}  {name}\n" for name, file in files(arguments.folder).items())
    (arguments.folder / "SHA256SUMS").write_text(sums)
    print(f"    {archive(arguments.folder, arguments.version).name}: {len(sums.splitlines())} files and their sums", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
