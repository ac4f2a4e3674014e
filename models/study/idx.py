"""Reads images and their labels from files in IDX form, as the MNIST family comes. Knows no network."""

import gzip
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from crawler.errors import UsageError

DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
NAMES = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}
UNSIGNED_BYTES = 0x08
LARGEST = 255


class Images(NamedTuple):
    """Images of shape (n, height * width), 0 to 1, and their labels, (n,)."""

    X: npt.NDArray[np.float32]
    y: npt.NDArray[np.uint8]


def read_images(folder: Path) -> tuple[Images, Images]:
    """Return the images to train on and those to test with.

    Raises:
        UsageError: a file is missing or not in IDX form, or images and labels do not belong together.
    """
    return _read(folder, "train"), _read(folder, "test")


def check_folder(folder: Path) -> None:
    """Look whether all files are there.

    Raises:
        UsageError: one is missing.
    """
    for name in NAMES.values():
        _existing(folder, name)


def read_idx(path: Path) -> npt.NDArray[np.uint8]:
    """Return the array of bytes in an IDX file, plain or gzip.

    Raises:
        UsageError: it holds something else, or its end is missing.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        zeros, kind, dimensions = struct.unpack_from(">HBB", content)
        shape = struct.unpack_from(f">{dimensions}I", content, 4)
        if zeros or kind != UNSIGNED_BYTES:
            raise ValueError("its first bytes are not those of an array of bytes")
        return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
    except (OSError, EOFError, ValueError, struct.error) as error:
        raise UsageError(f"{path} must be a file in IDX form, plain or gzip: {error}") from error


def _read(folder: Path, part: str) -> Images:
    images, labels = (read_idx(_existing(folder, NAMES[f"{part}_{what}"])) for what in ("images", "labels"))
    if images.ndim < 2 or labels.shape != images.shape[:1]:
        raise UsageError(f"{folder} must hold one label per image, got {_said(images)} images, {_said(labels)} labels")
    return Images(images.reshape(len(images), -1).astype(np.float32) / np.float32(LARGEST), labels)


def _said(array: npt.NDArray[Any]) -> str:
    return " x ".join(map(str, array.shape))


def _existing(folder: Path, name: str) -> Path:
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    remedy = "run apt-get install dataset-fashion-mnist" if folder == DEBIAN_FOLDER else "name a folder that has it"
    raise UsageError(f"{folder} has no {name} or {name}.gz: {remedy}")
