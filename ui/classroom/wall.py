"""What everybody sees on the wall: how to join, the question, how many have answered, then the answers."""

from typing import Final

import pandas as pd
import streamlit as st

from core.teaching.classroom import Prompt, Room, Tally
from core.teaching.classroom.offers import case_of, garment, right_option
from core.teaching.symptoms import Case
from ui.charts import show_chart
from ui.classroom import experiment, game, reveal
from ui.classroom.charts import answer_bars, number_strip
from ui.classroom.links import address, phone_link, qr
from ui.classroom.phone import option_text
from ui.components.room_signal import room_signal
from ui.images import png
from ui.mistakes import evidence
from ui.resources import classroom, test_split
from ui.shell.frame import guard

MAX_LISTED: Final = 6
"""Most answers that are read out on the wall; phones have them all."""
MAX_NICKNAMES: Final = 40
"""Nicknames on the wall; the rest are counted."""


def show(code: str, *, alone: bool = True) -> None:
    """The wall, which follows the room by itself; alone, it grows with its window."""
    st.fragment(_wall)(code, alone)


def _wall(code: str, alone: bool) -> None:
    with guard():
        room = classroom().room(code)
        room_signal(code, "wall", room.tally, key="wall_signal", large=alone)
        tally = classroom().answers.tally(code, room.number)
        joining, asking = st.columns([2, 3] if room.prompt is None else [1, 3], gap="large")
        with joining:
            _how_to_join(room, tally)
        with asking:
            if room.prompt is None:
                st.title("Join with your phone", anchor=False)
                st.markdown(f"Point its camera at the code, or open `{address()}` and type **{code}**.")
                st.info("Nothing has been asked yet. Phones can join now.", icon=":material/hourglass_empty:")
            else:
                _question(room, room.prompt, tally)


def _how_to_join(room: Room, tally: Tally) -> None:
    link = phone_link(room.code)
    st.image(qr(link), width="stretch", alt=f"QR code of the link that joins room {room.code}")
    st.metric("Code", room.code)
    st.metric("Phones in the room", tally.phones)
    names = list(classroom().answers.nicknames(room.code).values())
    if names:
        more = f" and {len(names) - MAX_NICKNAMES} more" if len(names) > MAX_NICKNAMES else ""
        st.text(", ".join(names[:MAX_NICKNAMES]) + more)


def _question(room: Room, prompt: Prompt, tally: Tally) -> None:
    st.title(prompt.ask, anchor=False)
    if prompt.source.startswith("garment:"):
        index = garment(prompt)
        picture, rest = st.columns([1, 2], gap="medium") if room.is_revealed else (st.container(), None)
        picture.image(png(test_split().images[index], 8), width=320, alt=f"Test image {index:,}")
        if rest is not None:
            with rest:
                _answers(prompt, tally)
                reveal.show(prompt)
            return
    if prompt.source.startswith("symptom:") and not room.is_revealed:
        _evidence(case_of(prompt))
    if prompt.kind == "experiment":
        experiment.wall(room, prompt, tally)
        return
    if not room.is_revealed:
        share = tally.answered / tally.phones if tally.phones else 0.0
        if 0 < len(prompt.options) <= MAX_LISTED and prompt.kind == "choice":
            st.markdown("\n".join(f"- {option_text(prompt, option)}" for option in prompt.options))
        st.progress(min(1.0, share), text=f"{tally.answered} of {tally.phones} have answered")
        return
    if prompt.kind == "game":
        game.wall(prompt, tally)
    else:
        _answers(prompt, tally)
        reveal.show(prompt)


def _evidence(asked: Case) -> None:
    """What there is to see of a run with a slip: three curves and the outputs."""
    for kinds in (("Train loss", "Test accuracy"), ("Gradient norm", "Outputs")):
        for kind, place in zip(kinds, st.columns(2), strict=True):
            with place:
                evidence.draw(kind, evidence.recorded(asked))


def _answers(prompt: Prompt, tally: Tally) -> None:
    """Bars of a choice or a strip of numbers, the right answer marked."""
    if prompt.kind == "number":
        values = [value for _, _, value in tally.answers]
        show_chart(
            number_strip(values, low=prompt.low, high=prompt.high, truth=reveal.true_number(prompt)),
            alt_text=f"{len(values)} numbers between {prompt.low:g} and {prompt.high:g}.",
        )
        return
    counts = tally.counts(len(prompt.options))
    right = right_option(prompt, test_split().labels.tolist())
    table = pd.DataFrame(
        {
            "answer": list(prompt.options),
            "phones": counts,
            "right": [place == right for place in range(len(counts))],
        }
    )
    show_chart(
        answer_bars(table),
        alt_text="; ".join(f"{option}: {n}" for option, n in zip(prompt.options, counts, strict=True)),
    )
