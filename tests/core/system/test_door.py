"""What a parser of strangers' input raises becomes one sentence; what it says itself passes."""

import pytest

from core.errors import ConfigError, ImageError
from core.system.door import door


def test_a_fault_becomes_the_doors_sentence_and_is_logged(caplog):
    caplog.set_level("INFO")
    with pytest.raises(ImageError, match="Save it again") as error, door(ImageError, "Save it again."):
        [][1]
    assert isinstance(error.value.__cause__, IndexError)
    assert "IndexError" in caplog.text


def test_a_sentence_passes_and_so_does_the_end_of_the_process():
    with pytest.raises(ConfigError, match="mine"), door(ImageError, "theirs"):
        raise ConfigError("mine")
    with pytest.raises(KeyboardInterrupt), door(ImageError, "theirs"):
        raise KeyboardInterrupt
