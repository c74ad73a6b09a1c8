"""The glossary: the terms of the field in both languages, from ``docs/glossary.yml``."""

import functools
import re

import yaml

from handbook.lesson.lessons import ROOT

HAN = re.compile(r"[一-鿿]")
GLOSSARY = ROOT / "docs/glossary.yml"


@functools.cache
def glossary() -> dict[str, str]:
    """Return the Chinese of every term, by its English in lower case."""
    return {en.lower(): zh for en, zh in terms().items()}


@functools.cache
def terms() -> dict[str, str]:
    """Return the book's Chinese word of every term, by its English as the glossary spells it."""
    return {en: words[0] for en, words in entries().items()}


@functools.cache
def wrong_words() -> dict[str, str]:
    """Return Chinese words that this book does not use, with the word to use instead."""
    return {wrong: words[0] for words in entries().values() for wrong in words[1:]}


@functools.cache
def entries() -> dict[str, list[str]]:
    """Return the Chinese words of every term: the book's word, then words it does not use."""
    terms = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    return {en: zh if isinstance(zh, list) else [zh] for en, zh in terms.items()}
