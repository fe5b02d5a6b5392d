"""Cases of operators that move elements, and of shape arithmetic."""

from case import Case, Tensor


def simple(name, operator, inputs, options=(), outputs=1, version=1, type="f32"):
    return Case(name, operator, inputs, [Tensor(type) for _ in range(outputs)], options, version)


def shape_cases():
    x = Tensor("f32", (2, 3, 4))
    yield simple("RESHAPE", "RESHAPE", [x, Tensor("i32", values=[4, 6])], ("ReshapeOptions", {"new_shape": [4, 6]}))
    yield simple("RESHAPE-open", "RESHAPE", [Tensor("f32", (2, 3, 4), open=(0,)), Tensor("i32", values=[-1, 12])], ("ReshapeOptions", {"new_shape": [-1, 12]}))
    yield simple("RESHAPE-options", "RESHAPE", [x], ("ReshapeOptions", {"new_shape": [3, -1]}))
    yield simple("SQUEEZE", "SQUEEZE", [Tensor("f32", (1, 3, 1, 4))], ("SqueezeOptions", {"squeeze_dims": [0]}))
    yield simple("SQUEEZE-all", "SQUEEZE", [Tensor("f32", (1, 3, 1, 4))], ("SqueezeOptions", {}))
    for axis in (0, 2, -1):
        yield simple(f"EXPAND_DIMS{axis}", "EXPAND_DIMS", [x, Tensor("i32", values=axis)], ("ExpandDimsOptions",))
    for kind, number in (("i32", 2), ("i64", 4)):
        yield simple(f"SHAPE-{kind}", "SHAPE", [x], ("ShapeOptions", {"out_type": number}), type=kind)
    yield simple("RANK", "RANK", [x], ("RankOptions",), type="i32")
    yield simple("BROADCAST_TO", "BROADCAST_TO", [Tensor("f32", (3, 1)), Tensor("i32", values=[2, 3, 5])], ("BroadcastToOptions",), version=2)
    yield simple("BROADCAST_ARGS", "BROADCAST_ARGS", [Tensor("i32", values=[3, 1]), Tensor("i32", values=[2, 1, 5])], type="i32")
    yield simple("FILL", "FILL", [Tensor("i32", values=[2, 3]), Tensor("f32", ())], ("FillOptions",))
    for kind in ("i32", "f32"):
        for bounds in ((2, 11, 3), (9, -2, -2)):
            yield simple(f"RANGE-{kind}-{bounds[2]}", "RANGE", [Tensor(kind, values=number) for number in bounds], ("RangeOptions",), type=kind)


def slice_cases():
    x = Tensor("f32", (5, 7, 6))
    yield simple("SLICE", "SLICE", [x, Tensor("i32", values=[1, 0, 2]), Tensor("i32", values=[3, -1, 2])], ("SliceOptions",))
    yield simple("SLICE-computed", "SLICE", [x, Tensor("i32", (3,), low=0, high=2), Tensor("i32", values=[3, 2, -1])], ("SliceOptions",))
    for label, begin, end, strides, fields in (
        ("plain", [1, 0, 2], [4, 7, 5], [1, 1, 1], {}), ("steps", [0, 1, 0], [5, 7, 6], [2, 3, 4], {}), ("back", [4, 6, 5], [0, -8, 1], [-2, -1, -3], {}),
        ("masks", [2, 3, 1], [3, 4, 5], [1, 2, 1], {"begin_mask": 2, "end_mask": 6}), ("shrink", [1, 2, 3], [2, 7, 4], [1, 1, 1], {"shrink_axis_mask": 5}),
        ("negative", [-3, -5, -2], [-1, -1, 6], [1, 1, 1], {}), ("ellipsis", [0, 1], [0, 3], [1, 1], {"ellipsis_mask": 1}),
        ("new", [0, 1, 0], [0, 3, 2], [1, 1, 1], {"new_axis_mask": 1}), ("beyond", [0, 0, 0], [99, 99, 99], [1, 2, 1], {}), ("short", [1], [3], [1], {}),
        ("shrink-negative", [-1, 0, 0], [0, 7, 6], [1, 1, 1], {"shrink_axis_mask": 1}),
    ):
        yield simple(
            f"STRIDED_SLICE-{label}", "STRIDED_SLICE", [x, *(Tensor("i32", values=list_) for list_ in (begin, end, strides))], ("StridedSliceOptions", fields), version=4)
    for axis, count in ((0, 3), (-1, 2)):
        yield simple(f"SPLIT{axis}", "SPLIT", [Tensor("i32", values=axis), Tensor("f32", (3, 5, 4))], ("SplitOptions", {"num_splits": count}), count)
    yield simple("SPLIT_V", "SPLIT_V", [x, Tensor("i32", values=[2, -1, 1]), Tensor("i32", values=1)], ("SplitVOptions", {"num_splits": 3}), 3)
    for axis in (0, 1, -1):
        yield simple(f"UNPACK{axis}", "UNPACK", [Tensor("f32", (2, 2, 2))], ("UnpackOptions", {"num": 2, "axis": axis}), 2)
        yield simple(f"PACK{axis}", "PACK", [Tensor("f32", (2, 3)) for _ in range(3)], ("PackOptions", {"values_count": 3, "axis": axis}))
        yield simple(f"CONCATENATION{axis}", "CONCATENATION", [Tensor("f32", (2, 3, 4)) for _ in range(3)], ("ConcatenationOptions", {"axis": axis}))
    yield simple("CONCATENATION-sizes", "CONCATENATION", [Tensor("i32", (2, 3)), Tensor("i32", (2, 5))], ("ConcatenationOptions", {"axis": 1}), type="i32")


def rearranging_cases():
    x = Tensor("f32", (2, 3, 4, 5))
    for order in ((0, 3, 1, 2), (3, 2, 1, 0), (1, 0, 2, 3)):
        yield simple(f"TRANSPOSE-{''.join(map(str, order))}", "TRANSPOSE", [x, Tensor("i32", values=order)], ("TransposeOptions",))
    for kind in ("i32", "i64"):
        yield simple(f"PAD-{kind}", "PAD", [x, Tensor(kind, values=[[0, 0], [1, 2], [0, 3], [2, 0]])], ("PadOptions",))
    yield simple("PADV2", "PADV2", [x, Tensor("i32", values=[[0, 1], [1, 2], [0, 0], [2, 0]]), Tensor("f32", values=1.5)], ("PadV2Options",))
    for mode in (0, 1):
        yield simple(f"MIRROR_PAD-{mode}", "MIRROR_PAD", [x, Tensor("i32", values=[[0, 0], [1, 2], [2, 3], [1, 0]])], ("MirrorPadOptions", {"mode": mode}))
    yield simple("TILE", "TILE", [Tensor("f32", (2, 3, 4)), Tensor("i32", values=[2, 1, 3])], ("TileOptions",))
    yield simple("REVERSE_V2", "REVERSE_V2", [x, Tensor("i32", values=[1])], ("ReverseV2Options",))
    yield simple("REVERSE_SEQUENCE", "REVERSE_SEQUENCE", [Tensor("f32", (3, 6, 2)), Tensor("i32", (3,), low=0, high=6)], ("ReverseSequenceOptions", {"seq_dim": 1, "batch_dim": 0}))
    yield simple("SPACE_TO_DEPTH", "SPACE_TO_DEPTH", [Tensor("f32", (2, 6, 4, 3))], ("SpaceToDepthOptions", {"block_size": 2}))
    yield simple("DEPTH_TO_SPACE", "DEPTH_TO_SPACE", [Tensor("f32", (2, 3, 2, 12))], ("DepthToSpaceOptions", {"block_size": 2}))
    yield simple("SPACE_TO_BATCH_ND", "SPACE_TO_BATCH_ND", [Tensor("f32", (2, 5, 4, 3)), Tensor("i32", values=[3, 2]), Tensor("i32", values=[[1, 0], [0, 2]])], ("SpaceToBatchNDOptions",))
    yield simple("BATCH_TO_SPACE_ND", "BATCH_TO_SPACE_ND", [Tensor("f32", (12, 2, 3, 3)), Tensor("i32", values=[3, 2]), Tensor("i32", values=[[1, 0], [0, 2]])], ("BatchToSpaceNDOptions",))
    yield simple("DYNAMIC_UPDATE_SLICE", "DYNAMIC_UPDATE_SLICE", [Tensor("f32", (5, 6)), Tensor("f32", (2, 3)), Tensor("i32", (2,), low=0, high=6)], ("DynamicUpdateSliceOptions",))


def index_cases():
    x = Tensor("f32", (4, 5, 6))
    for axis in (0, 1, -1):
        yield simple(f"GATHER{axis}", "GATHER", [x, Tensor("i32", (2, 3), low=0, high=3)], ("GatherOptions", {"axis": axis}))
    yield simple("GATHER-batch", "GATHER", [x, Tensor("i32", (4, 3), low=0, high=4)], ("GatherOptions", {"axis": 1, "batch_dims": 1}), version=5)
    yield simple("GATHER-i64", "GATHER", [x, Tensor("i64", (3,), low=0, high=3)], ("GatherOptions", {"axis": 0}))
    yield simple("GATHER_ND", "GATHER_ND", [x, Tensor("i32", (3, 2), low=0, high=3)], ("GatherNdOptions",))
    yield simple("GATHER_ND-all", "GATHER_ND", [x, Tensor("i32", (2, 3, 3), low=0, high=3)], ("GatherNdOptions",))
    yield simple("EMBEDDING_LOOKUP", "EMBEDDING_LOOKUP", [Tensor("i32", (7,), low=0, high=3), x])
    yield simple("SCATTER_ND", "SCATTER_ND", [Tensor("i32", (5, 1), low=0, high=6), Tensor("f32", (5, 3)), Tensor("i32", values=[7, 3])], ("ScatterNdOptions",))
    yield simple("SPARSE_TO_DENSE", "SPARSE_TO_DENSE", [Tensor("i32", values=[[0, 1], [2, 3], [4, 0]]), Tensor("i32", values=[5, 4]), Tensor("f32", (3,)), Tensor("f32", values=0.5)], ("SparseToDenseOptions",))
    for axis in (-1, 0, 1):
        yield simple(
            f"ONE_HOT{axis}", "ONE_HOT", [Tensor("i32", (3, 4), low=-1, high=5), Tensor("i32", values=5), Tensor("f32", values=2.5), Tensor("f32", values=-1.0)], ("OneHotOptions", {"axis": axis}))
    yield simple("WHERE", "WHERE", [Tensor("bool", (4, 5))], ("WhereOptions",), type="i64")
    yield simple("SEGMENT_SUM", "SEGMENT_SUM", [Tensor("f32", (6, 3)), Tensor("i32", values=[0, 0, 1, 2, 2, 2])], ("SegmentSumOptions",))
    for name in ("SUM", "PROD", "MAX", "MIN"):
        yield simple(
            f"UNSORTED_SEGMENT_{name}", f"UNSORTED_SEGMENT_{name}", [Tensor("f32", (6, 3)), Tensor("i32", (6,), low=0, high=3), Tensor("i32", values=5)],
            (f"UnsortedSegment{name.capitalize()}Options",))
    for kind in ("f32", "i32", "i64"):
        yield Case(
            f"UNIQUE-{kind}", "UNIQUE", [Tensor(kind, (23,), low=0, high=5) if kind != "f32" else Tensor("f32", values=[3, 1, 3, 2.5, 1, 7, 2.5, 3])],
            [Tensor(kind), Tensor("i32")], ("UniqueOptions", {"idx_out_type": 2}))
    for source, target in (("f32", "i32"), ("i32", "f32"), ("i32", "u32")):
        yield simple(f"BITCAST-{source}-{target}", "BITCAST", [Tensor(source, (3, 5), low=1, high=99)], ("BitcastOptions",), type=target)
    yield simple("MATRIX_DIAG", "MATRIX_DIAG", [Tensor("f32", (3, 4))], ("MatrixDiagOptions",))
    yield simple("MATRIX_SET_DIAG", "MATRIX_SET_DIAG", [Tensor("f32", (3, 4, 4)), Tensor("f32", (3, 4))], ("MatrixSetDiagOptions",))
    yield simple("BUCKETIZE", "BUCKETIZE", [Tensor("f32", (3, 9), low=-5, high=5)], ("BucketizeOptions", {"boundaries": [-2.0, 0.5, 3.0]}), type="i32")


def movement_cases():
    for family in (shape_cases, slice_cases, rearranging_cases, index_cases):
        yield from family()
