"""The codes of answers, read where the answers are made: Rust and Terraform. Whatever has a form that is not known here is an error, so that no code is passed over."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

# What becomes `Malformed`, and where its codes are. The authorizer has no body of its own, and admit answers nobody.
MALFORMED = {
    "IdentityProblem": ("shared/domain/src/event/mod.rs",),
    "FactProblem": ("shared/signature/src/facts/problem.rs", "shared/scan/src/error.rs"),
}
# API Gateway's answers in the direct lane.
DIRECT = {("400", "digest_mismatch"), ("500", "misconfigured"), ("503", "unavailable")}


def read(path: str) -> str:
    """A file of the source, without its tests."""
    return (ROOT / path).read_text(encoding="utf-8").partition("#[cfg(test)]\nmod tests {")[0]


def body(text: str, function: str) -> str:
    """The body of a method, by its signature's start. It ends where the next item of the block begins."""
    found = re.search(rf"fn {function}\(.*?\) -> [^{{]*\{{(.*?)\n    \}}", text, re.DOTALL)
    if found is None:
        raise ValueError(f"no fn {function}")
    return found[1]


def arms(text: str) -> dict[str, str]:
    """The arms of a match over `self`: variant and value. An arm may name several variants."""
    pattern = r"Self::\w+(?:\([^)]*\)+| \{[^}]*\})?"
    found = re.findall(rf"({pattern}(?: \| {pattern})*) => ([^,]+),", text)
    if len(found) < text.count("=>"):
        raise ValueError(f"an arm of another form: {text}")
    return {variant: value for variants, value in found for variant in re.findall(r"Self::(\w+)", variants)}


def literals(text: str) -> list[str]:
    """The codes in a `fn code`."""
    return re.findall(r'=> "([a-z0-9_]+)"', body(text, "code"))


def malformed() -> set[str]:
    """The codes of deliveries that can never be accepted as they are, as ingest answers them."""
    files = [*sorted((ROOT / "functions/ingest/src").glob("*.rs")), *sorted((ROOT / "shared/intake/src").glob("*.rs"))]
    found: set[str] = set()
    sources: set[str] = set()
    for file in files:
        text = read(str(file.relative_to(ROOT)))
        sources |= set(re.findall(r"impl From<(\w+)> for Malformed", text))
        for first in re.findall(r"(?:malformed|Malformed::new|Self::new)\(\s*([^,()]+(?:\(\))?)", text):
            if first.startswith('"'):
                found.add(first.strip('"'))
            elif first not in ("problem.code()", "code", "code: &'static str"):
                raise ValueError(f"{file.name}: a code that is not written out: {first}")
    if sources != MALFORMED.keys():
        raise ValueError(f"Malformed is made of {sorted(sources)}, not of {sorted(MALFORMED)}")
    return found | {code for paths in MALFORMED.values() for path in paths for code in literals(read(path))}


def unproven() -> set[str]:
    """The codes of deliveries whose sender is not proven."""
    text = read("shared/signature/src/rejection.rs")
    ours = set(re.findall(r"Self::(\w+)", body(text, "is_provider_fault")))
    return {code.strip('"') for variant, code in arms(body(text, "code").partition("match self {")[2].rpartition("}")[0]).items() if variant not in ours}


def turned_away() -> set[str]:
    """The codes of what an endpoint demands."""
    return set(literals(read("shared/intake/src/door.rs")))


def ingest() -> set[tuple[str, str]]:
    """The answers of ingest."""
    text = read("functions/ingest/src/refusal.rs")
    inside = lambda name: arms(body(text, name).partition("match self {")[2].rpartition("}")[0])  # noqa: E731
    statuses, codes = inside("status"), inside("code")
    if statuses.keys() != codes.keys():
        raise ValueError("the refusals of ingest differ in `code` and `status`")
    many = {"problem.code": malformed, "rejection.code()": unproven, "why.code()": turned_away}
    found: set[tuple[str, str]] = set()
    for variant, code in codes.items():
        which = many[code]() if code in many else {code.strip('"')}
        found |= {(statuses[variant], one) for one in which}
    return found


def authorizer() -> set[tuple[str, str]]:
    """What the authorizer says about a denial. It is in API Gateway's 403."""
    text = read("functions/authorizer/src/event.rs") + read("functions/authorizer/src/judge.rs")
    first = set(re.findall(r"(?<!fn )(?:Denial|Self)::new\(\s*(\"\w+\"|[\w.]+\(\))", text))
    if first - {'"nobody"'} != {'"forbidden"', "why.code()"}:  # "nobody" is a principal
        raise ValueError(f"a denial of the authorizer is made of {sorted(first)}")
    return {("403", code) for code in {"forbidden", *turned_away()}}


def gateway() -> set[tuple[str, str]]:
    """API Gateway's own answers, and those of the direct lane's integration. Those of all other 4XX have no status."""
    text = read("terraform/gateway_responses.tf")
    blocks = re.findall(r'^    [A-Z0-9_]+ = \{\n(.*?)^    \}', text, re.DOTALL | re.MULTILINE)
    found: set[tuple[str, str]] = set()
    for block in blocks:
        [status] = re.findall(r'^ +status +=\s+"?(\w+)"?$', block, re.MULTILINE)
        [error] = re.findall(r'^ +error +=\s+"([a-z_.$]+)"$', block, re.MULTILINE)
        if error == "$context.authorizer.denial_code":
            found |= authorizer()
        else:
            found.add(("4XX" if status == "null" else status, error))
    direct = read("terraform/direct.tf")
    if set(re.findall(r'error = "([a-z_]+)"', direct)) != {code for _, code in DIRECT}:
        raise ValueError("direct.tf has other codes than DIRECT of tests/api/codes.py")
    return found | DIRECT


def made() -> set[tuple[str, str]]:
    """Each status with each code that an answer has."""
    return ingest() | gateway()


def attributes() -> set[str]:
    """The attributes of an event, as the template of the stack writes them, and those that Coatcheck itself declares."""
    written = re.findall(r'^    \["([a-z0-9]+)", ', read("terraform/modules/cloudevent/main.tf"), re.MULTILINE)
    own = re.findall(r'AttributeName = AttributeName::own\("([a-z]+)"\);', read("shared/domain/src/schema.rs"))
    return {*written, *own, "specversion", "deliveryid", "subscription"}


def headers() -> set[str]:
    """The headers of an event over HTTP."""
    text = read("functions/deliver/src/http/headers.rs")
    [left_out] = re.findall(r"const LEFT_OUT: \[&str; \d+\] = \[([^\]]*)\]", text)
    return {f"ce-{name}" for name in attributes() - set(re.findall(r'"([a-z]+)"', left_out))}
