"""Damage to MLIR text and bytecode: names of operations, types, numbers, attributes, lines, nesting, and at last raw bytes.

Everything is drawn from the generator that is given, so that the same seed gives the same mutant.
"""
import re

NUMBERS = ("0", "1", "-1", "2", "3", "7", "63", "64", "65", "127", "255", "256", "1000", "65536", "2147483647", "2147483648", "-2147483648", "4294967296",
           "1099511627776", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1" * 40)
SIZES = ("0", "1", "?", "2", "17", "65536", "2147483648", "4611686018427387904", "9223372036854775807", "18446744073709551616")
ELEMENTS = ("i1", "i4", "i8", "i16", "i32", "i64", "i128", "i0", "i3", "i65", "si8", "ui16", "f16", "bf16", "f32", "f64", "f80", "f128", "tf32", "f8E4M3FN", "f4E2M1FN",
            "index", "none", "complex<f32>", "complex<i8>", "complex<f16>", "vector<4xf32>", "tuple<i32>", "memref<2xf32>", "tensor<2xf32>", "!shape.size",
            "!quant.uniform<i8:f32, 2.0>", "!unknown.type", "(i32) -> i32", "!tosa.shape<2>", "!llvm.ptr")
ATTRIBUTES = ("unit", "true", "0", "-1 : i64", "9223372036854775807 : i64", "1.0 : f32", "\"text\"", "[]", "[1, 2]", "{a = 1}", "array<i64>", "array<i64: 1, 2, 3>",
              "array<i32: -1>", "dense<0> : tensor<2xi64>", "dense<> : tensor<0xi64>", "affine_map<(d0) -> (d0)>", "affine_map<() -> ()>",
              "affine_map<(d0, d1) -> (d0 floordiv 0, d1 mod -1)>", "@nowhere", "i32", "tensor<2xf32>", "dense_resource<lost> : tensor<2xf32>",
              "sparse<[[0]], [1]> : tensor<2xi64>", "#unknown.attribute<1>", "#linalg.iterator_type<window>", "[affine_map<(d0) -> (d0)>]",
              "opaque<\"x\", \"0xFF\"> : tensor<1xi8>", "dense<\"0x00\"> : tensor<1xi8>")
# Operations that programs do not expect, also with regions and of dialects that nobody knows.
LINES = ('"unknown.op"() : () -> ()', '"unknown.op"() ({\n^bb0(%q: i32):\n  "unknown.end"(%q) : (i32) -> ()\n}) : () -> ()', '%q9 = "unknown.value"() : () -> tensor<2xf32>',
         '"tosa.custom"() {operator_name = "a", domain_name = "b", implementation_attrs = ""} : () -> ()', '"memref.alloc"() : () -> memref<2xf32>',
         '"scf.parallel"() ({}) : () -> ()', '"cf.br"()[^bb9] : () -> ()', '"func.func"() ({}) {sym_name = "g", function_type = () -> ()} : () -> ()',
         '"builtin.module"() ({}) : () -> ()', '"llvm.unreachable"() : () -> ()', 'return', '}', '^bb1:', '%q8 = ub.poison : tensor<?x?xf32>',
         '"ml_program.global"() {sym_name = "s", type = tensor<?xf32>, sym_visibility = "private"} : () -> ()')
NAME = re.compile(r"(?<![\w%@#!.\"])(?:arith|math|tensor|linalg|scf|cf|complex|tosa|shape|index|ml_program|func|affine)\.[a-z_0-9.]+")
SHAPE = re.compile(r"(?<=<)(?:(?:\?|\d+)x)+")
ELEMENT = re.compile(r"\b(?:i\d+|f\d+|bf16|index|complex<f\d+>)\b")
NUMBER = re.compile(r"(?<![\w.%@#])-?\d+(?:\.\d+(?:e[+-]?\d+)?)?")
VALUE = re.compile(r"%[\w#]+")
SETTING = re.compile(r"(?<=[\w\"] = )(?:\[[^\]\n]*\]|array<[^>\n]*>|dense<[^>\n]*> : tensor<[^>\n]*>|#[\w.]+<[^>\n]*>|\"[^\"\n]*\"|[\w-]+(?: : \w+)?)")


def replaced(text, pattern, random, choose):
    """The text with one match of the pattern, or all that are the same, replaced by `choose` of it."""
    found = list(pattern.finditer(text))
    if not found:
        return text
    match = random.choice(found)
    other = choose(match.group())
    # A type that changes everywhere fits together, and comes further than one that does not.
    if random.random() < 0.6:
        return pattern.sub(lambda m: other if m.group() == match.group() else m.group(), text)
    return text[:match.start()] + other + text[match.end():]


def akin(name, names):
    """The names of the same dialect."""
    return [other for other in names if other.split(".")[0] == name.split(".")[0]] or names


def nested(random):
    """Something within itself."""
    depth = random.choice([10, 100, 900, 3000, 30000])
    opening, inner, closing = random.choice([
        ("[", "1", "]"), ("{a = ", "1", "}"), ("tensor<2x", "f32", ">"), ("tuple<", "i32", ">"), ("(", "i32", ")"), ("complex<", "f32", ">"), ("vector<2x", "f32", ">"),
        ("-", "1", ""), ("loc(callsite(unknown at ", "unknown", "))")])
    return opening * depth + inner + closing * depth


def shape(random):
    return "".join(f"{random.choice(SIZES)}x" for _ in range(random.choice([0, 1, 1, 2, 3, 4, 40])))


def lines(text, random):
    """A line less, twice, elsewhere, or one more."""
    parts = text.split("\n")
    at, what = random.randrange(len(parts)), random.randrange(5)
    if what == 0:
        del parts[at]
    elif what == 1:
        parts.insert(at, parts[at])
    elif what == 2:
        parts.insert(random.randrange(len(parts)), parts.pop(at))
    elif what == 3:
        parts.insert(at, random.choice(LINES))
    else:
        opening, closing = random.choice([("scf.execute_region {", "scf.yield }"), ("func.func private @h() {", "return }"), ("module {", "}"), ("scf.if %t {", "}")])
        depth = random.choice([3, 50, 800])
        parts[at:at] = [opening] * depth + [closing] * depth
    return "\n".join(parts)


def damaged_text(text, random, names):
    """One kind of damage; `names` are operations that may stand for others."""
    kinds = [
        lambda: replaced(text, NAME, random, lambda name: random.choice(names if random.random() < 0.3 else akin(name, names))), lambda: replaced(text, SHAPE, random, lambda _: shape(random)),
        lambda: replaced(text, ELEMENT, random, lambda _: random.choice(ELEMENTS)), lambda: replaced(text, NUMBER, random, lambda _: random.choice(NUMBERS)),
        lambda: replaced(text, VALUE, random, lambda _: random.choice(VALUE.findall(text))),
        lambda: replaced(text, SETTING, random, lambda _: random.choice(ATTRIBUTES)),
        lambda: replaced(text, SETTING, random, lambda _: nested(random)) if random.random() < 0.3 else lines(text, random), lambda: lines(text, random),
        lambda: text[:random.randrange(len(text))] if random.random() < 0.2 else lines(text, random)]
    return random.choice(kinds)()


def damaged_bytes(data, random):
    """Bytes that changed, are missing, or came twice."""
    data = bytearray(data)
    what = random.randrange(6)
    at = random.randrange(len(data))
    if what == 0:
        return bytes(data[:at])
    if what == 1:
        length = random.choice([1, 2, 8, 64])
        data[at:at] = data[at:at + length]
    elif what == 2:
        del data[at:at + random.choice([1, 2, 8, 64])]
    elif what == 3:
        data[at:at + 8] = random.choice([0, 1, 2**63, 2**64 - 1]).to_bytes(8, "little")
    else:
        for _ in range(random.choice([1, 1, 2, 8])):
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(data)


def mutant(original, random, names):
    """A damaged program: one to three kinds of damage to text (mostly), or to bytecode."""
    for _ in range(random.choice([1, 1, 2, 3])):
        original = damaged_bytes(original, random) if isinstance(original, bytes) else damaged_text(original, random, names)
    if isinstance(original, str):
        original = original.encode()
        if random.random() < 0.05:
            original = damaged_bytes(original or b" ", random)
    return original
