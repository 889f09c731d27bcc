"""What a phone in a room shows: the question and large buttons."""

import time
from typing import Final

import streamlit as st

from core.errors import ClassroomError
from core.teaching.classroom import Prompt, Room, phone_name
from core.teaching.classroom.offers import game_images, garment, right_option
from core.teaching.classroom.rooms import MAX_NICKNAME
from ui.classroom import experiment
from ui.components.room_signal import room_signal
from ui.images import png
from ui.resources import classroom, test_split
from ui.server import visitors
from ui.shell import navigation
from ui.shell.frame import guard

MANY: Final = 6
"""More answers than this stand in two columns, so that picture and answers are in sight together."""
HALF: Final = 150
"""Pixels; two fit beside each other on the narrowest phone."""


def show(code: str) -> None:
    """Join the room and wait for what is put to it."""
    phone = phone_name(visitors.secret().hex(), code)
    classroom().join(code, phone, st.session_state.get("nickname", ""))
    st.fragment(_phone)(code, phone)
    with st.popover("Nickname", icon=":material/badge:"):
        st.text_input(
            "Shown on the wall if you like; a color and an animal are enough",
            key="nickname",
            max_chars=MAX_NICKNAME,
        )


def _phone(code: str, phone: str) -> None:
    with guard():
        room = classroom().room(code)
        room_signal(code, "phone", room.version, key="signal")
        if room.place:
            _place(room.place)
        if room.prompt is None:
            st.title(f"Room {room.code}", anchor=False)
            st.info(
                "You are in. The first question appears here by itself.", icon=":material/hourglass_empty:"
            )
        elif room.is_revealed:
            _revealed(room, room.prompt, phone)
        else:
            _question(room, room.prompt, phone)


def _place(place: str) -> None:
    stem, _, query = place.partition("?")
    entry = next((entry for entry in navigation.available() if entry.stem == stem), None)
    if entry is not None:
        pairs = dict(pair.partition("=")[::2] for pair in query.split("&") if "=" in pair)
        st.page_link(
            entry.path,
            label=f"Open {entry.title}, as on the wall",
            icon=":material/open_in_new:",
            query_params=pairs,
        )


def _question(room: Room, prompt: Prompt, phone: str) -> None:
    given = classroom().answers.of_phone(room.code, phone, room.number)
    if prompt.kind == "game":
        _game(room, prompt, phone, given)
        return
    st.title(prompt.ask, anchor=False)
    if prompt.kind == "experiment":
        _experiment(room, prompt, phone, given.get(0))
    elif prompt.kind == "number":
        _number(room, prompt, phone, given.get(0))
    else:
        if prompt.source.startswith("garment:"):
            _picture(garment(prompt))
        _buttons(room, prompt, phone, given.get(0))


def _buttons(room: Room, prompt: Prompt, phone: str, chosen: float | None, *, part: int = 0) -> None:
    many = len(prompt.options) > MANY
    with st.container(horizontal=many, gap="small"):
        for place, option in enumerate(prompt.options):
            st.button(
                option_text(prompt, option),
                key=f"answer_{room.number}_{part}_{place}",
                type="primary" if chosen == place else "secondary",
                width=HALF if many else "stretch",
                on_click=_answer,
                args=(room, phone, float(place), part),
            )
    if chosen is not None and prompt.kind != "game":
        st.caption("Your answer is in. You can change it until the answer is shown.")


def option_text(prompt: Prompt, option: str) -> str:
    """An answer as it is shown: what a program prints looks like it."""
    return f"`{option}`" if prompt.source.startswith("question:") else option


def _number(room: Room, prompt: Prompt, phone: str, given: float | None) -> None:
    value = st.number_input(
        f"A number from {prompt.low:g} to {prompt.high:g}",
        min_value=float(prompt.low),
        max_value=float(prompt.high),
        value=given,
        key=f"number_{room.number}",
    )
    if st.button("Send", type="primary", width="stretch", disabled=value is None) and value is not None:
        _answer(room, phone, float(value), 0)
    given = classroom().answers.of_phone(room.code, phone, room.number).get(0)
    if given is not None:
        st.caption(f"Your answer: {given:g}{prompt.unit}. You can change it until the answer is shown.")


def _game(room: Room, prompt: Prompt, phone: str, given: dict[int, float]) -> None:
    """One image after the other; an image whose time is over is left without an answer."""
    state = st.session_state.setdefault(f"game_{room.code}_{room.number}", {"part": -1, "began": 0.0})
    limit = prompt.seconds or 0.0
    late = state["part"] >= 0 and time.monotonic() - state["began"] > limit + 1  # a second for the way here
    if state["part"] < 0:
        st.title(prompt.ask, anchor=False)
        st.button(
            "Start",
            type="primary",
            width="stretch",
            icon=":material/timer:",
            on_click=lambda: state.update(part=0, began=time.monotonic()),
        )
        return
    if late or state["part"] in given:
        state.update(part=state["part"] + 1, began=time.monotonic())
    part = state["part"]
    if part >= prompt.parts:
        st.title(prompt.ask, anchor=False)
        st.success(f"Done: {len(given)} of {prompt.parts} answered in time.", icon=":material/check:")
        return
    st.progress((part + 1) / prompt.parts, text=f"Garment {part + 1} of {prompt.parts}, {limit:g} seconds")
    _picture(game_images(prompt)[part])
    _buttons(room, prompt, phone, None, part=part)


def _experiment(room: Room, prompt: Prompt, phone: str, own: float | None) -> None:
    """A value by chance or by choice; it may be changed until the runs start."""
    experiment.phone(room, prompt, own)
    st.button(
        "Draw one for me",
        type="primary" if own is None else "secondary",
        width="stretch",
        icon=":material/casino:",
        on_click=lambda: _answer(room, phone, float(experiment.draw_one(room, prompt)), 0),
    )
    key = f"own_{room.number}"

    def choose() -> None:
        chosen = st.session_state[key]
        if chosen is not None:
            _answer(room, phone, float(prompt.options.index(chosen)), 0)

    st.pills("Or choose", prompt.options, key=key, on_change=choose)


def _picture(index: int) -> None:
    st.image(png(test_split().images[index], 8), width=168, alt="The garment in question, 28 × 28 pixels")


def _revealed(room: Room, prompt: Prompt, phone: str) -> None:
    given = classroom().answers.of_phone(room.code, phone, room.number)
    labels = test_split().labels
    st.title(prompt.ask, anchor=False)
    if prompt.kind == "game":
        truth = [int(labels[index]) for index in game_images(prompt)]
        right = sum(given.get(part) == label for part, label in enumerate(truth))
        st.success(
            f"You named {right} of {prompt.parts} correctly. Look at the wall.", icon=":material/flag:"
        )
        return
    if prompt.kind == "experiment":
        experiment.phone(room, prompt, given.get(0))
        return
    right_place = right_option(prompt, labels.tolist()) if prompt.kind == "choice" else None
    if right_place is None:
        st.info("The answer is on the wall.", icon=":material/present_to_all:")
    elif given.get(0) == right_place:
        st.success(f"Right: {prompt.options[right_place]}", icon=":material/check:")
    else:
        mine = f" You said: {prompt.options[int(given[0])]}." if 0 in given else ""
        st.info(f"It is: {prompt.options[right_place]}.{mine}", icon=":material/close:")


def _answer(room: Room, phone: str, value: float, part: int) -> None:
    try:
        classroom().answer(room.code, phone, room.number, value, part=part)
    except ClassroomError as error:
        st.toast(str(error), icon=":material/info:")
