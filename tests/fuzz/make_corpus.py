#!/usr/bin/env python3
"""Writes the seed files of the fuzz targets into corpus/; the same bytes on every run.

Valid files of every kind come first, then the published defects of readers of these formats.
"""

import gzip
import pathlib
import struct

CORPUS = pathlib.Path(__file__).parent / "corpus"


def write(kind, name, data):
    path = CORPUS / kind / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def npy(header, payload=b"", version=1):
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + payload


def array(descr, shape, payload=b"", fortran=False, version=1):
    return npy(f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}", payload, version)


def idx(kind, shape, payload=b""):
    return bytes([0, 0, kind, len(shape)]) + b"".join(struct.pack(">I", n) for n in shape) + payload


def packed(data, level=9):
    return gzip.compress(data, level, mtime=0)


def make_npy():
    sizes = {"f2": 2, "f4": 4, "f8": 8, "i1": 1, "i2": 2, "i4": 4, "i8": 8, "u1": 1, "u2": 2, "u4": 4, "u8": 8, "b1": 1}
    for kind, size in sizes.items():
        write("npy", f"valid_{kind}", array("<" + kind, "(3,)", bytes(i & 1 for i in range(3 * size))))
    write("npy", "valid_big_endian", array(">f8", "(2, 2)", bytes(range(32))))
    write("npy", "valid_bf16", array("<V2", "(2,)", b"\x80\x3f\x00\x40"))
    write("npy", "valid_fortran", array("<f4", "(2, 3, 2)", bytes(range(48)), fortran=True))
    write("npy", "valid_scalar", array("<i8", "()", bytes(8)))
    write("npy", "valid_empty", array("<f4", "(3, 0)"))
    write("npy", "valid_version_2", array("|u1", "(4,)", b"abcd", version=2))
    write("npy", "valid_version_3", array("|u1", "(4,)", b"abcd", version=3))
    write("npy", "valid_padded", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }" + 59 * " ", b"abcd"))
    # llohse/libnpy#44, ml-explore/mlx#3365, huggingface/candle#3962: 12 bytes ask for 4 GiB
    write("npy", "header_of_4_gib", b"\x93NUMPY\x02\x00\xff\xff\xff\xff")
    # llohse/libnpy#44, ClickHouse/ClickHouse#100625: the product of the shape wraps; huge extents without data
    write("npy", "shape_wraps", array("<f4", "(4294967296, 4294967296)"))
    write("npy", "shape_wraps_to_payload", array("<f8", "(2305843009213693953,)", bytes(8)))
    write("npy", "huge_without_data", array("<f4", "(9223372036854775807, 0)"))
    write("npy", "four_tebibytes", array("<f4", "(1048576, 1048576)", bytes(8)))
    # ClickHouse/ClickHouse#99812: negative extents
    write("npy", "negative_extent", array("<f4", "(-1,)", bytes(4)))
    write("npy", "negative_extents", array("<f4", "(-1, -2)", bytes(8)))
    # openxla/stablehlo#2963: the size of an element is no number; substring underflow
    write("npy", "size_is_no_number", array("<fx", "(1,)", bytes(4)))
    write("npy", "descr_is_empty", array("", "(1,)", bytes(4)))
    write("npy", "header_is_empty", b"\x93NUMPY\x01\x00\x00\x00")
    # keras-team/keras#23016: a shape from the file, unchecked
    write("npy", "extent_of_31_digits", array("<f4", "(1000000000000000000000000000000,)", bytes(4)))
    # CVE-2019-6446: a pickle inside
    write("npy", "pickle", array("|O", "(1,)", b"\x80\x03cos\nsystem\nX\x04\x00\x00\x00true\x85R."))
    # rogersce/cnpy#106: the length of the header is beyond the file
    write("npy", "header_beyond_file", b"\x93NUMPY\x01\x00\xff\xff{'descr': '<f4'")
    write("npy", "key_twice", npy("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", bytes(8)))
    write("npy", "trailing_bytes", array("|u1", "(4,)", b"abcde"))
    write("npy", "void_of_1e9", array("|V1000000000", "(1,)"))
    write("npy", "void_of_0", array("|V0", "(5,)"))
    write("npy", "nested_shape", array("<f4", "((1,),)", bytes(4)))
    write("npy", "bool_in_shape", array("<f4", "(True,)", bytes(4)))
    write("npy", "bool_of_2", array("|b1", "(2,)", b"\x01\x02"))
    write("npy", "structured", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", bytes(4)))
    write("npy", "many_axes", array("|u1", "(" + 33 * "1, " + ")", b"a"))


def make_csv():
    for name, text in {
        "valid": b"a,b\n1,2\n3,4\n",
        "valid_crlf": b"a,b\r\n1,2\r\n",
        "valid_cr": b"a,b\r1,2\r",
        "valid_bom": b"\xef\xbb\xbfa,b\n1,2",
        "valid_quoted": b'"a","b ""c"""\n"1","2"\n',
        "valid_multiline": b'"a\r\nb",c\n1,2\n',
        "valid_numbers": b"x\n1e999\n-1e-999\n5e-324\nnan\n-Infinity\n.5\n5.\n1E+3\n",
        "long_number": b"x\n0." + 300 * b"0" + b"1e301\n" + 400 * b"9" + b"\n",
        "huge_exponent": b"x\n1e99999999999999999999\n1e-99999999999999999999\n",
        "ragged": b"a,b\n1\n",
        "blank_line": b"a,b\n\n1,2\n",
        "quote_never_closed": b'a,"b\n1,2\n',
        "quote_within": b'a"b,c\n',
        "text_after_quote": b'"a"b\n',
        "hexadecimal": b"x\n0x1p3\n",
        "decimal_comma": b"x\n1,5\n",
        "empty_cell": b"a,b\n1,\n",
        "nul": b"a\n1\x00\n",
        "many_columns": 100 * b"1," + b"1\n",
        "long_line": 200 * b"1" + b"\n",
        "escape_sequence": b"a\n\x1b[31m\xff\xfe\n",
        "utf16": "a,b\n1,2\n".encode("utf-16"),
    }.items():
        write("csv", name, text)


def make_idx():
    kinds = {8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8}
    for kind, size in kinds.items():
        write("idx", f"valid_{kind}", idx(kind, [2, 3], bytes(range(6 * size))))
    plain = idx(8, [4], b"abcd")
    write("idx", "valid_gzip", packed(plain))
    write("idx", "valid_gzip_stored", packed(plain, 0))
    write("idx", "valid_two_members", packed(plain[:5]) + packed(plain[5:]))
    write("idx", "gzip_bomb", packed(idx(8, [3 << 19], bytes(3 << 19))))
    write("idx", "gzip_truncated", packed(plain)[:-5])
    write("idx", "gzip_trailing", packed(plain) + b"x")
    write("idx", "gzip_checksum", packed(plain)[:-8] + bytes(8))
    write("idx", "gzip_short", packed(idx(8, [5], b"abcd")))
    write("idx", "extents_wrap", idx(14, [0xFFFFFFFF] * 3, bytes(8)))
    write("idx", "huge_without_data", idx(8, [0xFFFFFFFF, 0]))
    write("idx", "huge", idx(8, [0xFFFFFFFF], b"a"))
    write("idx", "no_axes", idx(8, []))
    write("idx", "many_axes", idx(8, [1] * 255, b"a"))
    write("idx", "unknown_type", idx(10, [1], b"a"))


def make_loss_text():
    for name, text in {
        "valid": "squared_error",
        "valid_parameter": "huber:delta=1.5",
        "valid_infinite": "huber:delta=inf",
        "valid_word": "hinge:labels=01",
        "valid_flag": "poisson:full=true",
        "valid_none": "focal:gamma=0:alpha=none",
        "valid_several_parameters": "softmax_cross_entropy:smoothing=0.1:z_weight=1e-4:temperature=2:softcap=30",
        "valid_list": "quantile:tau=0.1/0.5/0.9",
        "valid_several": "log_cosh,smooth_l1:beta=0,nll",
        "misspelt": "squard_error",
        "misspelt_parameter": "huber:detla=1",
        "out_of_range": "quantile:tau=1",
        "twice": "huber:delta=1:delta=2",
        "no_value": "huber:delta",
        "empty_value": "huber:delta=",
        "composed": "0.5*huber+nll(huber,focal)",
        "hexadecimal": "huber:delta=0x1p3",
        "huge_exponent": "huber:delta=1e99999999999999999999",
        "long_number": "huber:delta=0." + 200 * "0" + "1",
        "negative_zero": "smooth_l1:beta=-0",
        "nan": "huber:delta=nan",
        "commas": 20 * ",",
        "slashes": "quantile:tau=0.5//0.5/",
        "escape_sequence": "\x1b[31mhuber",
    }.items():
        write("loss_text", name, text.encode())
    write("loss_text", "not_utf8", b"hub\xff\xfe\x00er")


def partial(loss=b"log_cosh", options=b"type=f32", nodes=(), pieces=(), count=None, ignored=0, flags=0, version=1):
    """The bytes before the checksum. nodes: (level, index); pieces: (begin, length)."""
    segments = struct.pack("<QQ", len(nodes), len(pieces))
    for level, index in nodes:
        segments += struct.pack("<QQdd", level, index, 1.5, 4096 << level)
    for begin, length in pieces:
        segments += struct.pack("<QQ", begin, length) + struct.pack("<d", 0.25) * length + struct.pack("<d", 1) * length
    if count is None:
        count = sum(4096 << level for level, _ in nodes) + sum(length for _, length in pieces) - ignored
    body = b"MMPART1\n" + struct.pack("<IIqq", version, flags, count, ignored)
    for text in (loss, options, segments):
        body += struct.pack("<I", len(text)) + text
    return body


def make_partial():
    for name, data in {
        "valid_nothing": partial(b"", b""),
        "nothing_with_flags": partial(b"", b"", flags=2),
        "valid_piece": partial(pieces=[(0, 3)]),
        "valid_block": partial(nodes=[(0, 0)]),
        "valid_whole": partial(b"huber:delta=1.5", b"type=f64;ignore=-1", [(2, 0), (0, 4)], [(5 * 4096, 2)], ignored=3, flags=2),
        "valid_hole": partial(nodes=[(1, 3)], pieces=[(5, 2)]),
        "valid_far": partial(pieces=[((1 << 62) - 2, 2)]),
        "siblings": partial(nodes=[(0, 0), (0, 1)]),
        "out_of_order": partial(nodes=[(0, 5), (0, 2)]),
        "inside_a_block": partial(nodes=[(0, 0)], pieces=[(7, 1)]),
        "adjacent_pieces": partial(pieces=[(0, 2), (2, 2)]),
        "across_blocks": partial(pieces=[(4095, 2)]),
        "beyond": partial(nodes=[(50, 1)]),
        "too_many_counted": partial(pieces=[(0, 3)], count=4),
        "unknown_flag": partial(pieces=[(0, 3)], flags=64),
        "unknown_loss": partial(b"log_kosh", pieces=[(0, 3)]),
        "unusual_text": partial(b"huber:delta=1", pieces=[(0, 3)]),
        "later_version": partial(version=2),
        "long_text": partial()[:32] + b"\xff\xff\xff\xff",
        "many_nodes": partial()[:-16] + struct.pack("<QQ", 1 << 60, 0),
        "long_piece": partial()[:-16] + struct.pack("<QQQQ", 0, 1, 0, 4095),
    }.items():
        write("partial", name, data)


def safetensors(header, payload=b""):
    return struct.pack("<Q", len(header)) + header + payload


def make_safetensors():
    def tensor(name, kind, shape, begin, end):
        return f'"{name}":{{"dtype":"{kind}","shape":{shape},"data_offsets":[{begin},{end}]}}'.encode()

    for name, data in {
        "valid_empty": safetensors(b"{}"),
        "valid_one": safetensors(b"{" + tensor("a", "F32", [2, 1], 0, 8) + b"}", bytes(8)),
        "valid_two": safetensors(b"{" + tensor("b", "I64", [1], 4, 12) + b"," + tensor("a", "F32", [], 0, 4) + b"}", bytes(12)),
        "valid_metadata": safetensors(b'{"__metadata__":{"k":"v","\\u00e9":""},' + tensor("a", "U8", [3], 0, 3) + b"}   ", b"abc"),
        "valid_no_elements": safetensors(b"{" + tensor("a", "F64", [0, 9], 0, 0) + b"}"),
        # The attacks of the format's own audit: hole, overlap, reversed offsets, header bomb, beyond the end.
        "hole": safetensors(b"{" + tensor("a", "U8", [1], 1, 2) + b"}", b"ab"),
        "overlap": safetensors(b"{" + tensor("a", "U8", [2], 0, 2) + b"," + tensor("b", "U8", [2], 1, 3) + b"}", b"abc"),
        "reversed": safetensors(b"{" + tensor("a", "U8", [2], 2, 0) + b"}", b"ab"),
        "header_bomb": struct.pack("<Q", (1 << 63) - 1) + b"{}",
        "beyond": safetensors(b"{" + tensor("a", "U8", [9], 0, 9) + b"}", b"ab"),
        "twice": safetensors(b"{" + tensor("a", "U8", [1], 0, 1) + b"," + tensor("a", "U8", [1], 1, 2) + b"}", b"ab"),
        "wraps": safetensors(b"{" + tensor("a", "F64", [1 << 62, 4], 0, 0) + b"}"),
        "nan": safetensors(b'{"a":NaN}'),
        "trailing": safetensors(b"{" + tensor("a", "U8", [1], 0, 1) + b"}", b"abc"),
        "deep": safetensors(b'{"a":' + b"[" * 50 + b"]" * 50 + b"}"),
        "not_utf8": safetensors(b"{" + tensor("a", "U8", [1], 0, 1).replace(b"a", b"\xff", 1) + b"}", b"a"),
    }.items():
        write("safetensors", name, data)


def make_command():
    for name, words in {
        "valid_list": "list --family regression",
        "valid_explain": "explain huber:delta=1.5 --format json",
        "valid_compare": "compare huber,log_cosh --svg out.svg",
        "valid_eval": "eval --loss squared_error,huber --prediction p.npy --target t.csv:price --reduction mean_over:512 "
                      "--ignore -100 --class-axis -1 --curvature majorizer:scale=0.5 --errors=json",
        "valid_merge": "merge 0.part 1.part",
        "valid_fit": "fit d.csv --target y --loss huber --model mlp:8 --optimizer adam:lr=0.1 --epochs 3 --seed 7 --l1 0.1 "
                     "--plot curve.svg --checkpoint c --every 5s --resume --verify-checkpoint",
        "valid_fit_config": "fit --config run.toml --print-config",
        "valid_predict": "predict m.model new.csv --as label --out l.csv",
        "valid_inspect": "inspect m.model --format json",
        "valid_check": "check --all",
        "valid_bench": "bench softmax_cross_entropy --shape 256x50257 --dtype bf16 --order 2 --repetitions 9 --threads 1",
        "valid_help": "help fit",
        "valid_version": "--version",
        "valid_completion": "--completion fish",
        "valid_man": "--man",
        "valid_help_flag": "fit -h",
        "nothing": "",
        "unknown_subcommand": "evall --loss huber",
        "unknown_option": "eval --los huber",
        "unknown_help": "help evall",
        "twice": "fit --seed 1 --seed 2",
        "two_subcommands": "list explain huber",
        "no_value": "eval --loss",
        "no_number": "fit --epochs 1e3",
        "no_size": "bench --shape 3x\x1b[31m",
        "out_of_range": "bench --order 3",
        "two_words": "eval --errors xml --errors=json",
        "double_dash": "fit -- --loss",
        "short_options": "-x -hx -",
        "equals": "--=x --loss= =",
        "brackets": "bench [a,b] [ ] [[]]",
        "plot_a_table": "fit --plot d.csv",
    }.items():
        write("command", name, words.replace(" ", "\n").encode())
    write("command", "empty_word", b"fit\n\n--loss\n\n")
    write("command", "escape_sequence", b"fit\n--l\x1b[31moss\n\xff\xfe\n--model\n\xe2\x80\xae")
    write("command", "many_words", b"bench" + 300 * b"\nhuber")
    write("command", "long_word", b"fit\n--optimizer\n" + 2000 * b"a")


def make_config():
    for name, text in {
        "valid": '# a run\ndata = "d.csv"\ntarget = "y"\nloss = "huber:delta=2"\nepochs = 3\nl2 = 0.5\nno-progress = true\nplot = false\n',
        "valid_table": "[fit]\r\nloss = huber:delta=2 # bare\r\nseed = 7\r\n",
        "valid_quotes": "\"target\" = 'a\\b'\nout = \"a#b, \\\"c\\\" \\u00e9\\U0001f600\\t\"",
        "valid_all": 'x = "x.npy"\ny = "y.npy"\nsample-weight = "w"\nmissing = "mean"\ntest = 0.2\nloss = "softmax_cross_entropy"\n'
                     'model = "cnn:channels=4x8:hidden=16"\noptimizer = "nesterov:lr=0.05"\nschedule = "step:every=2:factor=0.5"\n'
                     'batch = 64\nvalid = 0\nclasses = 10\nl1 = 1e-3\nclip = 1\ndropout = 0.5\naugment = "shift:2:flip"\n'
                     'patience = 3\nclass-weight = "balanced"\nthreads = 2\nout = "m"\ncheckpoint = "c"\nevery = "30s"\n'
                     'resume = true\nverify-checkpoint = true\nallow-numerics-change = true\nlog = "l.jsonl"\ntiming = true\nplot = "c.svg"\n',
        "valid_empty": "",
        "valid_plot": "plot = true",
        "every_without_checkpoint": "loss = huber\nevery = 3",
        "unknown": "epoch = 3\n",
        "other_table": "[eval]\nloss = huber\n",
        "twice": "seed = 1\nseed = 1\n",
        "twice_in_tables": "seed = 1\n[fit]\nseed = 2\n",
        "no_number": "epochs = three\n",
        "no_flag": "timing = 3\n",
        "no_value": "epochs =\n",
        "no_equals": "epochs 3\n",
        "no_name": "= 3\n",
        "open_quote": 'out = "a\n',
        "open_table": "[fit\n",
        "bad_escape": 'out = "\\x"\n',
        "bad_unicode": 'out = "\\ud800"\n',
        "several_lines": 'out = """a"""\n',
        "list": 'target = ["a", "b"]\n',
        "dotted": "fit.seed = 3\n[a.b.c]\n",
        "plot_a_table": 'plot = "d.csv"\n',
        "deep": "[" + 500 * "a." + "a]\n" + 100 * "a.a = 1\n",
        "nul": "seed = \0\n",
        "escape_sequence": "\x1b[31m = 1\n",
    }.items():
        write("config", name, text.encode())
    write("config", "not_utf8", b"out = \"\xff\xfe\"\nlog = '\xe2\x80\xae'\n")


if __name__ == "__main__":
    make_safetensors()
    make_npy()
    make_csv()
    make_idx()
    make_loss_text()
    make_partial()
    make_command()
    make_config()
