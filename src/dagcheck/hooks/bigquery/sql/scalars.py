"""The functions of one row that are plain calls, by the pages of BigQuery's documentation."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from dagcheck.hooks.bigquery.sql import json_values, numbers, texts, values
from dagcheck.hooks.bigquery.sql.signatures import Meaning, Signature, signature
from dagcheck.hooks.bigquery.sql.types import NUMERIC


def _of_both(text: str, meaning: Meaning) -> tuple[Signature, ...]:
    """Return the signatures of a function that takes STRINGs, or BYTES in their place."""
    return signature(text, meaning), signature(text.replace("STRING", "BYTES"), meaning)


def _of_fractions(arguments: str, meaning: Callable[..., Any]) -> tuple[Signature, ...]:
    """Return the signatures of a function of a NUMERIC or a FLOAT64; an INT64 becomes a FLOAT64."""
    return (
        signature(f"NUMERIC{arguments} -> NUMERIC", meaning),
        signature(f"FLOAT64{arguments} -> FLOAT64", meaning),
        signature(f"INT64{arguments} -> FLOAT64", _as_float(meaning)),
    )


def _as_float(meaning: Callable[..., Any]) -> Callable[..., Any]:
    def called(value: int, digits: int = 0) -> Any:
        return meaning(float(value), digits)

    return called


def _math(name: str, function: Callable[..., float], arguments: str = "FLOAT64") -> tuple[Signature, ...]:
    return (signature(f"{arguments} -> FLOAT64", numbers.checked(function, name)),)


def _of_json(path: str, of_string: str, of_json: str, meaning: Meaning) -> tuple[Signature, ...]:
    """Return the signatures of a function that takes a JSON, or a STRING that holds one."""
    return signature(f"STRING, {path} -> {of_string}", meaning), signature(f"JSON, {path} -> {of_json}", meaning)


STRING_FUNCTIONS: Mapping[str, tuple[Signature, ...]] = {
    "ASCII": (signature("STRING -> INT64", lambda text: ord(text[0]) if text else 0),),
    "BYTE_LENGTH": (
        signature("STRING -> INT64", "CAST(strlen({0}) AS BIGINT)", total=True),
        signature("BYTES -> INT64", "CAST(octet_length({0}) AS BIGINT)", total=True),
    ),
    "CHARACTER_LENGTH": (signature("STRING -> INT64", len),),
    "CHAR_LENGTH": (signature("STRING -> INT64", len),),
    "CODE_POINTS_TO_STRING": (signature("ARRAY<INT64> -> STRING", texts.from_code_points),),
    "ENDS_WITH": (signature("STRING, STRING -> BOOL", "suffix({0}, {1})", total=True),),
    "FROM_BASE64": (signature("STRING -> BYTES", texts.from_base64),),
    "FROM_HEX": (signature("STRING -> BYTES", texts.from_hex),),
    "INITCAP": (signature("STRING -> STRING", texts.initcap),),
    "INSTR": _of_both("STRING, STRING, [INT64], [INT64] -> INT64", texts.instr),
    "LEFT": _of_both("STRING, INT64 -> STRING", texts.left),
    "LENGTH": (
        signature("STRING -> INT64", len),
        signature("BYTES -> INT64", len),
    ),
    "LOWER": (signature("STRING -> STRING", texts.lower),),
    "LPAD": (signature("STRING, INT64, [STRING] -> STRING", texts.pad_left),),
    "LTRIM": (signature("STRING, [STRING] -> STRING", texts.trim_left),),
    "MD5": (signature("STRING -> BYTES", texts.md5), signature("BYTES -> BYTES", texts.md5)),
    "OCTET_LENGTH": (signature("STRING -> INT64", "CAST(strlen({0}) AS BIGINT)", total=True),),
    "REPEAT": (signature("STRING, INT64 -> STRING", texts.repeat),),
    "REPLACE": (signature("STRING, STRING, STRING -> STRING", lambda a, b, c: a.replace(b, c) if b else a),),
    "REVERSE": _of_both("STRING -> STRING", texts.reverse),
    "RIGHT": _of_both("STRING, INT64 -> STRING", texts.right),
    "RPAD": (signature("STRING, INT64, [STRING] -> STRING", texts.pad_right),),
    "RTRIM": (signature("STRING, [STRING] -> STRING", texts.trim_right),),
    "SHA1": (signature("STRING -> BYTES", texts.sha1), signature("BYTES -> BYTES", texts.sha1)),
    "SHA256": (signature("STRING -> BYTES", texts.sha256), signature("BYTES -> BYTES", texts.sha256)),
    "SHA512": (signature("STRING -> BYTES", texts.sha512), signature("BYTES -> BYTES", texts.sha512)),
    "SPLIT": (signature("STRING, [STRING] -> ARRAY<STRING>", texts.split),),
    "STARTS_WITH": (signature("STRING, STRING -> BOOL", "starts_with({0}, {1})", total=True),),
    "STRPOS": _of_both("STRING, STRING -> INT64", lambda text, sought: text.find(sought) + 1),
    "SUBSTR": _of_both("STRING, INT64, [INT64] -> STRING", texts.substring),
    "SUBSTRING": _of_both("STRING, INT64, [INT64] -> STRING", texts.substring),
    "TO_BASE64": (signature("BYTES -> STRING", texts.to_base64),),
    "TO_CODE_POINTS": (signature("STRING -> ARRAY<INT64>", texts.code_points),),
    "TO_HEX": (signature("BYTES -> STRING", texts.to_hex),),
    "TRANSLATE": (signature("STRING, STRING, STRING -> STRING", texts.translate),),
    "TRIM": (signature("STRING, [STRING] -> STRING", texts.trim),),
    "UPPER": (signature("STRING -> STRING", texts.upper),),
    "SAFE_CONVERT_BYTES_TO_STRING": (
        signature("BYTES -> STRING", lambda value: value.decode("utf-8", errors="replace")),
    ),
}

MATHEMATICAL_FUNCTIONS: Mapping[str, tuple[Signature, ...]] = {
    "ABS": (signature("N -> N", numbers.absolute),),
    "ACOS": _math("ACOS", math.acos),
    "ASIN": _math("ASIN", math.asin),
    "ATAN": _math("ATAN", math.atan),
    "ATAN2": _math("ATAN2", math.atan2, "FLOAT64, FLOAT64"),
    "BIT_COUNT": (signature("INT64 -> INT64", lambda value: (value % 2**64).bit_count()),),
    "CEIL": _of_fractions("", numbers.ceiling),
    "CEILING": _of_fractions("", numbers.ceiling),
    "COS": _math("COS", math.cos),
    "DIV": (
        signature("INT64, INT64 -> INT64", numbers.div),
        signature("NUMERIC, NUMERIC -> NUMERIC", numbers.div_numeric),
    ),
    "EXP": _math("EXP", math.exp),
    "FLOOR": _of_fractions("", numbers.floor),
    "IS_INF": (signature("FLOAT64 -> BOOL", "isinf({0})", total=True),),
    "IS_NAN": (signature("FLOAT64 -> BOOL", "isnan({0})", total=True),),
    "LN": _math("LN", math.log),
    "LOG": _math("LOG", math.log, "FLOAT64, [FLOAT64]"),
    "LOG10": _math("LOG10", math.log10),
    "MOD": (
        signature("INT64, INT64 -> INT64", numbers.mod),
        signature("NUMERIC, NUMERIC -> NUMERIC", numbers.mod_numeric),
    ),
    "POW": _math("POW", math.pow, "FLOAT64, FLOAT64"),
    "POWER": _math("POWER", math.pow, "FLOAT64, FLOAT64"),
    "ROUND": _of_fractions(", [INT64]", numbers.round_half_up),
    "SAFE_ADD": (signature("N, N -> N", numbers.safe(operator.add)),),
    "SAFE_DIVIDE": (
        signature("FLOAT64, FLOAT64 -> FLOAT64", numbers.safe_divide),
        signature("INT64, INT64 -> FLOAT64", lambda a, b: numbers.safe_divide(float(a), float(b))),
        signature("NUMERIC, NUMERIC -> NUMERIC", numbers.safe_divide),
    ),
    "SAFE_MULTIPLY": (signature("N, N -> N", numbers.safe(operator.mul)),),
    "SAFE_NEGATE": (signature("N -> N", lambda value: numbers.safe(operator.sub)(type(value)(0), value)),),
    "SAFE_SUBTRACT": (signature("N, N -> N", numbers.safe(operator.sub)),),
    "SIGN": (signature("N -> N", numbers.sign),),
    "SIN": _math("SIN", math.sin),
    "SQRT": _math("SQRT", math.sqrt),
    "TAN": _math("TAN", math.tan),
    "TRUNC": _of_fractions(", [INT64]", numbers.truncate),
    "PARSE_NUMERIC": (signature("STRING -> NUMERIC", lambda text: values.from_text(text.replace(",", ""), NUMERIC)),),
}

JSON_FUNCTIONS: Mapping[str, tuple[Signature, ...]] = {
    "JSON_EXTRACT": (
        signature("STRING, STRING -> STRING", json_values.extract),
        signature("JSON, STRING -> JSON", json_values.extract_json),
    ),
    "JSON_EXTRACT_SCALAR": _of_json("[STRING]", "STRING", "STRING", json_values.extract_scalar),
    "JSON_QUERY": (
        signature("STRING, STRING -> STRING", json_values.query),
        signature("JSON, STRING -> JSON", json_values.query_json),
    ),
    "JSON_QUERY_ARRAY": _of_json("[STRING]", "ARRAY<STRING>", "ARRAY<JSON>", json_values.query_array),
    "JSON_VALUE": _of_json("[STRING]", "STRING", "STRING", json_values.value),
    "JSON_VALUE_ARRAY": _of_json("[STRING]", "ARRAY<STRING>", "ARRAY<STRING>", json_values.value_array),
    "BOOL": (signature("JSON -> BOOL", json_values.to_bool),),
    "FLOAT64": (signature("JSON -> FLOAT64", json_values.to_float),),
    "INT64": (signature("JSON -> INT64", json_values.to_int),),
    "JSON_TYPE": (signature("JSON -> STRING", json_values.kind),),
    "PARSE_JSON": (signature("STRING -> JSON", json_values.parse),),
}

ARRAY_FUNCTIONS: Mapping[str, tuple[Signature, ...]] = {
    "ARRAY_LENGTH": (signature("ARRAY<T> -> INT64", "CAST(len({0}) AS BIGINT)", total=True),),
    "ARRAY_REVERSE": (signature("ARRAY<T> -> ARRAY<T>", "list_reverse({0})", total=True),),
    "ARRAY_TO_STRING": (signature("ARRAY<STRING>, STRING, [STRING] -> STRING", texts.joined),),
}

FUNCTIONS: Mapping[str, tuple[Signature, ...]] = {
    name: ways
    for page in (STRING_FUNCTIONS, MATHEMATICAL_FUNCTIONS, JSON_FUNCTIONS, ARRAY_FUNCTIONS)
    for name, ways in page.items()
}
