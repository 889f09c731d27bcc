"""What can go wrong, in words a visitor can act on.

Every error that a visitor can cause or meet derives from `CoreError`, and `str(error)` is one sentence
that says what happened and what to do next. Pages show that sentence; they never show a traceback.
"""


class CoreError(Exception):
    """Base of every error whose text is meant for a visitor."""


class ConfigError(CoreError, ValueError):
    """A setting is outside its range, or two settings contradict each other."""


class DataError(CoreError):
    """A dataset file is missing, damaged or unreadable, or an uploaded dataset is not usable."""


class ImageError(CoreError):
    """A picture cannot be read or prepared."""


class CheckpointError(CoreError):
    """A file of weights is refused, or does not fit any network known here."""


class TransformError(CoreError):
    """A transform has a parameter out of range, or stages do not fit each other."""


class LessonInputError(CoreError):
    """Something typed into a lesson is not in the small language it accepts."""


class ArchitectureError(ConfigError):
    """A network's layers do not fit each other."""

    layer: int
    """Position of the layer that does not fit, counted from 0."""

    def __init__(self, message: str, *, layer: int) -> None:
        super().__init__(message)
        self.layer = layer


class TrainingError(CoreError):
    """A run could not go on."""


class DivergedError(TrainingError):
    """The loss became NaN or infinite."""

    step: int
    """Optimizer step, counted from 1 over the whole run, at which the loss stopped being finite."""

    def __init__(self, message: str, *, step: int) -> None:
        super().__init__(message)
        self.step = step


class DeviceMemoryError(TrainingError):
    """The accelerator or the machine has too little memory for the run."""


class QueueError(CoreError):
    """A run is not accepted now: the queue is full, or this visitor has one going already."""


class BudgetError(CoreError):
    """A visitor's share of the server's memory, or all of it, is used up."""


class ClassroomError(CoreError):
    """A room is not there or full, or what was asked of it is not this phone's to ask."""


class TooMuchError(CoreError):
    """A computation takes more time or memory than one visitor may take."""


class RunError(CoreError):
    """What a run left on disk cannot be read or written."""


class ResumeError(RunError):
    """The state that a run left does not fit the run that would go on from it."""
