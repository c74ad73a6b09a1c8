"""Look up names in the installed TensorFlow and Keras by reading their files, without importing."""

import ast
import functools
import importlib.util
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

ROOTS = {"tf": ("tensorflow", "tensorflow/_api/v2"), "keras": ("keras",)}
KERAS_OF_TF = "keras/_tf_keras/keras"
PRIVATE = {"src", "python", "core"}  # files in these define unlisted names
LAZY = {"keras": "", "losses": "/losses", "metrics": "/metrics", "optimizers": "/optimizers",
        "initializers": "/initializers"}  # fmt: skip


@functools.cache
def missing(path: str) -> str | None:
    """Find the first part of a full name that is missing in the installed version.

    Args:
        path: such as ``tf.losses.mean_squared_error`` or ``keras.layers.Dense``.

    Returns:
        The name up to there; None if it exists, or cannot be checked.

    Examples:
        >>> missing("tf.contrib.layers.fully_connected")
        'tf.contrib'
        >>> missing("tf.math.log")
    """
    parts = path.split(".")
    folders = _folders(parts[0])
    for depth, part in enumerate(parts[1:], 2):
        above = ".".join(parts[: depth - 1])
        if not folders or part.startswith("_") or part in PRIVATE or _is_others(above, part):
            return None
        inner = _inner(folders, part, above in {"tf", "tf.compat.v2"})
        if not inner and not any(part in names(folder) for folder in folders):
            return ".".join(parts[:depth])
        folders = inner
    return None


def _is_others(module: str, name: str) -> bool:
    """Return whether TensorFlow 1 re-exports a name from Keras or absl."""
    return module.startswith("tf.compat.v1.") or (module == "tf.compat.v1" and name in LAZY)


def has(path: str) -> bool:
    """Return whether a full name certainly exists in the installed version.

    Args:
        path: such as ``keras.layers.Dense``.

    Returns:
        False also if it cannot be checked.

    Examples:
        >>> has("keras.layers.Dense"), has("keras.layers.Desne"), has("torch.nn")
        (True, False, False)
    """
    return bool(_folders(path.split(".")[0])) and missing(path) is None


def nearest(path: str) -> str | None:
    """Find a name in the same module with a similar spelling.

    Args:
        path: a full name that is missing.

    Returns:
        The full name to use, or None.

    Examples:
        >>> nearest("tf.contant")
        'tf.constant'
    """
    module, _, name = path.rpartition(".")
    folders = _folders(module.split(".")[0])
    for depth, part in enumerate(module.split(".")[1:]):
        folders = _inner(folders, part, depth == 0 and module.startswith("tf"))
    public = sorted({n for folder in folders for n in names(folder)})
    near = [n for n in public if n.lower() == name.lower()]
    near += get_close_matches(name, public, 1, 0.8)
    return f"{module}.{near[0]}" if near else None


def moved(path: str) -> str | None:
    """Look up the new name of a TensorFlow 1 name in TensorFlow's own renaming table.

    Args:
        path: such as ``tf.log``.

    Returns:
        The name to use, which exists; None if only ``tf.compat.v1`` has it.

    Examples:
        >>> moved("tf.log"), moved("tf.placeholder")
        ('tf.math.log', None)
    """
    new = _renames().get(path, "tf.compat.v1")
    return None if new.startswith("tf.compat.") or not has(new) else new


def successor(path: str) -> str:
    """Suggest a replacement for a missing name.

    Args:
        path: a full name.

    Returns:
        The name to use, or where to look for it.

    Examples:
        >>> successor("tf.log"), successor("keras.backend.square")
        ('tf.math.log', 'keras.ops.square')
    """
    operation = f"keras.ops.{path.rpartition('.')[2]}"
    if ".backend." in path and has(operation):
        return operation
    return moved(path) or nearest(path) or "see the page for its replacement"


def module(path: str) -> str:
    """Return the module that the error message of a missing name contains.

    Args:
        path: the missing full name.

    Returns:
        The module's ``__name__``.

    Examples:
        >>> module("tf.log"), module("tf.nn.rnn_cell"), module("tf.losses.log_loss")
        ('tensorflow', 'tensorflow._api.v2.nn', 'keras._tf_keras.keras.losses')
    """
    first, *rest = path.split(".")[:-1] or [path]
    if first != "tf" or not rest:
        return ".".join(["tensorflow" if first == "tf" else first, *rest])
    if rest[0] in LAZY:
        return ".".join(["keras._tf_keras.keras", *rest[rest[0] == "keras" :]])
    return ".".join(["tensorflow._api.v2", *rest])


@functools.cache
def names(folder: Path) -> frozenset[str]:
    """List the public names that a package's ``__init__.py`` binds.

    Args:
        folder: the package.

    Returns:
        Names without dots; empty if there is no such package.

    Examples:
        >>> from pathlib import Path
        >>> sorted(names(Path("no such folder")))
        []
    """
    file = folder / "__init__.py"
    if not file.is_file():
        return frozenset()
    found = {inside.stem for inside in folder.iterdir()}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return frozenset(found)


@functools.cache
def _home(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent.parent if spec and spec.origin else None


def _folders(root: str) -> list[Path]:
    """List the folders of a root's modules: TensorFlow has two."""
    folders = ROOTS.get(root, ())
    home = _home(folders[0]) if folders else None
    return [home / folder for folder in folders] if home else []


def _inner(folders: list[Path], part: str, top_of_tensorflow: bool) -> list[Path]:
    """List the folders of a submodule; empty if it is not a module."""
    home = _home("keras")
    if top_of_tensorflow and part in LAZY and home:
        return [home / (KERAS_OF_TF + LAZY[part])]
    return [f / part for f in folders if (f / part / "__init__.py").is_file()]


@functools.cache
def _renames() -> dict[str, str]:
    home = _home("tensorflow")
    found: dict[str, str] = {}
    for name in ("renames_v2.py", "all_renames_v2.py") if home else ():
        file = home / "tensorflow/tools/compatibility" / name  # type: ignore[operator]
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Dict):
                found |= dict(_texts(node))
    return found


def _texts(node: ast.Dict) -> Iterator[tuple[str, str]]:
    for pair in zip(node.keys, node.values, strict=True):
        match pair:
            case [ast.Constant(value=str(key)), ast.Constant(value=str(value))]:
                yield key, value
