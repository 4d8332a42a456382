"""Writes the Parquet files of the tests, with pyarrow 21 or later: python generate.py"""
import pyarrow as pa
import pyarrow.parquet as pq

turn = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))


def chat(*texts):
    return [{"role": "user" if i % 2 == 0 else "assistant", "content": t} for i, t in enumerate(texts)]


pairs = pa.table(
    {
        "prompt": pa.array(["Sky?", "Sea?", "Snow ☃?", "Same?"], pa.large_string()),
        "chosen": pa.array([chat("Sky?", "Blue."), chat("Sea?", "Green."), chat("Snow ☃?", "White."), chat("Same?", "a")], turn),
        "rejected": pa.array([chat("Sky?", "Red."), chat("Sea?", "Pink."), chat("Snow ☃?", "Black."), chat("Same?", "a")], turn),
        "score_chosen": pa.array([8.5, 7.0, 9.0, 1.0], pa.float64()),
        "score_rejected": pa.array([2.0, 6.5, 1.0, 1.0], pa.float32()),
        "empty": pa.array([None, None, None, None], pa.string()),
    }
)
for codec in ["snappy", "zstd", "gzip", "none", "brotli", "lz4"]:
    pq.write_table(pairs, f"pairs-{codec}.parquet", compression=codec, row_group_size=3)

everything = pa.table(
    {
        "text": pa.array(["a\n\"b\"", None], pa.string()),
        "dictionary": pa.array(["x", "x"]).dictionary_encode(),
        "bytes": pa.array([b"plain", b"\xff\xfe"], pa.binary()),
        "int8": pa.array([-1, None], pa.int8()),
        "uint32": pa.array([4294967295, 1], pa.uint32()),
        "uint64": pa.array([18446744073709551615, 1], pa.uint64()),
        "double": pa.array([0.1, float("nan")], pa.float64()),
        "boolean": pa.array([True, False]),
        "decimal": pa.array([__import__("decimal").Decimal("1.50"), None], pa.decimal128(10, 2)),
        "list": pa.array([["a", None], []], pa.list_(pa.string())),
        "lists": pa.array([[[1, 2], []], None], pa.list_(pa.list_(pa.int64()))),
        "struct": pa.array([{"a": 1, "b": {"c": "d"}}, None], pa.struct([("a", pa.int32()), ("b", pa.struct([("c", pa.string())]))])),
        "map": pa.array([[("k", 1), ("l", None)], []], pa.map_(pa.string(), pa.int32())),
    }
)
pq.write_table(everything, "everything.parquet", compression="snappy")
