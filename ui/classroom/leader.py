"""What the leader adds to the wall: what to put to the room, when to show the answer, and the room's end."""

import random
from typing import Final

import streamlit as st

from core.teaching.classroom import Prompt, Room, offers
from core.teaching.classroom.experiment import NAMES
from core.teaching.classroom.experiment import experiment as shared_experiment
from core.teaching.mistakes import MISTAKES
from core.teaching.symptoms import MAX_CASE
from ui.classroom import experiment, wall
from ui.classroom.links import leader_link, wall_link
from ui.images import png
from ui.resources import classroom, test_split
from ui.shell import navigation
from ui.shell.frame import guard

KINDS: Final = {
    "question": "A question of a page",
    "mistake": "What does this mistake do?",
    "symptom": "Which slip has this run?",
    "garment": "Which garment is this?",
    "accuracy": "How accurate is it?",
    "game": "You against the network",
    "experiment": "The class is the experiment",
}
ENDS: Final = {"game": "End the game", "experiment": "Train all of them"}
"""What ends the answering, where there is no answer to show."""


def show(code: str, secret: str) -> None:
    """The wall, and below it the leader's desk."""
    wall.show(code, alone=False)
    with st.container(border=True):
        st.header("Your desk", anchor=False)
        st.caption("Only your browser and the leader's link see this part.")
        with guard():
            _desk(classroom().room(code), secret)


def _desk(room: Room, secret: str) -> None:
    if room.prompt is not None and not room.is_revealed:
        label = ENDS.get(room.prompt.kind, "Show the answer")
        if st.button(label, type="primary", icon=":material/visibility:"):
            if room.prompt.kind == "experiment":
                experiment.train_all(room, room.prompt)
            classroom().reveal(room.code, secret)
            st.rerun()
    asking, sending, keeping = st.tabs(["Ask", "Send to a page", "Room"], key="desk")
    with asking:
        _ask(room, secret)
    with sending:
        _send(room, secret)
    with keeping:
        _keep(room, secret)


def _ask(room: Room, secret: str) -> None:
    kind = st.segmented_control(
        "What to ask the room",
        list(KINDS),
        default="question",
        required=True,
        format_func=KINDS.__getitem__,
        key="put",
    )
    prompt = _prompt(kind or "question")
    if st.button("Ask the room", icon=":material/campaign:", key="put_it"):
        classroom().ask(room.code, secret, prompt)
        st.rerun()


def _prompt(kind: str) -> Prompt:
    """What is chosen on the desk."""
    if kind == "mistake":
        name = st.selectbox("Mistake", list(MISTAKES), format_func=lambda name: MISTAKES[name].title)
        return offers.from_mistake(MISTAKES[name])
    if kind == "symptom":
        number = st.session_state.setdefault("put_symptom", random.randint(1, MAX_CASE))
        st.caption(f"Case {number:,} of the symptom clinic: the wall shows the evidence, phones the names.")
        if st.button("Draw another case", icon=":material/casino:", key="other_symptom"):
            st.session_state["put_symptom"] = random.randint(1, MAX_CASE)
            st.rerun()
        return offers.from_symptom(number)
    if kind == "garment":
        split = test_split()
        index = int(st.number_input("Test image", 0, len(split) - 1, 1, key="put_garment"))
        st.image(png(split.images[index], 4), width=112, alt=f"Test image {index:,}")
        return offers.from_garment(index, split.classes)
    if kind == "experiment":
        setting = st.segmented_control(
            "Each phone owns one", list(NAMES), default="learning_rate", required=True,
            format_func=NAMES.__getitem__,
        )  # fmt: skip
        return shared_experiment(setting)
    if kind == "accuracy":
        return offers.accuracy()
    if kind == "game":
        seed = st.session_state.setdefault("game_seed", random.randrange(1_000_000))
        st.caption(
            f"Ten test images, {offers.GAME_SECONDS:g} seconds each, drawn with seed {seed}. "
            "When most phones are done, end the game."
        )
        if st.button("Draw other images", icon=":material/casino:", key="other_game"):
            st.session_state["game_seed"] = random.randrange(1_000_000)
            st.rerun()
        return offers.game(seed, len(test_split()), test_split().classes)
    questions = offers.all_questions()
    titles = {entry.stem: entry.title for entry in navigation.available()}
    place = st.selectbox(
        "Question",
        range(len(questions)),
        format_func=lambda i: (
            f"{titles.get(questions[i].page, questions[i].page)}: {questions[i].ask}".replace("`", "")
        ),
    )
    return offers.from_question(questions[place])


def _send(room: Room, secret: str) -> None:
    st.caption("Phones get a button that opens this page, in the state that its link carries.")
    entries = navigation.available()
    entry = st.selectbox("Page", entries, format_func=lambda entry: entry.title, key="send_page")
    query = st.text_input(
        "What its link says after the question mark (optional)", key="send_query", max_chars=400
    )
    if st.button("Send all phones here", icon=":material/send_to_mobile:"):
        query = query.strip().removeprefix("?")
        classroom().send(room.code, secret, f"{entry.stem}?{query}" if query else entry.stem)
        st.toast("The button is on every phone.", icon=":material/check:")


def _keep(room: Room, secret: str) -> None:
    st.link_button("The wall alone, for a projector", wall_link(room.code), icon=":material/present_to_all:")
    st.markdown("The leader's link: whoever opens it leads this room. Keep it off the wall.")
    with st.popover("Show the leader's link", icon=":material/key:"):
        st.code(leader_link(room.code, secret), language=None, wrap_lines=True)
    st.download_button(
        "All answers as CSV",
        lambda: classroom().answers.to_csv(room.code),
        file_name=f"room_{room.code}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    names = classroom().answers.nicknames(room.code)
    if names:
        phone = st.selectbox("Nickname", list(names), format_func=names.__getitem__, key="strike_whom")
        if st.button("Remove this nickname", icon=":material/person_off:"):
            classroom().strike(room.code, secret, phone)
            st.rerun()
    if st.button("End the room and delete its answers", icon=":material/delete:"):
        classroom().end(room.code, secret)
        st.query_params.clear()
        st.rerun()
