"""What the code that is pasted beside a message, or beside a complaint, shows of its cause.

Each rule looks for one thing and says what it does, quoting the line. It says nothing where it is not there.
"""

from collections.abc import Callable, Mapping
from typing import Final

from core.teaching.clinic.pasted.calls import (
    class_not_made,
    enumerated_pair,
    groups_nested,
    kept_in_self,
    layer_for_parameters,
    misspelled,
    name_taken,
    no_constructor,
    not_applied,
    one_too_many,
    pair_kept,
    picture_not_read,
    positions_cut,
    positions_in_loss,
    recurrent_in_sequential,
    set_later,
    tuple_written,
    weights_by_path,
    without_self,
)
from core.teaching.clinic.pasted.code import PastedCode, pasted_code
from core.teaching.clinic.pasted.graphs import (
    accumulated,
    backward_kept,
    carried,
    cut_in_training,
    cut_off,
    no_leaf,
    set_on_module,
    written,
)
from core.teaching.clinic.pasted.layers import (
    called_class,
    doubles,
    embeddings_in_turn,
    huge_layer,
    layer_in_forward,
    layer_named,
    local_layer,
    made_on_cpu,
    map_location,
    masked_by_if,
    moved_parameter,
    not_assigned,
    plain_list,
    rows_follow,
    shape_not_assigned,
)
from core.teaching.clinic.pasted.loops import (
    backward_alone,
    before_logarithm,
    broadcast_loss,
    clipped_by_relu,
    drawn_with_graph,
    large_rate,
    no_step,
    one_output,
    other_dimension,
    other_model,
    softmax_twice,
    unscaled,
    zeroed_after_backward,
)
from core.teaching.clinic.pasted.measuring import (
    best_not_copied,
    evaluated,
    first_batch,
    largest_of_one,
    last_of_batch,
    not_in_evaluation,
    other_scaling,
)
from core.teaching.clinic.pasted.pictures import flat_before, one_side, pixels_cut
from core.teaching.clinic.pasted.sizes import length_of_zero, sized_by_batch
from core.teaching.clinic.pasted.weights import weights_deleted

Rule = Callable[[PastedCode], str]
_MOST: Final = 2
"""Findings that are told: more would be a list again."""


_LEARNING: Final[tuple[Rule, ...]] = (
    layer_in_forward,
    plain_list,
    other_model,
    cut_in_training,
    no_step,
    zeroed_after_backward,
    softmax_twice,
    before_logarithm,
    one_output,
    clipped_by_relu,
    backward_alone,
    other_dimension,
    last_of_batch,
    first_batch,
    large_rate,
)
_ALWAYS: Final[tuple[Rule, ...]] = (
    without_self,
    no_constructor,
    weights_deleted,
    sized_by_batch,
    layer_in_forward,
    moved_parameter,
    plain_list,
    pixels_cut,
    softmax_twice,
    before_logarithm,
    zeroed_after_backward,
    one_output,
    broadcast_loss,
    called_class,
    drawn_with_graph,
    set_on_module,
    best_not_copied,
    enumerated_pair,
    not_applied,
)
"""What is a fault whatever else is wrong."""
_SHAPE: Final[tuple[Rule, ...]] = (sized_by_batch, layer_named, shape_not_assigned)
RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "two-devices": (layer_in_forward, plain_list, not_assigned, made_on_cpu),
    "load-without-cuda": (map_location,),
    "train-argument": (map_location,),
    "arguments": (map_location, called_class, recurrent_in_sequential),
    "call-arguments": (
        without_self,
        no_constructor,
        one_too_many,
        class_not_made,
        map_location,
        called_class,
    ),
    "wrong-object": (
        tuple_written,
        enumerated_pair,
        recurrent_in_sequential,
        pair_kept,
        weights_by_path,
        name_taken,
    ),
    "no-attribute": (no_constructor, misspelled, weights_by_path, class_not_made),
    "not-callable": (name_taken,),
    "none-attribute": (picture_not_read, no_leaf, positions_cut),
    "imread-none": (picture_not_read,),
    "operation-dtype": (positions_in_loss,),
    "ambiguous-truth": (masked_by_if,),
    "stack-sizes": (one_side,),
    "never-set": (set_later, kept_in_self),
    "not-defined": (kept_in_self,),
    "embedding-dtype": (embeddings_in_turn,),
    "loss-module": (called_class,),
    "layer-not-made": (not_applied, called_class),
    "not-a-tensor": (not_applied, enumerated_pair, recurrent_in_sequential, pair_kept, called_class),
    "grad-none": (no_leaf, cut_off, positions_cut),
    "non-leaf-grad": (no_leaf,),
    "wrong-parameters": (groups_nested, layer_for_parameters),
    "non-leaf-parameter": (moved_parameter, no_leaf),
    "no-parameters": (no_constructor, moved_parameter, local_layer, plain_list, layer_in_forward),
    "weights-names": (weights_deleted, plain_list),
    "module-prefix": (weights_deleted,),
    "no-length": (length_of_zero,),
    "view-size": (sized_by_batch,),
    "no-graph": (set_on_module, cut_off, positions_cut),
    "second-backward": (carried, accumulated),
    "inplace-changed": (written,),
    "view-inplace": (written,),
    "memory-grows": (accumulated, backward_kept, carried),
    "cuda-memory": (huge_layer, accumulated, backward_kept),
    "main-memory": (huge_layer, accumulated),
    "loss-batch": (sized_by_batch, rows_follow),
    "two-dtypes": (doubles, shape_not_assigned),
    "linear-features": _SHAPE,
    "conv-dimensions": (flat_before, *_SHAPE),
    "conv-channels": _SHAPE,
    "rnn-input": _SHAPE,
    "batch-norm-features": _SHAPE,
    "label-dtype": _SHAPE,
    "target-float": _SHAPE,
    "broadcast": _SHAPE,
    "target-size": _SHAPE,
    "nan-loss": (unscaled, softmax_twice, backward_alone, large_rate),
    "stuck-loss": _LEARNING,
    "still-loss": _LEARNING,
    "one-class": (largest_of_one, other_scaling, *_LEARNING, not_in_evaluation),
    "loss-grows": (zeroed_after_backward, unscaled, backward_alone, large_rate),
    "loss-jumps": (backward_alone, large_rate),
    "accuracy-wrong": (largest_of_one, other_dimension),
    "loss-only": (largest_of_one, other_dimension),
    "overfitting": (other_scaling, not_in_evaluation),
    "loaded-differs": (pixels_cut, other_scaling, not_in_evaluation),
    "eval-differs": (pixels_cut, other_scaling, not_in_evaluation),
    "rnn-evaluation": (evaluated,),
    "scaler": (cut_off,),
    "slower-steps": (carried, accumulated, backward_kept),
    "not-reproducible": (not_in_evaluation,),
}
"""What is looked for with each kind, the surest first."""


def faults(lines: tuple[str, ...], lowered: str) -> str:
    """What is wrong in the code of a text whatever the text is about; empty if nothing is found.

    Args:
        lines: The text's lines.
        lowered: The same in lower case, on one line.
    """
    return _told(_ALWAYS, lines, lowered)


def beside(name: str, lines: tuple[str, ...], lowered: str) -> str:
    """What the code in a text shows of the cause of an error of the kind `name`; empty if nothing.

    Args:
        name: The name of the kind.
        lines: The text's lines.
        lowered: The same in lower case, on one line.
    """
    return _told(RULES.get(name, ()), lines, lowered)


def _told(rules: tuple[Rule, ...], lines: tuple[str, ...], lowered: str) -> str:
    if not rules:
        return ""
    code = pasted_code(lines, lowered)
    said = [text for rule in rules if rule is not large_rate and (text := rule(code))]
    if not said and large_rate in rules:  # a rate is told only where nothing likelier is
        said = [large_rate(code)]
    return " ".join(said[:_MOST])
