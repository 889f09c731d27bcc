"""Signs beside a message of autograd, of an optimizer or of a scheduler: which line it is about."""

from typing import Final

from core.teaching.clinic.signs.sign import Sign

_CALL: Final = r"(?:self\.)?\w{0,12}(?:lstm|gru|rnn|cell|model|net|decoder|encoder)\w{0,8}\("

UNFILLED: Final = (
    Sign(
        "`{0}` makes a tensor of that many arbitrary numbers, whatever lay in the memory, and without a "
        "graph: compute the loss from the outputs of the model.",
        r"\b(torch\.(?:cuda\.)?(?-i:(?:Float)?Tensor)\((?:len\(|\w{1,16}\.size\(|\d|batch_size)[^()]{0,30})",
    ),
)
"""A loss that comes from nothing."""

TWICE: Final = (
    Sign(
        "`retain_graph=True` belongs into the call that comes first and frees the graph, not into the one "
        "that fails: in a loop, into every call but the last. Running the forward pass anew before each "
        "`backward()` is simpler.",
        r"\w\.backward\([^()]{0,20}retain_graph ?= ?true[^()]{0,10}\)[^.]{0,40}(?:error|already|appears"
        r"|still|fail)|already in backward",
        alone=True,
    ),
    Sign(
        "`{0}` is kept in the module with its graph: if the next batch begins with it, cut it off after each "
        "(`{0} = {0}.detach()`, for an LSTM both of its parts), or do not pass it on.",
        r"(self\.\w{0,6}(?:hidden|state|memory)\w{0,6})\)? ?= ?" + _CALL,
    ),
    Sign(
        "Two losses are sent back, `{0}` and then `{1}`. If both come out of one forward pass, the first "
        "call frees what the second needs: `({0} + {1}).backward()`, once. In a GAN: `fake.detach()` in the "
        "discriminator's loss.",
        r"\b(\w{1,24}|\([^()]{1,60}\))\.backward\([^()]{0,30}\)(?:(?! line \d).){1,400}?(?<!\w)"
        r"(?!\1\.)(\w{1,24}|\([^()]{1,60}\))\.backward\(",
        without=r"torch\.autograd\.backward\(",
    ),
    Sign(
        "`{0}` is computed before the loop and sent back in it again and again: compute it anew in each "
        "step.",
        r"\b(loss\w{0,8}) = [^:=]{5,200} for \w{1,12} in [^:]{1,40}: (?:(?!\1 =)[^:]){0,200}?\1\.backward\(",
    ),
)
"""Which graph is used twice."""

STEP_BETWEEN: Final = Sign(
    "`{0}` changes the weights before `{1}.backward()`, which needs them as they were, if what it goes "
    "back through was computed before that step. Call every "
    "`backward()` before the first step, or run the forward pass anew after it.",
    r"\b(\w{0,16}(?:opt|solver)\w{0,16}\.step\(\)).{0,500}?\b(\w{1,20})\.backward\(",
    also=r"backward\([^()]{0,12}retain_graph|\bfake\b|netd|discriminator|critic",
)

FLAG: Final = (
    Sign(
        "A clone (`{0}`) is computed from the original, and the parameters of a cloned model from its "
        "parameters, so their flag cannot be set: set it in the original, before it is cloned.",
        r"(\w{1,24} = \w{1,24}\.clone\(\)).{0,600}requires_grad ?= ?(?:false|true)",
        alone=True,
    ),
    Sign(
        "`{0}` seems to be computed here, as in a layer with weight norm, spectral norm or a wrapper that "
        "rebuilds its weights: loop over the real parameters, `for p in module.parameters(): "
        "p.requires_grad = False`.",
        r"\b(\w{1,20}\.(?:weight|bias))\.requires_grad ?=",
        alone=True,
    ),
    Sign(
        "`{0}.requires_grad = True` is what PyTorch refuses: `{0}` is computed from something that requires "
        "a gradient. In a loop that makes it anew, cut it off at the start of each round: `{0} = "
        "{0}.detach().requires_grad_()`. If its gradient is only to be read after `backward()`: "
        "`{0}.retain_grad()`.",
        r"\b(\w{1,24})\.requires_grad ?= ?true",
    ),
    Sign(
        "`{0}.requires_grad = False` is what PyTorch refuses: `{0}` is computed. `{0} = {0}.detach()` cuts "
        "it off.",
        r"\b(\w{1,24})\.requires_grad ?= ?false",
    ),
)
"""A flag of a computed tensor."""

NON_LEAF: Final = (
    Sign(
        "`itertools.chain` takes each of its arguments apart: of a tensor among them it makes its rows, "
        "which are views. Pass a list: `[*net.parameters(), W]`.",
        r"chain\(\s?\*|chain\.from_iterable",
    ),
)
"""What makes a tensor that is no leaf."""

EMPTY: Final = (
    Sign(
        "`{0}` can be gone through once. Where something went through it before, such as a print, a count, "
        "another optimizer, or one of another package that does so itself, nothing is left: "
        "`list(filter(...))`. Otherwise all layers are frozen: `print([n for n, p in "
        "model.named_parameters() if p.requires_grad])`.",
        r"\w{1,30} = (filter\( ?lambda \w{1,6}: ?\w{1,6}\.requires_grad)",
        without=r"= list\(filter",
    ),
    Sign(
        "Nothing came through the filter. Mostly all layers are frozen (`print([n for n, p in "
        "model.named_parameters() if p.requires_grad])`): unfreeze the last one, or put a new layer in after "
        "freezing. If names are printed there, the `filter(...)` was used up before, since it gives its "
        "values once: make a list of it, `list(filter(...))`. If `print(model)` shows no layers, it has none "
        "of its own.",
        r"filter\( ?lambda \w{1,6}: ?\w{1,6}\.requires_grad|if \w{1,8}\.requires_grad",
        alone=True,
    ),
    Sign(
        "`{0}` holds tensors of your own: only `nn.Parameter` is found.",
        r"(self\.\w{1,30} = (?:variable\( ?)?torch\.(?:rand|randn|zeros|ones|tensor|empty)\("
        r"|self\.(?:w|b|weights?|bias)_?\d{0,2} = "
        r"(?!(?:torch\.)?nn\.|none|bias|weight|true|false|param|\d)\w)",
        without=r"nn\.parameter\(",
    ),
)
"""Why an optimizer finds no parameters."""

ARGUMENT: Final = (
    Sign(
        "It is `ReduceLROnPlateau`: `scheduler.step(val_loss)`, once per epoch, after the validation. "
        "(Another scheduler needs no number; so where both can stand, ask for the type.)",
        r"'metrics'",
    ),
    Sign(
        "Of PyTorch's own optimizers it is `LBFGS`: `optimizer.step(closure)`, where `closure` is a "
        "function that zeroes the gradients, computes the loss, calls `backward()` and returns the loss.",
        r"'closure'",
    ),
)
"""What a `step()` lacks."""

STATE: Final = (
    Sign(
        "The optimizer's averages and the gradients seem to be on two devices: move the model first "
        "(`model.to(device)`), then make the optimizer from its parameters, then "
        "`optimizer.load_state_dict(...)`, which puts the averages where the parameters are. Very old "
        "versions do not: there, after it, `for state in optimizer.state.values(): state.update({{k: "
        "v.cuda() for k, v in state.items() if torch.is_tensor(v)}})`.",
        r"exp_avg.{0,200}torch\.cuda\.floattensor|optimizer\.step\(\).{0,400}cuda:\d and cpu",
        alone=True,
    ),
    Sign(
        "The scheduler was made with a `last_epoch` other than -1, which means that a training goes on. To "
        "begin anew leave it out (-1); to go on, load the optimizer's state first, or set "
        "`group['initial_lr'] = group['lr']` in each of `optimizer.param_groups`.",
        r"initial_lr",
        alone=True,
    ),
)
"""Why a saved optimizer does not fit."""

SHARED: Final = (
    Sign(
        "`{0}` is added to a list, and probably stands in it or in the other one already: leave it out, or "
        "build the lists from `named_parameters()`, each name once.",
        r"\+ ?\[ ?([a-z_]\w{0,20}\.[\w.]{1,30}) ?\]",
    ),
)
"""Which parameter stands in two groups."""
