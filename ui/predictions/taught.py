"""Which pictures taught it this: the training images that pushed a prediction, and what is done to them."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.analysis.heavy import LIGHT
from core.analysis.influence import InfluenceJob, InfluenceOutcome, TracedImage, measured
from core.data import Split
from core.errors import CoreError
from core.system import memory
from core.training import pretrained
from core.training.runs import StoredRun
from ui.components.grid import image_grid
from ui.models import uploads
from ui.predictions import mending
from ui.predictions.mending import Chosen
from ui.predictions.state import View
from ui.resources import may_see, runs, splits_of
from ui.watch import lab_result

FORMULA: Final = (
    r"\begin{gathered} \frac{I(z, z')}{\sqrt{I(z, z)\,I(z', z')}} \\[6pt]"
    r"\begin{aligned} I(z, z') &= \sum_k \eta_k \,\nabla \ell(w_k, z) \cdot \nabla \ell(w_k, z') \\"
    r"&= \sum_k \eta_k \,(g \cdot g')\,(h \cdot h' + 1) \end{aligned} \end{gathered}"  # fits a phone
)
PAPER: Final = "https://arxiv.org/abs/2002.08484"
RELATIVE: Final = "https://arxiv.org/abs/2003.11630"


def show(view: View, index: int, label: int) -> None:
    """The training images behind the probability of a class, and training again without some of them."""
    name = view.split.classes[label]
    st.markdown(f"**Which training images taught it {name}?**")
    run = _run_of(view)
    if run is None:
        return
    split = splits_of(run.config.data.dataset)[0]
    if split.fingerprint != run.config.data.dataset:
        st.caption("This run was trained on images that are not here, so nothing can be traced back to them.")
        return
    _explain(name)
    job = InfluenceJob(run, runs(), split, view.split.images[index], label)
    found = _traced(job)
    if found is None:
        return
    st.caption(
        f"Of the {found.images:,} images that this run trained on, over the epochs that it kept: "
        f"{len(found.epochs)} of {len(run.history)}."
    )
    chosen = mending.controls(view, run, split, found, label)
    lists = {
        f"For {name}": (found.in_favor, "Influence above 0, the strongest first."),
        f"Against {name}": (found.against, "Influence below 0, the strongest first."),
        "Loss stays high": (
            found.stubborn,
            "Whatever the prediction: the smallest loss that each image still had in the later half of the "
            "kept epochs. Among the highest are wrong labels, and garments that are hard to tell.",
        ),
    }
    for tab, (images, text) in zip(st.tabs(list(lists)), lists.values(), strict=True):
        with tab:
            _grid(images, text, split, chosen)
    mending.train_again(view, run, chosen, index, label)


def _run_of(view: View) -> StoredRun | None:
    """The run that the network is of, with its kept epochs; says why where there is none."""
    if view.model.id == pretrained.MODEL_ID or view.model.id in uploads():
        st.caption(
            "This needs a run's own epochs, which a network from a file does not have: train one here, and "
            "choose it above."
        )
        st.page_link("pages/training.py", label="Train a network", icon=":material/model_training:")
        return None
    try:
        run = runs().load(view.model.id)
    except CoreError as error:
        st.caption(str(error))
        return None
    return run if run is not None and may_see(run.config) else None


def _explain(name: str) -> None:
    trial = measured()
    low, high = trial.interval
    st.markdown(
        f"A step on a training image changes every prediction a little. Added up over the kept epochs, that "
        f"is how much each image pushed the probability of {name} up or down "
        f"([TracIn, Pruthi and others, 2020]({PAPER})). It is given as a cosine, from -1 to 1, or images "
        f"that push everything would come first ([RelatIF, Barshan and others, 2020]({RELATIVE})):",
        help="Of the last linear layer alone. h is what reaches it, g the gradient of an image's loss at "
        "what it gives, with a mark for the prediction; η is the epoch's learning rate. The formula is that "
        "of plain gradient descent: momentum, Adam and weight decay are not in it.",
    )
    st.latex(FORMULA)
    st.caption(
        f"What to expect: in a trial of {trial.errors} errors over {trial.seeds} seeds, training again "
        f"without the {trial.images} strongest images lowered the probability of the predicted class by "
        f"more than training without {trial.images} random images of that class in {trial.more} cases "
        f"({trial.more / trial.errors:.0%}; 95% interval {low:.0%} to {high:.0%}), by {trial.strongest:.2f} "
        f"against {trial.random:.2f} on average. It is the probability that moves; the answer often stays."
    )


@st.cache_resource(max_entries=16, show_spinner="Tracing the prediction back")
def _at_once(key: str, _job: InfluenceJob) -> InfluenceOutcome:
    with memory.reserve(_job.memory_bytes, "tracing it back", advice="try again in a moment"):
        return _job.run(lambda progress: None, lambda: False)


def _traced(job: InfluenceJob) -> InfluenceOutcome | None:
    """The result: at once where it takes well under a second, else by a job of the queue."""
    if job.work <= LIGHT:
        return _at_once(job.key, job)
    return lab_result(
        job,
        InfluenceOutcome,
        start="Trace it back",
        icon=":material/account_tree:",
        counted="percent of the images",
        draw=lambda progress: None,
    )


def _grid(images: Sequence[TracedImage], text: str, split: Split, chosen: Chosen) -> None:
    """The images of one list; a click does to one what the controls above say."""
    if not images:
        st.caption("There is none.")
        return
    st.caption(text)
    numbers = [image.index for image in images]
    names = [split.classes[image.label] for image in images]
    image_grid(
        split.images[numbers],
        [
            f"{name} → {split.classes[chosen.relabeled[number]]}" if number in chosen.relabeled else name
            for number, name in zip(numbers, names, strict=True)
        ],
        key=f"taught_{text[:12]}",
        columns=10,
        least=72,
        marks=[
            "−" if number in chosen.left_out else "new" if number in chosen.relabeled else ""
            for number in numbers
        ],
        names=[
            f"Training image {image.index:,}: {name}, {image.value:+.3g}"
            for image, name in zip(images, names, strict=True)
        ],
        label="Training images; a click chooses one for training again",
        on_click=lambda place: chosen.toggle(numbers[place]),
    )
