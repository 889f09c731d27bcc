"""A stranger's picture to a 28 x 28 image like those the networks were trained on."""

from core.data.pictures.preparation import Preparation, Prepared, prepare, prepare_upload, scale_down

__all__ = ["Preparation", "Prepared", "prepare", "prepare_upload", "scale_down"]
