"""Links into a room: the one that everybody may have, and the leader's own."""

import io
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

PHONE_VIEW = "pages,data,next"
"""What a phone in a room leaves out: it shows the question and nothing else."""


def here() -> str:
    """The address of this page without its query."""
    parts = urlsplit(st.context.url or "")
    base = f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else "/classroom"
    return base if base.rstrip("/").endswith("classroom") else f"{base.rstrip('/')}/classroom"


def address() -> str:
    """What to type into a browser to come here."""
    return here().partition("://")[2] or here()


def phone_link(code: str) -> str:
    """Where a phone joins a room."""
    return f"{here()}?{urlencode({'room': code, 'hide': PHONE_VIEW}, safe=',')}"


def wall_link(code: str) -> str:
    """The wall alone, without menu and desk: for a projector."""
    return f"{here()}?{urlencode({'room': code, 'view': 'wall', 'hide': PHONE_VIEW}, safe=',')}"


def leader_link(code: str, secret: str) -> str:
    """Where the room is led from; whoever has it leads."""
    return f"{here()}?{urlencode({'room': code, 'leader': secret})}"


def qr(link: str) -> bytes:
    """A link as a QR code: PNG, black on white with its quiet zone, in either theme."""
    buffer = io.BytesIO()
    segno.make(link, micro=False, error="m").save(buffer, kind="png", scale=8, border=3)
    return buffer.getvalue()
