"""Cases of the operators of com.microsoft for transformers."""

import numpy as np

from case import Case, Constant, const


def attention():
    x, w, bias = ("f32", (2, 5, 12)), ("f32", (12, 36), -0.5, 0.5), ("f32", (36,))
    name = "com.microsoft::Attention"
    yield Case("Attention-microsoft", name, [x, w, bias], {"num_heads": 3})
    yield Case("Attention-microsoft-causal", name, [x, w, bias], {"num_heads": 3, "unidirectional": 1})
    yield Case("Attention-microsoft-mask", name, [x, w, bias, np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], np.int32)], {"num_heads": 3})
    yield Case("Attention-microsoft-past", name, [x, w, bias, None, ("f32", (2, 2, 3, 4, 4))], {"num_heads": 3, "unidirectional": 1}, outputs=2)
    name = "com.microsoft::MultiHeadAttention"
    q, k = ("f32", (2, 5, 12)), ("f32", (2, 7, 12))
    yield Case("MultiHeadAttention", name, [q, k, k], {"num_heads": 3})
    yield Case("MultiHeadAttention-bias", name, [q, k, k, bias], {"num_heads": 3, "scale": 0.3})
    yield Case("MultiHeadAttention-mask", name, [q, k, k, None, np.array([[1] * 4 + [0] * 3, [1] * 7], np.int32), ("f32", (1, 3, 5, 7))], {"num_heads": 3})
    yield Case("MultiHeadAttention-heads", name, [q, ("f32", (2, 3, 7, 4)), ("f32", (2, 3, 7, 4))], {"num_heads": 3})
    past = ("f32", (2, 3, 6, 4))
    yield Case("MultiHeadAttention-past", name, [q, q, q, bias, None, None, past, past], {"num_heads": 3}, outputs=3)
    yield Case("MultiHeadAttention-dynamic", name, [("f32", (-2, -5, 12))] * 3, {"num_heads": 3})


def embeddings():
    tables = [("f32", (20, 4), -1, 1), ("f32", (20, 4), -1, 1)]
    for interleaved in (0, 1):
        attributes = {"interleaved": interleaved}
        yield Case(f"RotaryEmbedding-{interleaved}", "com.microsoft::RotaryEmbedding", [("f32", (2, 5, 24)), ("i64", (2, 5), 0, 19)] + tables, attributes)
        yield Case(f"RotaryEmbedding-heads-{interleaved}", "com.microsoft::RotaryEmbedding", [("f32", (2, 3, 5, 8)), np.array([3])] + tables, attributes)
        yield Case(f"RotaryEmbedding-onnx-{interleaved}", "RotaryEmbedding", [("f32", (2, 3, 5, 8))] + tables + [("i64", (2, 5), 0, 19)], attributes, opset=23)
    yield Case("RotaryEmbedding-partial", "RotaryEmbedding", [("f32", (2, 3, 5, 12))] + tables + [("i64", (2, 5), 0, 19)], {"rotary_embedding_dim": 8}, opset=23)
    yield Case("RotaryEmbedding-angles", "RotaryEmbedding", [("f32", (2, 3, 5, 8)), ("f32", (2, 5, 4)), ("f32", (2, 5, 4))], opset=23)
    wide = ("f32", (37,))
    yield Case("SkipSimplifiedLayerNormalization", "com.microsoft::SkipSimplifiedLayerNormalization", [("f32", (2, 3, 37)), ("f32", (2, 3, 37)), wide], {"epsilon": 1e-5})
    yield Case("SkipSimplifiedLayerNormalization-bias", "com.microsoft::SkipSimplifiedLayerNormalization", [("f32", (2, 3, 37)), ("f32", (2, 3, 37)), wide, wide], {"epsilon": 1e-5})
    yield Case("SimplifiedLayerNormalization", "SimplifiedLayerNormalization", [("f32", (2, 3, 37)), wide], {"axis": -1, "epsilon": 1e-5})
    ids = ("i32", (2, 5), 0, 8)
    yield Case("EmbedLayerNormalization", "com.microsoft::EmbedLayerNormalization",
               [ids, ("i32", (2, 5), 0, 1), ("f32", (9, 37)), ("f32", (7, 37)), ("f32", (2, 37)), wide, wide, np.array([[1] * 5, [1] * 3 + [0] * 2], np.int32)],
               {"epsilon": 1e-5}, outputs=2)


def grouped():
    name, attributes = "com.microsoft::GroupQueryAttention", {"num_heads": 4, "kv_num_heads": 2}
    size = 16  # ONNX Runtime rotates multiples of 16 only, and takes several elements behind a cache in a batch of 1 only

    def operands(batch, length, lengths, room=None, packed=False):
        """Sequences of `length` new elements that end at `lengths`, with a cache that has room for `room`."""
        total = const(max(lengths), "i32")
        x = [("f32", (batch, length, 8 * size)), None, None] if packed else [("f32", (batch, length, 4 * size)), ("f32", (batch, length, 2 * size)), ("f32", (batch, length, 2 * size))]
        past = [("f32", (batch, 2, room, size))] * 2 if room else [None, None]
        return x + past + [np.array(lengths, np.int32) - 1, total]

    angles = np.outer(np.arange(32), 1 / 100 ** (np.arange(size // 2) / (size // 2))).astype(np.float32)
    tables = [Constant(np.cos(angles)), Constant(np.sin(angles))]
    forms = {"prompt": operands(2, 5, [5, 5]), "step": operands(3, 1, [7, 4, 2], 6), "several": operands(1, 3, [9], 6), "roomy": operands(2, 1, [4, 6], 12),
             "packed": operands(2, 5, [5, 5], packed=True), "dynamic": operands(-2, 1, [3, 7], -6)}
    for kind, form in forms.items():
        yield Case(f"GroupQueryAttention-{kind}", name, form, attributes, outputs=3, tolerance=1e-4)
        for interleaved in (0, 1):
            yield Case(f"GroupQueryAttention-{kind}-rotary-{interleaved}", name, form + tables, attributes | {"do_rotary": 1, "rotary_interleaved": interleaved}, outputs=3, tolerance=1e-4)
    for kind in ("prompt", "step", "several"):
        yield Case(f"GroupQueryAttention-{kind}-window", name, forms[kind], attributes | {"local_window_size": 3}, outputs=3, tolerance=1e-4)
        yield Case(f"GroupQueryAttention-{kind}-softcap", name, forms[kind], attributes | {"softcap": 2.0, "scale": 0.7}, outputs=3, tolerance=1e-4)
    bias = [None, None, None, ("f32", (1, 4, 3, 9))]
    yield Case("GroupQueryAttention-bias", name, forms["several"] + bias, attributes, outputs=3, tolerance=1e-4)
    yield Case("GroupQueryAttention-computed", name, forms["step"][:6] + [np.array(7, np.int32)], attributes, outputs=3, tolerance=1e-4)


contributed = (attention, embeddings, grouped)
