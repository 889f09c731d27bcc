"""Whether the app can have a port: `python tools/port.py 8501` is silent if so, and one sentence if not."""

import errno
import socket
import sys


def problem(text: str) -> str | None:
    """Why the app cannot listen on this port, in a sentence, or `None`."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        return f"PORT must be a number from 1 to 65535, not {text[:40]!r}."
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the app itself does
        try:
            server.bind(("", int(text)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {text} is in use: choose another one, as in `make run PORT={_other(text)}`."
            return f"Port {text} cannot be used ({error.strerror}): choose another one."
    return None


def _other(text: str) -> int:
    return int(text) + 1 if int(text) < 65535 else 8501


if __name__ == "__main__":
    sentence = problem(sys.argv[1] if len(sys.argv) > 1 else "")
    if sentence:
        sys.exit(sentence)
