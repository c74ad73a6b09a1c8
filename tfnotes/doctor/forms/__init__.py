"""All outdated forms that the doctor finds, one table per topic."""

from tfnotes.doctor.form import Form
from tfnotes.doctor.forms import (
    arguments,
    classes,
    devices,
    files,
    keras_names,
    methods,
    missing,
    tensorflow1,
    tensors,
    training,
)

FORMS: tuple[Form, ...] = (
    *tensorflow1.FORMS,
    *keras_names.FORMS,
    *arguments.FORMS,
    *methods.FORMS,
    *files.FORMS,
    *tensors.FORMS,
    *classes.FORMS,
    *training.FORMS,
    *devices.FORMS,
    *missing.FORMS,  # last: names that no other table matches
)
"""Every outdated form that the doctor knows."""
