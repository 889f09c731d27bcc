"""What the optimization page draws beside its steps: losses, paths down a surface, the range test."""

import altair as alt
import pandas as pd
import streamlit as st

from core.teaching.lessons.optimization import downhill
from core.teaching.races import EXTENT, height_lines
from core.teaching.snippets import StepResult
from ui import charts
from ui.theme import muted_color, text_color

LOSSES = ("cross-entropy", "NLL", "MSE")


def show_losses(result: StepResult) -> None:
    """The three losses against the moved logit, a dot where it is now."""
    places, curves = result.values["places"].tolist(), result.values["curves"]
    here, slopes = result.values["here"].tolist(), result.values["slopes"].tolist()
    value = result.inputs["value"]
    with st.container(horizontal=True, gap="medium"):
        for name, loss, slope in zip(LOSSES, here, slopes, strict=True):
            unit = "" if name == "MSE" else " nats"
            st.metric(
                name,
                f"{loss:.4f}{unit}",
                f"slope {slope:+.4f}",
                delta_color="off",
                delta_arrow="off",
                width="content",
            )
    rows = pd.DataFrame(curves.numpy(), columns=list(LOSSES))
    rows["logit"] = places
    long = rows.melt("logit", var_name="loss function", value_name="loss")
    lines = charts.lines(
        long,
        x="logit",
        y="loss",
        series="loss function",
        x_title=f"Logit of {result.inputs['moved']}; the other nine stay",
        y_title="Loss of one image",
        y_format=".3~f",
        zero=True,
        points=False,
        whole_x=False,
    )
    dots = pd.DataFrame({"loss function": LOSSES, "loss": here, "logit": value})
    mark = (
        alt.Chart(dots)
        .mark_point(size=110, filled=True, opacity=1)
        .encode(x=alt.X("logit:Q"), y=alt.Y("loss:Q"), color=alt.Color("loss function:N", sort=None))
    )
    rule = alt.Chart(pd.DataFrame({"logit": [value]})).mark_rule(color=muted_color(), strokeDash=[4, 4])
    chart = charts.layered(rule.encode(x=alt.X("logit:Q")), lines, mark).properties(height=300)
    values = ", ".join(f"{name} {loss:.2f}" for name, loss in zip(LOSSES, here, strict=True))
    charts.show_chart(chart, alt_text=f"Three losses against one logit; at {value:+.1f}: {values}.")
    st.caption(_losses_words(result.inputs["moved"], value, here, slopes))


def _losses_words(moved: str, value: float, here: list[float], slopes: list[float]) -> str:
    """What the slopes say to do with the logit, in this very place."""
    ways = [f"{'raises' if slope < 0 else 'lowers'} it" for slope in slopes]
    on_cross_entropy = f"a step of gradient descent on cross-entropy {ways[0]} (slope {slopes[0]:+.4f})"
    same = ways[0] == ways[2]
    on_mse = f"{'and' if same else 'but'} on MSE {ways[2]} (slope {slopes[2]:+.4f})"
    if slopes[2] == 0:
        on_mse = "and MSE has reached its lowest place (slope 0)"
    return (
        f"At {value:+.2f} for {moved}: {on_cross_entropy}, {on_mse}. "
        f"Cross-entropy and NLL differ by {abs(here[0] - here[1]):.1g}: their lines coincide."
    )


def show_paths(result: StepResult) -> None:
    """The paths of all optimizers over the surface's height lines."""
    paths = result.values["paths"]
    surface = downhill.params["surface"].source(result.inputs["surface"])
    lines = [
        {"line": number, "order": order, "x": x, "y": y, "height": height}
        for number, (height, points) in enumerate(height_lines(surface))
        for order, (x, y) in enumerate(points)
    ]
    scale = alt.Scale(domain=[-EXTENT, EXTENT], nice=False)
    axis = alt.Axis(grid=False, tickCount=5, format="~g")
    x = alt.X("x:Q", scale=scale, title="First parameter", axis=axis)
    y = alt.Y("y:Q", scale=scale, title="Second parameter", axis=axis)
    contours = (
        alt.Chart(pd.DataFrame(lines))
        .mark_line(color=muted_color(), opacity=0.45, strokeWidth=1)
        .encode(
            x=x,
            y=y,
            detail=alt.Detail("line:N"),
            order=alt.Order("order:Q"),
            tooltip=[alt.Tooltip("height:Q", format=".3g")],
        )
    )
    steps = pd.DataFrame(
        [
            {"optimizer": name, "step": step, "x": a, "y": b}
            for name, path in paths.items()
            for step, (a, b) in enumerate(path)
        ]
    )
    legend = alt.Legend(
        orient="top", symbolType="stroke", symbolSize=200, columns=2, columnPadding=8, offset=4
    )
    color = alt.Color("optimizer:N", sort=list(paths), title=None, legend=legend)
    dash = alt.StrokeDash("optimizer:N", sort=list(paths), title=None, legend=legend)
    tips = [
        alt.Tooltip("optimizer:N"),
        alt.Tooltip("step:Q"),
        alt.Tooltip("x:Q", format=".4f"),
        alt.Tooltip("y:Q", format=".4f"),
    ]
    base = alt.Chart(steps).encode(x=x, y=y, color=color, order=alt.Order("step:Q"), tooltip=tips)
    drawn = base.mark_line(strokeWidth=2, clip=True, point={"size": 14, "filled": True}).encode(
        strokeDash=dash
    )
    ends = alt.Chart(steps.groupby("optimizer", sort=False).tail(1))
    ends_drawn = ends.mark_point(size=150, shape="diamond", filled=True, opacity=1, clip=True).encode(
        x=x, y=y, color=color, tooltip=tips
    )
    start = alt.Chart(steps.head(1)).mark_text(text="start", dx=-2, dy=-12, color=text_color(), fontSize=12)
    chart = charts.layered(contours, drawn, ends_drawn, start.encode(x=x, y=y)).properties(height=460)
    charts.show_chart(
        chart, alt_text=f"Paths of five optimizers down the {result.inputs['surface'].lower()}."
    )
    short = [name for name, path in paths.items() if len(path) - 1 < result.inputs["steps"]]
    st.caption(
        "Thin lines join places of equal height. A dot is a step, a diamond the last one."
        + (f" Left the surface, because its steps grew: {', '.join(short)}." if short else "")
    )


def show_range(result: StepResult) -> None:
    """The loss of each batch against the learning rate, and the two places the suggestion comes from."""
    rates, means = result.values["rates"], result.values["means"]
    steepest, lowest = result.values["steepest"], result.values["lowest"]
    rows = pd.DataFrame({"rate": rates, "batch": result.values["batch_losses"], "mean": means})
    x = alt.X(
        "rate:Q",
        scale=alt.Scale(type="log", nice=False),
        title="Learning rate, higher with each batch",
        axis=alt.Axis(format="~g", grid=False, tickCount=6),
    )
    y_title = "Training loss of a batch of 64, nats"
    dots = alt.Chart(rows).mark_point(color=muted_color(), size=18, filled=True, opacity=0.7)
    line = alt.Chart(rows).mark_line(color=charts.ACCENT, strokeWidth=2.5)
    places = pd.DataFrame(
        {
            "rate": [steepest, lowest / 10, lowest],
            "name": ["steepest fall", "lowest ÷ 10", "lowest"],
        }
    )
    rules = alt.Chart(places).mark_rule(strokeDash=[5, 4], strokeWidth=1.5)
    legend = alt.Legend(orient="top", symbolType="stroke", symbolSize=200, columnPadding=8)
    tips = [alt.Tooltip("rate:Q", format=".2g"), alt.Tooltip("mean:Q", format=".3f")]
    chart = charts.layered(
        dots.encode(x=x, y=alt.Y("batch:Q", title=y_title, scale=alt.Scale(domain=[0, 3.5], clamp=True))),
        line.encode(x=x, y=alt.Y("mean:Q", scale=alt.Scale(domain=[0, 3.5], clamp=True)), tooltip=tips),
        rules.encode(x=alt.X("rate:Q"), color=alt.Color("name:N", sort=None, title=None, legend=legend)),
    ).properties(height=320)
    charts.show_chart(
        chart, alt_text=f"Loss against learning rate: steepest at {steepest:.2g}, lowest at {lowest:.2g}."
    )
    st.markdown(
        f"**Try a rate between {min(steepest, lowest / 10):.2g} and {max(steepest, lowest / 10):.2g}.** "
        f"The mean loss falls fastest at {steepest:.2g} and is lowest at {lowest:.2g}; by {rates[-1]:.2g} it "
        f"is out of control. The careful rule is a tenth of the rate of the lowest loss, {lowest / 10:.2g}; "
        f"the bold one is the rate of the steepest fall. Measured on {len(rates)} batches of 64 training "
        f"images, seed {result.inputs['seed']}."
    )
    st.caption(
        "The test is from [Leslie N. Smith, Cyclical Learning Rates for Training Neural Networks, "
        "2015](https://arxiv.org/abs/1506.01186), section 3.3. The two rules are later practice."
    )
