"""Models of text and speech beside the encoders and decoders of `architectures.py`: encoder-decoder pairs, a model of sound, recurrent ones."""

import torch
from torch import nn

from architecture import Call, Model, generator, load_transformers, stir


class FromEncoder(nn.Module):
    """A decoder of transformers: tokens and what its encoder gave, in; logits out."""

    def __init__(self, module):
        super().__init__()
        self.module = module

    def forward(self, ids, states):
        from transformers.modeling_outputs import BaseModelOutput

        # without a mask, transformers looks for packed sequences with an operation that the older exporter lacks
        result = self.module(
            decoder_input_ids=ids, decoder_attention_mask=torch.ones_like(ids), encoder_outputs=BaseModelOutput(last_hidden_state=states),
            use_cache=False)
        return result.logits


def token_inputs(names, vocabulary):
    """Returns a maker of token inputs: random tokens, and a mask that leaves out the last ones of each row but the first."""

    def inputs(batch, sequence):
        mask = torch.ones(batch, sequence, dtype=torch.long)
        for row in range(1, batch):
            mask[row, sequence - row :] = 0
        ids = torch.randint(0, vocabulary, (batch, sequence), generator=generator(100 * batch + sequence))
        return dict(zip(names, (ids, mask)))

    return inputs


def tokens(module, names, vocabulary, sequences=(13, 9, 31), outputs=None):
    """Returns a model over a batch of rows of tokens."""
    first, *rest = sequences
    return Model(
        module, token_inputs(names, vocabulary), dict(batch=1, sequence=first),
        [dict(batch=2, sequence=s) for s in rest] + [dict(batch=3, sequence=first)],
        {name: {0: "batch", 1: "sequence"} for name in names}, outputs or ["output"])


def after_encoder(module, vocabulary, width, sequences=(7, 12, 3), length=None):
    """Returns a decoder over tokens and the states of an encoder, which has `length` places or as many as it got."""

    def inputs(batch, sequence, places):
        g = generator(100 * batch + sequence)
        return {"input_ids": torch.randint(0, vocabulary, (batch, sequence), generator=g),
                "encoder_hidden_states": torch.randn(batch, places, width, generator=g)}

    first, *rest = sequences
    states = {0: "batch"} if length else {0: "batch", 1: "places"}
    return Model(
        FromEncoder(module), inputs, dict(batch=1, sequence=first, places=length or 11),
        [dict(batch=2, sequence=s, places=length or 5 + s) for s in rest],
        {"input_ids": {0: "batch", 1: "sequence"}, "encoder_hidden_states": states}, ["logits"])


# ---------------------------------------------------------------- T5
def t5_config(transformers, small, attention):
    sizes = dict(vocab_size=997, d_model=39, d_kv=13, d_ff=71, num_layers=2, num_heads=3, relative_attention_num_buckets=8,
                 relative_attention_max_distance=16)
    return transformers.T5Config(use_cache=False, **(sizes if small else {}))


def t5_encoder(small, attention):
    transformers = load_transformers()
    torch.manual_seed(0)
    config = t5_config(transformers, small, attention)
    names = ["input_ids", "attention_mask"]
    return tokens(Call(stir(transformers.T5EncoderModel(config)), names, "last_hidden_state"), names, config.vocab_size)


def t5_decoder(small, attention):
    transformers = load_transformers()
    torch.manual_seed(0)
    config = t5_config(transformers, small, attention)
    return after_encoder(stir(transformers.T5ForConditionalGeneration(config)), config.vocab_size, config.d_model)


# ---------------------------------------------------------------- Whisper
def whisper_config(transformers, small, attention):
    sizes = dict(vocab_size=97, num_mel_bins=11, d_model=36, encoder_layers=2, decoder_layers=2, encoder_attention_heads=3,
                 decoder_attention_heads=3, encoder_ffn_dim=71, decoder_ffn_dim=71, max_source_positions=19, max_target_positions=32,
                 pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1, suppress_tokens=None, begin_suppress_tokens=None)
    return transformers.WhisperConfig(use_cache=False, attn_implementation=attention, **(sizes if small else {}))


def whisper_encoder(small, attention):
    transformers = load_transformers()
    torch.manual_seed(0)
    config = whisper_config(transformers, small, attention)
    module = stir(transformers.WhisperModel(config).encoder)

    def inputs(batch):
        return {"input_features": torch.randn(batch, config.num_mel_bins, 2 * config.max_source_positions, generator=generator(batch))}

    return Model(
        Call(module, ["input_features"], "last_hidden_state"), inputs, dict(batch=1), [dict(batch=2), dict(batch=3)],
        {"input_features": {0: "batch"}})


def whisper_decoder(small, attention):
    transformers = load_transformers()
    torch.manual_seed(0)
    config = whisper_config(transformers, small, attention)
    module = stir(transformers.WhisperForConditionalGeneration(config))
    return after_encoder(module, config.vocab_size, config.d_model, length=config.max_source_positions)


# ---------------------------------------------------------------- sound
def wav2vec2(small, attention):
    transformers = load_transformers()
    torch.manual_seed(0)
    sizes = dict(vocab_size=29, hidden_size=36, num_hidden_layers=2, num_attention_heads=3, intermediate_size=71, conv_dim=(15, 15, 15),
                 conv_kernel=(10, 3, 2), conv_stride=(5, 2, 2), num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=4,
                 num_feat_extract_layers=3)
    config = transformers.Wav2Vec2Config(attn_implementation=attention, **(sizes if small else {}))
    module = stir(transformers.Wav2Vec2ForCTC(config))

    def inputs(batch, samples):
        return {"input_values": torch.randn(batch, samples, generator=generator(samples))}

    return Model(
        Call(module, ["input_values"], "logits"), inputs, dict(batch=1, samples=531), [dict(batch=2, samples=733), dict(batch=1, samples=402)],
        {"input_values": {0: "batch", 1: "samples"}}, ["logits"])


# ---------------------------------------------------------------- recurrent
class Recurrent(nn.Module):
    """A language model of stacked recurrent layers."""

    def __init__(self, layers, vocabulary, width):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.layers = layers(width, width, num_layers=2, batch_first=True)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, ids):
        return self.head(self.layers(self.embedding(ids))[0])


def recurrent(layers, small):
    torch.manual_seed(0)
    vocabulary, width = (97, 23) if small else (10000, 512)

    def inputs(batch):
        return {"input_ids": torch.randint(0, vocabulary, (batch, 13), generator=generator(batch))}

    # the current exporter unrolls the layers: the length of the rows stays
    return Model(
        stir(Recurrent(layers, vocabulary, width)), inputs, dict(batch=1), [dict(batch=2), dict(batch=5)], {"input_ids": {0: "batch"}},
        ["logits"])


def lstm(small, attention):
    return recurrent(nn.LSTM, small)


def gru(small, attention):
    return recurrent(nn.GRU, small)


TEXT = {
    "t5-encoder": t5_encoder, "t5-decoder": t5_decoder, "whisper-encoder": whisper_encoder, "whisper-decoder": whisper_decoder,
    "wav2vec2": wav2vec2, "lstm": lstm, "gru": gru,
}
