"""A generated handbook of any number of lessons: real pages, and code that runs fast."""

from pathlib import Path

import checkout

from handbook.lesson.lessons import LANGUAGES

CHAPTER = 20  # lessons
CODE = """\
# The code of the lesson {address}: its pages show it by section.

# --8<-- [start:squares]
import numpy as np

x = np.linspace(0, {number}, 5)  # (5,)
print(x)
# --8<-- [end:squares]

# --8<-- [start:curve]
import matplotlib.pyplot as plt

plt.figure(figsize=(4, 3))
plt.plot(x, x**2)
plt.title("lesson {number}")
plt.show()
# --8<-- [end:curve]

# --8<-- [start:old]
from tfnotes.errors import printed_errors

with printed_errors():
    np.float_({number})
# --8<-- [end:old]

# --8<-- [start:answer]
print(round(float(x.sum()), 1))
# --8<-- [end:answer]
"""
PAGE = """\
---
title: {title}
description: {description}
minutes: 5
hardware: CPU
---

# {title} {{#lesson}}

{first}

## {idea} {{#idea}}

{symbols}

$$y_i = x_i^2, \\qquad \\sum_{{i=1}}^{{n}} y_i = \\mathbf{{x}}^\\top\\mathbf{{x}} = {number} .$$

```python
--8<-- "{address}.py:squares"
```

{then}

```python
--8<-- "{address}.py:curve"
```

![{alt}](../figures/{address}/curve.svg)

!!! warning "{careful}"

    ```python
    --8<-- "{address}.py:old"
    ```

    {instead}

## {exercise} {{#try-it}}

??? success "{answer}"

    ```python
    --8<-- "{address}.py:answer"
    ```

## {recap} {{#recap}}

* {first}
* {then}

## {sources} {{#sources}}

* {neighbors}
"""
WORDS = {
    "en": {
        "title": "Squares, number {number}",
        "description": "Five numbers up to {number}, their squares, and an old form.",
        "first": "After this page you can square numbers up to {number}, and draw them.",
        "idea": "The idea",
        "symbols": "Five numbers $x_1, \\dots, x_5$ divide the interval from 0 to {number}.",
        "then": "The numbers are in `x`, of shape (5,). The curve shows their squares.",
        "alt": "A parabola through five points, the last of them at {number}.",
        "careful": "Careful: old notes write `np.float_({number})`",
        "instead": "Write `np.float64({number})`, which works in all versions.",
        "exercise": "Try it",
        "answer": "What is the sum of the numbers?",
        "recap": "Recap",
        "sources": "Sources",
    },
    "zh": {
        "title": "第 {number} 课：平方",
        "description": "到 {number} 为止的五个数、它们的平方，以及旧写法今天的结果。",
        "first": "读完这一页，你会把到 {number} 为止的数平方，并画出结果。",
        "idea": "思路",
        "symbols": "五个数 $x_1, \\dots, x_5$ 等距地排在 0 与 {number} 之间。",
        "then": "这些数在数组 `x` 里，形状是 (5,)。下面的曲线画出它们的平方。",
        "alt": "一条抛物线，经过五个点，最后一个点在 {number}。",
        "careful": "小心：旧笔记写 `np.float_({number})`",
        "instead": "请写 `np.float64({number})`，各个版本都支持。",
        "exercise": "试一试",
        "answer": "这些数的和是多少？",
        "recap": "小结",
        "sources": "来源",
    },
}


def write(root: Path, n_lessons: int) -> list[str]:
    """Write a handbook without results.

    Args:
        root: an empty folder.
        n_lessons: the number of lessons, each in both languages.

    Returns:
        Their addresses.
    """
    addresses = [address(number) for number in range(n_lessons)]
    checkout.create(root, addresses)
    for number, place in enumerate(addresses):
        files = {f"docs/code/{place}.py": CODE.format(address=place, number=number + 1)}
        for language in LANGUAGES:
            files[f"docs/{language}/{place}.md"] = page(number, language, n_lessons)
        checkout.write(root, files)
    return addresses


def address(number: int) -> str:
    """Return the address of a lesson by its number, from 0."""
    return f"chapter-{number // CHAPTER:02}/lesson-{number:04}"


def page(number: int, language: str, n_lessons: int) -> str:
    """Return the page of a lesson, with links to the previous and next lesson."""
    neighbors = [address(n % n_lessons) for n in (number - 1, number + 1)]
    links = " · ".join(f"[{place}](../{place}.md#idea)" for place in neighbors)
    words = {name: text.format(number=number + 1) for name, text in WORDS[language].items()}
    return PAGE.format(address=address(number), number=number + 1, neighbors=links, **words)
