"""The memory of answers: kept while they are asked for, within bytes."""

from coopera.server.memory import LARGEST, Memory


def test_an_answer_is_found_under_its_name_and_under_no_other() -> None:
    memory: Memory[str, bytes] = Memory()
    memory.put("a", b"x", 1)

    assert memory.get("a") == b"x"
    assert memory.get("b") is None
    assert memory.hits == 1


def test_what_was_not_asked_for_since_long_makes_room() -> None:
    memory: Memory[str, bytes] = Memory(most=33)
    for name in "abc":
        memory.put(name, b"0123456789", 10)
    memory.get("a")
    memory.put("d", b"0123456789", 10)

    assert memory.get("b") is None
    assert memory.get("a") is not None
    assert memory.size <= 33


def test_a_large_answer_is_not_kept() -> None:
    memory: Memory[str, bytes] = Memory()
    memory.put("a", b"x" * LARGEST, LARGEST)

    assert memory.get("a") is None
    assert memory.size == 0
