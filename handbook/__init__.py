"""The machinery of the handbook: it reads, runs, checks, stages and builds the lessons.

One lesson is one address, ``chapter/lesson``. Each room is a package that imports only the
rooms above it in this list; ``tests/repository/test_imports.py`` holds the arrows.

Ground floor, for every room:

* ``files``: write whole files, one process at a time; ``clock``: the date
* ``words``: every word of the interface, from ``words.yml``
* ``addresses``: what is outside the site; ``browser``: Chromium, and a server for it

``lesson``: what an author writes.

* ``lessons``: where the files of a lesson are, and its settings
* ``sections``: its code, cut into named sections; ``results``: its ``# ->`` lines
* ``pages``: its Markdown as the reader sees it
* ``glossary``: the terms; ``errata``: what old notes get wrong, from the pages' boxes

``run``: what a lesson prints and draws.

* ``child``, ``runner``, ``process_tree``, ``outcome``: a process for every lesson, forked from a
  warm server
* ``draw``: the figure that a section shows; ``figure``: what is kept of it, and its dark colors
* ``screenshots``: TensorBoard
* ``reach``, ``records``: what results were made from, and so what is stale
* ``collect``, ``verdict``: pages as pytest items, through Sybil
* ``refresh``: a run that writes; ``cluster``: a refresh on several machines

``check``: what a page must keep. ``rules``, ``parity`` of both languages, ``typography``.

``matrix``: other versions of the libraries. ``environments``, ``rows``, ``status``.

``stage``: the book as plain files for any builder, in ``build/stage``.

* ``book``: order, titles and addresses of the pages; ``inputs``: what each is made from
* ``compose``: a page; ``row``, ``figures``, ``curves``, ``errata_page``, ``status_page``,
  ``chapter_map``, ``downloads``: its parts; ``html``: their templates
* ``markdown``, ``terms``: our one extension of Markdown

``new``: a lesson to begin with, from ``skeleton``.

``site``: MkDocs makes the pages that have changed.

* ``language``: one language; ``keys``, ``unchanged``, ``stamp``: what need not be made again
* ``hooks``: theme, search, context; ``policy``, ``parallel``, ``math_font``, ``crawlers``
* ``links``: those that lead nowhere; ``serve``: the preview

``export``: the built site to carry and print: ``offline``, ``volume``, ``pdf``, ``epub``,
``fonts``.
"""
