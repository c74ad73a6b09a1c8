"""Which numbers are computed with, and how to get the same ones again."""

from tfnotes.devices.processor import instructions

POLICIES = ("float32", "float64", "mixed_bfloat16", "mixed_float16")
TENSOR_CORES = {"mixed_float16": (7, 0), "mixed_bfloat16": (8, 0)}  # from these GPUs on
BFLOAT16 = {"avx512_bf16", "amx_bf16"}  # processors that multiply it


def set_precision(policy: str) -> str:
    """Set the precision of every layer made from now on.

    A mixed policy computes in 16 bits and keeps the variables in 32. Under
    ``mixed_float16`` a custom training loop must scale the loss, as Keras' own does.

    Args:
        policy: ``"float32"``, ``"float64"``, ``"mixed_bfloat16"``, ``"mixed_float16"``.

    Returns:
        ``precision_advice(policy)``: whether it pays on this machine.

    Raises:
        ValueError: another policy; in pure 16 bits small updates are rounded away.

    Source:
        Micikevicius et al., Mixed Precision Training, 2018.

    Examples:
        >>> set_precision("float32")
        'float32 is the default: right for any device'
    """
    import keras

    if policy not in POLICIES:
        raise ValueError(f"expected one of {', '.join(POLICIES)}; got {policy!r}")
    keras.config.set_dtype_policy(policy)
    return precision_advice(policy)


def precision_advice(policy: str) -> str:
    """Say whether a precision makes large matrix products faster on this machine.

    Args:
        policy: as for ``set_precision``.

    Returns:
        One sentence.

    Source:
        NVIDIA, Train With Mixed Precision: GPUs multiply float16 on tensor cores from
        compute capability 7.0 on, bfloat16 from 8.0 on.

    Examples:
        >>> precision_advice("float64")
        'float64 is slower and twice as large: right for checking gradients'
    """
    import tensorflow as tf

    if policy == "float32":
        return "float32 is the default: right for any device"
    if policy == "float64":
        return "float64 is slower and twice as large: right for checking gradients"
    least = TENSOR_CORES[policy]
    gpus = tf.config.get_visible_devices("GPU")
    for details in map(tf.config.experimental.get_device_details, gpus):
        if details.get("compute_capability", (0, 0)) >= least:
            return f"{policy} pays here: {details['device_name']} has cores for it"
    if policy == "mixed_bfloat16" and not gpus and BFLOAT16 & instructions():
        return f"{policy} pays here: the processor multiplies bfloat16"
    wanted = f"a GPU of compute capability {least[0]}.{least[1]} or more"
    if policy == "mixed_bfloat16":
        wanted += " or a processor with avx512_bf16"
    return f"{policy} is not known to pay here: it wants {wanted}"


def set_seeds(seed: int, deterministic_ops: bool = False) -> None:
    """Seed Python, NumPy and TensorFlow, so that a run can be repeated.

    On one CPU with one number of threads a repeated run is then equal to the bit. On
    GPUs some operations add in any order, unless they are made deterministic.

    Args:
        seed: 0 to 2**32 - 1.
        deterministic_ops: use deterministic operations alone, from now until the
            process ends. They are slower, those that have no such form raise, and
            Keras compiles no new model with XLA: ``jit_compile`` becomes False.

    Raises:
        ValueError: the seed is not such a number.

    Examples:
        >>> import numpy as np
        >>> set_seeds(7)
        >>> round(np.random.rand(), 3)
        0.076
    """
    import keras
    import tensorflow as tf

    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"expected a whole number from 0 to 2**32 - 1; got {seed!r}")
    keras.utils.set_random_seed(seed)
    if deterministic_ops:
        tf.config.experimental.enable_op_determinism()
