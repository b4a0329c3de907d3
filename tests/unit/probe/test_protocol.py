from __future__ import annotations

import socket
import threading
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagcheck.probe.protocol import ForgedMessageError, Receiver, new_key, signing_sender

KEY = bytes(32)
PAYLOADS = st.lists(st.binary(max_size=60), min_size=1, max_size=5)


def sent(payloads: Iterable[bytes], key: bytes = KEY, at_once: int = 1000) -> list[bytes]:
    """What is written for each payload if only so many bytes can be written at once."""
    written: list[bytes] = []

    def write(_descriptor: int, data: bytes) -> int:
        written[-1] += bytes(data[:at_once])
        return min(len(data), at_once)

    with socket.socket() as sock:
        send = signing_sender(sock, key, _write=write)
        for payload in payloads:
            written.append(b"")
            send(payload)
    return written


def received(chunks: Iterable[bytes], key: bytes = KEY) -> tuple[list[bytes], bool]:
    """What comes out of the chunks, and whether all of it was taken for genuine."""
    receiver, payloads = Receiver(key), []
    try:
        for chunk in chunks:
            for payload in receiver.feed(chunk):
                payloads.append(payload)  # noqa: PERF402 - what came before an error counts
    except ForgedMessageError:
        return payloads, False
    return payloads, True


@given(PAYLOADS, st.integers(1, 200), st.integers(1, 200))
def test_payloads_arrive_whole_however_they_are_cut(payloads: list[bytes], written: int, read: int) -> None:
    data = b"".join(sent(payloads, at_once=written))
    assert received(data[start : start + read] for start in range(0, len(data), read)) == (payloads, True)


@given(PAYLOADS, st.integers(min_value=0), st.integers(0, 7))
def test_a_message_with_a_flipped_bit_never_arrives(payloads: list[bytes], place: int, bit: int) -> None:
    messages = sent(payloads)
    data = bytearray(b"".join(messages))
    place %= len(data)
    data[place] ^= 1 << bit
    spoilt = next(n for n in range(len(messages)) if place < sum(map(len, messages[: n + 1])))
    assert received([bytes(data)])[0] == payloads[:spoilt]


@given(PAYLOADS, st.binary(min_size=64, max_size=200), st.integers(min_value=0))
def test_nothing_foreign_arrives_between_messages(payloads: list[bytes], foreign: bytes, place: int) -> None:
    messages = sent(payloads)
    place %= len(messages) + 1
    assert received([*messages[:place], foreign, *messages[place:]])[0] == payloads[:place]


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5, unique=True), st.data())
def test_a_message_that_comes_again_is_forged(payloads: list[bytes], data: st.DataObject) -> None:
    messages = sent(payloads)
    again = data.draw(st.sampled_from(messages))
    assert received([*messages, again]) == (payloads, False)


def test_messages_in_another_order_are_forged() -> None:
    first, second = sent([b"one", b"two"])
    assert received([second, first]) == ([], False)


def test_a_message_after_a_missing_one_is_forged() -> None:
    first, _, third = sent([b"one", b"two", b"three"])
    assert received([first, third]) == ([b"one"], False)


def test_a_message_signed_with_another_key_is_forged() -> None:
    assert received(sent([b"x"], key=new_key())) == ([], False)


@given(st.integers(0, 2**32 - 1))
def test_a_length_that_nobody_signed_is_forged_before_its_payload_is_waited_for(length: int) -> None:
    (message,) = sent([b""])
    forged = length.to_bytes(4, "big") + message[4:]
    assert received([forged]) == ([b""], True) if length == 0 else ([], False)


def test_a_message_that_is_not_complete_is_waited_for() -> None:
    (message,) = sent([b"payload"])
    assert received([message[:-1]]) == ([], True)


def test_text_that_a_file_prints_to_the_channel_is_forged() -> None:
    assert received([b'{"kind": "record", "index": 0, "dirty": false}\n' * 3]) == ([], False)


def test_every_worker_has_a_key_of_its_own() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}


def test_a_key_that_was_given_away_is_not_there_any_more() -> None:
    receiver = Receiver(KEY)
    assert (receiver.give_key(), receiver.give_key()) == (KEY, b"")
    assert KEY not in vars(receiver).values()


def test_a_payload_larger_than_the_channel_s_buffer_arrives() -> None:
    payload = bytes(range(256)) * 8_000
    receiver, payloads = Receiver(KEY), list[bytes]()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        thread = threading.Thread(target=signing_sender(theirs, KEY), args=(payload,))
        thread.start()
        while not payloads:
            payloads += receiver.feed(ours.recv(1 << 16))
        thread.join()
    assert payloads == [payload]


def test_a_channel_that_is_closed_is_an_error_to_who_sends() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    with theirs, pytest.raises(BrokenPipeError):
        signing_sender(theirs, KEY)(b"x")
