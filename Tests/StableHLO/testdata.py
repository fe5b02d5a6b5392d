"""StableHLO's own test data as programs whose results can be compared: what a file checks becomes results of its functions.

A check is a call (`stablehlo.custom_call @check.expect_eq(%a, %b)`) or an operation (`check.expect_eq_const %a, dense<...>`). The text of the
function is rewritten so that it returns both sides; nothing else changes.
"""
import re
from dataclasses import dataclass, field

CALL = re.compile(r"^\s*(?:%\w+ = )?stablehlo\.custom_call @check\.(\w+)\((%[\w#]+), (%[\w#]+)\).*: \((.*)\) -> (?:\(\)|tensor<i1>)")
PAIR = re.compile(r"^\s*check\.(\w+) (%[\w#]+), (%[\w#]+)(.*?) : (tensor<.*>), (tensor<.*>)\s*$")
CONSTANT = re.compile(r"^\s*check\.(\w+_const) (%[\w#]+), (dense<.*> : (tensor<.*>))\s*$")
ALMOST = re.compile(r"^\s*check\.(\w+_const) (%[\w#]+), (dense<.*>)(?:,? tolerance = [^:]*)? : (tensor<.*>)\s*$")
GENERIC = re.compile(r'^\s*"check\.(\w+_const)"\((%[\w#]+)\) <\{.*?value = (dense<.*> : (tensor<.*>)).*\}> : .*-> \(\)')
FUNCTION = re.compile(r"^(\s*func\.func (?:public )?@(\w+)\(\))(?: -> .*?)?(?: attributes \{.*?\})? \{\s*$")
END = re.compile(r"^\s*(?:func\.)?return\b")


@dataclass
class Check:
    kind: str
    ulps: int = 3


@dataclass
class Case:
    name: str
    text: str
    checks: list = field(default_factory=list)


def split_types(types):
    """`tensor<..>, tensor<..>` as a list; commas stand in brackets too."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(types):
        depth += (c in "<({[") - (c in ">)}]" and types[i - 1] != "-")
        if c == "," and depth == 0:
            parts.append(types[start:i].strip())
            start = i + 1
    return parts + [types[start:].strip()]


def rewritten(lines, name):
    """The lines with the function `name` returning what it checks, and its checks; `None` if it has none."""
    out, checks, returned, types, header, active = [], [], [], [], None, False
    for line in lines:
        start = FUNCTION.match(line)
        if start:
            active = start.group(2) == name
            if active:
                header = len(out)
            out.append(line)
            continue
        if active:
            found = CALL.match(line)
            if found:
                a, b = split_types(found.group(4))
                returned += [found.group(2), found.group(3)]
                types += [a, b]
                checks.append(Check(found.group(1)))
                continue
            found = PAIR.match(line)
            if found:
                returned += [found.group(2), found.group(3)]
                types += [found.group(5), found.group(6)]
                ulps = re.search(r"max_ulp_difference = (\d+)", found.group(4))
                checks.append(Check(found.group(1), int(ulps.group(1)) if ulps else 3))
                continue
            found = CONSTANT.match(line) or GENERIC.match(line) or ALMOST.match(line)
            if found:
                value = found.group(3) if " : tensor" in found.group(3) else f"{found.group(3)} : {found.group(4)}"
                out.append(f"    %check_{len(checks)} = stablehlo.constant {value}\n")
                returned += [found.group(2), f"%check_{len(checks)}"]
                types += [found.group(4)] * 2
                checks.append(Check(found.group(1).removesuffix("_const")))
                continue
            if END.match(line):
                active = False
                if checks:
                    out.append(f"    return {', '.join(returned)} : {', '.join(types)}\n")
                    out[header] = f"{FUNCTION.match(out[header]).group(1)} -> ({', '.join(types)}) {{\n"
                    continue
        out.append(line)
    return ("".join(out), checks) if checks else None


def cases(path):
    """The cases of a file: one for each function that checks something."""
    text = path.read_text()
    found = []
    for part, piece in enumerate(re.split(r"^// -----.*$", text, flags=re.M)):
        lines = [line for line in piece.splitlines(keepends=True) if not line.lstrip().startswith("//")]
        names = [m.group(2) for m in map(FUNCTION.match, lines) if m]
        for name in names:
            made = rewritten(lines, name)
            if made:
                # Another public function would be a second entry.
                body = made[0]
                for other in names:
                    if other != name:
                        body = re.sub(rf"func\.func (public )?@{other}\(", f"func.func private @{other}(", body)
                label = path.stem if name == "main" and part == 0 else f"{path.stem}/{name}"
                found.append(Case(label, body, made[1]))
    return found
