"""Cases of tensors of strings."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from case import Case, Constant, const

WORDS = ["", "a", "Zürich", "e\u0301", "\u00e9", "two words", "  spaced  out ", "a,b,,c", "日本語", "ß", "x" * 70, "A"]


def texts(*items, shape=None):
    """Returns an input of strings."""
    array = np.array(items, dtype=object)
    return array.reshape(shape) if shape else array


def words(*shape):
    """Returns an input of the words, again and again."""
    return np.resize(np.array(WORDS, dtype=object), shape)


def moved():
    x, y = words(3, 4), words(2, 4)
    yield Case("strings-Identity", "Identity", [x])
    yield Case("strings-Reshape", "Reshape", [x, const([2, 6])])
    yield Case("strings-Flatten", "Flatten", [words(2, 3, 2)], {"axis": 1})
    yield Case("strings-Squeeze", "Squeeze", [words(1, 12), const([0])])
    yield Case("strings-Unsqueeze", "Unsqueeze", [x, const([1])])
    yield Case("strings-Shape", "Shape", [x])
    yield Case("strings-Size", "Size", [x])
    yield Case("strings-Transpose", "Transpose", [x], {"perm": [1, 0]})
    yield Case("strings-Gather", "Gather", [x, const([2, 0, -1])], {"axis": 1})
    yield Case("strings-Gather-of-constant", "Gather", [Constant(words(12)), ("i64", (-5,), 0, 11)])
    yield Case("strings-GatherElements", "GatherElements", [x, const([[2, 0, 1, 1], [0, 0, 2, 1]])], reference="onnx")
    yield Case("strings-GatherND", "GatherND", [x, const([[2, 0], [0, 3]])])
    yield Case("strings-Concat", "Concat", [x, Constant(y)], {"axis": 0})
    yield Case("strings-Slice", "Slice", [x, const([0, 3]), const([3, 0]), const([0, 1]), const([1, -2])])
    yield Case("strings-Split", "Split", [x, const([1, 3])], {"axis": 1}, outputs=2)
    yield Case("strings-Tile", "Tile", [x, const([1, 2])], reference="onnx")
    yield Case("strings-Expand", "Expand", [words(1, 4), const([3, 4])])
    yield Case("strings-Pad", "Pad", [x, const([1, 0, 0, 2]), Constant(np.array("none", dtype=object))], reference="onnx", opset=18)
    yield Case("strings-Where", "Where", [("bool", (3, 4)), x, Constant(words(4))])
    yield Case("strings-Compress", "Compress", [x, const([True, False, True], "bool")], {"axis": 0}, reference="onnx")
    yield Case("strings-Equal", "Equal", [x, words(4)], opset=19)
    yield Case("strings-Equal-constant", "Equal", [x, Constant(np.array("é", dtype=object))], opset=19)
    yield Case("strings-ArrayFeatureExtractor", "ai.onnx.ml::ArrayFeatureExtractor", [x, const([[3, 0]])])
    branches = [
        helper.make_graph([helper.make_node("Identity", [name], ["r"])], name, [], [helper.make_tensor_value_info("r", TensorProto.STRING, None)])
        for name in ("x1", "x2")
    ]
    for flag in (True, False):
        yield Case(f"strings-If-{flag}", "If", [np.array(flag), x, words(3, 4)[::-1].copy(), np.array(flag)], {"then_branch": branches[0], "else_branch": branches[1]}, captured=3)


def cast():
    numbers = np.array([0.0, -0.0, 1.0, 0.1, -3.25, 1e-4, 9.9999e-5, 1e-5, 1.5e-7, 123456789.0, 1e15, 9.999999e15, 1e16, 1.25e17, 3.4e38, 1e-45, 16777216.0, 0.333333333])
    floats = np.concatenate([numbers, [np.inf, -np.inf, np.nan], np.random.default_rng(1).normal(size=40) * 10.0 ** np.arange(-20, 20)])
    for dtype in (np.float32, np.float64, np.float16):
        with np.errstate(over="ignore"):
            array = floats.astype(dtype)
        yield Case(f"strings-Cast-from-{np.dtype(dtype).name}", "Cast", [array], {"to": TensorProto.STRING}, reference="onnx")
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64):
        info = np.iinfo(dtype)
        yield Case(f"strings-Cast-from-{np.dtype(dtype).name}", "Cast", [np.array([info.min, 0, 7, info.max], dtype)], {"to": TensorProto.STRING})
        parsed = texts(str(info.min), "0", "+7", str(info.max))
        yield Case(f"strings-Cast-to-{np.dtype(dtype).name}", "Cast", [parsed], {"to": helper.np_dtype_to_tensor_dtype(np.dtype(dtype))}, reference="onnx")
    yield Case("strings-Cast-from-bool", "Cast", [np.array([True, False])], {"to": TensorProto.STRING}, reference="onnx")
    said = texts("0", "1", "-1.5", "+2.25", "1e-5", "1E8", ".5", "5.", "INF", "+INF", "-INF", "inf", "NaN", "nan", "0.1", "3.4028236e38", "1e-46", "16777217")
    for to in (TensorProto.FLOAT, TensorProto.DOUBLE):
        yield Case(f"strings-Cast-to-{TensorProto.DataType.Name(to)}", "Cast", [said], {"to": to}, reference="onnx")
    yield Case("strings-Cast-to-FLOAT16", "Cast", [texts("0.1", "65504", "INF", "-2", "1e-7")], {"to": TensorProto.FLOAT16}, reference="onnx")
    yield Case("strings-CastLike", "CastLike", [("i32", (-5,)), texts("x")], reference="onnx")


def combined():
    yield Case("strings-StringConcat", "StringConcat", [words(3, 4), words(3, 4)], reference="onnx")
    yield Case("strings-StringConcat-broadcast", "StringConcat", [words(3, 1), Constant(words(4))], reference="onnx")
    yield Case("strings-StringConcat-scalar", "StringConcat", [np.array("a", dtype=object), texts("b", "")], reference="onnx")
    for name, attributes in {"space": {}, "comma": {"delimiter": ","}, "long": {"delimiter": "ab"}, "limit": {"delimiter": ",", "maxsplit": 1}, "limit-space": {"maxsplit": 1}, "none": {"delimiter": ",", "maxsplit": 0}}.items():
        yield Case(f"strings-StringSplit-{name}", "StringSplit", [np.append(words(12), ["aabab", "ababab", ",,", " \t\n\u3000x\u00a0y "]).astype(object).reshape(4, 4)], attributes, outputs=2, reference="onnx")
    yield Case("strings-StringSplit-empty", "StringSplit", [np.zeros((2, 0), object)], {"delimiter": ","}, outputs=2, reference="onnx")


def normalized():
    x = texts("monday", "Tuesday", "WEDNESDAY", "monday", "Über", "")
    for sensitive in (0, 1):
        for action in ("NONE", "LOWER", "UPPER"):
            # ONNX Runtime compares in the case that is asked for, and the evaluator takes accents away: what they agree in is here
            yield Case(f"strings-StringNormalizer-{action}-{sensitive}", "StringNormalizer", [x], {"case_change_action": action, "is_case_sensitive": sensitive, "locale": "C.UTF-8", "stopwords": ["Monday", "TUESDAY", "monday"]})
    yield Case("strings-StringNormalizer-all-dropped", "StringNormalizer", [texts("a", "b", shape=(1, 2))], {"stopwords": ["b", "a"], "is_case_sensitive": 1})
    yield Case("strings-StringNormalizer-plain", "StringNormalizer", [x.reshape(1, 6)], {"case_change_action": "UPPER", "locale": "C.UTF-8"})


def matched():
    x = texts("", "a", "ab", "aab", "b", "A", "a\nb", "é", "日本", "user@example.com", "2024-01-31", "a.b", "foo_bar", "  ", "aaaa", "-", "]", "k", "\u212a", "x{2}", "xx", "ǅ")
    patterns = [
        "", "a", "a*", "(a|b)*", "a+b?", ".", "..", "(?s).*", "(?s)a.b", r"\w+@\w+\.com", r"\d{4}-\d{2}-\d{2}", r"[[:alpha:]]+", "[^a-c]", "[]-]", r"\pL+", r"\p{Lu}|\PL",
        "(?i)AB|K", "^a$", r"\Aa\z", r"a\b.*", r"\x61", r"[\x{65e5}\x{672c}]+", "a{2,3}b?", "(?:a{2}){2}", "x{2}", r"x\{2\}", "(?P<n>a)b", "a|", "(a*)*", "(a?){3}", r"\Qa.b\E", r"\s+", r"[\d\s]*",
        r"[^\W\d]+", "(?m)^a$.^b$", "(?sm)a$.^b", "(?-s)a.b", "é", "a{0}", "[a-]", r"\141", r"\S+", "(?i:a)B?", "[^[:space:]]+", r"a\Bb",
    ]
    for i, pattern in enumerate(patterns):
        yield Case(f"strings-RegexFullMatch-{i}", "RegexFullMatch", [x], {"pattern": pattern})


def labelled():
    rows = words(2, 12)
    names = {"keys_strings": ["a", "Zürich", "é", "", "ß"]}
    yield Case("strings-LabelEncoder-i64", "ai.onnx.ml::LabelEncoder", [rows], names | {"values_int64s": [1, 2, 3, 4, 5], "default_int64": 9})
    yield Case("strings-LabelEncoder-f32", "ai.onnx.ml::LabelEncoder", [rows], names | {"values_floats": [1.5, 2, 3, 4, 5]})
    yield Case("strings-LabelEncoder-string", "ai.onnx.ml::LabelEncoder", [rows], names | {"values_strings": ["1", "2", "3", "4", ""], "default_string": "other"})
    yield Case("strings-LabelEncoder-of-i64", "ai.onnx.ml::LabelEncoder", [("i64", (-9, 3), 0, 8)], {"keys_int64s": [1, 3, 5], "values_strings": ["one", "three", "five"]})
    yield Case("strings-LabelEncoder-of-f32", "ai.onnx.ml::LabelEncoder", [np.array([1, np.nan, 2.5, 7], np.float32)],
               {"keys_floats": [float("nan"), 2.5], "values_strings": ["none", "half"], "default_string": "?"}, ml=4)
    yield Case("strings-LabelEncoder-tensors", "ai.onnx.ml::LabelEncoder", [rows], {
        "keys_tensor": numpy_helper.from_array(texts("a", "ß"), "keys"), "values_tensor": numpy_helper.from_array(np.array([1, 2], np.int16), "values"),
        "default_tensor": numpy_helper.from_array(np.array([-3], np.int16), "default")}, ml=4)
    yield Case("strings-LabelEncoder-1", "ai.onnx.ml::LabelEncoder", [rows], {"classes_strings": ["a", "é"], "default_int64": 7}, ml=1)
    yield Case("strings-LabelEncoder-1-of-i64", "ai.onnx.ml::LabelEncoder", [("i64", (9,), -1, 3)], {"classes_strings": ["a", "é"]}, ml=1)
    yield Case("strings-CategoryMapper", "ai.onnx.ml::CategoryMapper", [rows], {"cats_strings": ["a", "é"], "cats_int64s": [5, 3], "default_int64": 7})
    yield Case("strings-CategoryMapper-of-i64", "ai.onnx.ml::CategoryMapper", [("i64", (9,), 0, 6)], {"cats_strings": ["a", "é"], "cats_int64s": [5, 3], "default_string": "?"})
    yield Case("strings-OneHotEncoder", "ai.onnx.ml::OneHotEncoder", [rows], {"cats_strings": ["a", "é", ""], "zeros": 1})
    yield Case("strings-TfIdfVectorizer", "TfIdfVectorizer", [texts("a", "b", "", "a", "b", "c", "a", shape=(1, 7))], {
        "mode": "TF", "min_gram_length": 1, "max_gram_length": 2, "max_skip_count": 1, "ngram_counts": [0, 3], "ngram_indexes": [0, 2, 1, 3, 4],
        "pool_strings": ["a", "", "c", "a", "b", "c", "a"]})
    coefficients = {"coefficients": [0.5, -1.0, 2.0, 1.5, 0.25, -0.75, 1, 1, -1.5], "intercepts": [0.1, -0.2, 0.3]}
    yield Case("strings-LinearClassifier", "ai.onnx.ml::LinearClassifier", [("f32", (-9, 3))], coefficients | {"classlabels_strings": ["red", "green", ""], "post_transform": "SOFTMAX"}, outputs=2)


def ordered():
    for order in (0, 1):
        yield Case(f"strings-Unique-{order}", "Unique", [words(40)], {"sorted": order}, outputs=4)
        yield Case(f"strings-Unique-matrix-{order}", "Unique", [texts("b", "", "ab", "b", "a", "", shape=(2, 3))], {"sorted": order}, outputs=4)
        yield Case(f"strings-Unique-of-constant-{order}", "Unique", [Constant(words(30))], {"sorted": order}, outputs=4)
    rows = texts("b", "a", "", "c", "b", "a", "b", "", "", "c", shape=(5, 2))
    yield Case("strings-Unique-rows", "Unique", [rows], {"axis": 0}, outputs=4)
    yield Case("strings-Unique-one", "Unique", [texts("a")], outputs=4)


strings = (moved, cast, combined, normalized, matched, labelled, ordered)
