"""The machinery of the handbook: it reads, runs, checks, stages and builds the lessons.

Each lesson has one address, ``chapter/lesson``. Each subpackage imports only subpackages that
are listed above it; ``tests/repository/test_imports.py`` checks this.

Shared modules:

* ``files``: atomic writes and locks; ``clock``: the date
* ``words``: the texts of the interface, from ``words.yml``
* ``addresses``: URLs outside the site; ``browser``: Chromium and a local web server

``lesson``: the sources of a lesson.

* ``lessons``: its files and settings
* ``sections``: its code, split into named sections; ``results``: its ``# ->`` lines
* ``translation``: its Chinese words; ``literals``: the strings in code
* ``pages``: its Markdown, with includes expanded; ``values``: the numbers in both
* ``glossary``: the terms; ``errata``: outdated claims, collected from the boxes of the pages

``run``: the results of a lesson.

* ``child``, ``runner``, ``process_tree``, ``outcome``: one process per lesson, forked from a
  warm server
* ``draw``: the figure that a section shows; ``figure``: its stored form and its dark colors;
  ``drawings``: the sections that only draw
* ``screenshots``: TensorBoard
* ``reach``, ``records``: the inputs of the results, which decide whether a lesson is stale
* ``collect``, ``state``: pages as pytest items, through Sybil
* ``refresh``: a run that writes results; ``cluster``: a refresh on several machines

``trials``: runs of lessons whose code is changed; ``stored``: their results.

* ``changed``: such a run; ``budgets``: the edits of budgets and seeds; ``verdicts``: the lines
  ``Verdict: …`` with these edits
* ``mutants``: edits of one constant or operator; ``mutation``: the share that a result notices

``check``: the checks of a page: ``rules``, ``parity`` of both languages, ``typography``; and
the rules of the second edition, ``numbers``, ``claims`` and ``chinese``, with the ``ledger`` of
lessons that do not follow them yet.

``matrix``: runs with other versions of the libraries: ``environments``, ``rows``, ``status``.

``stage``: the book as plain files for any builder, in ``build/stage``.

* ``book``: order, titles and addresses of the pages; ``inputs``: the inputs of each page
* ``compose``: a page; ``row``, ``figures``, ``folded``, ``curves``, ``errata_page``,
  ``status_page``, ``chapter_map``, ``downloads``: its parts; ``html``: their templates
* ``api``: the table and the Chinese lines of an API page
* ``markdown``, ``terms``: the only Markdown extension of the handbook

``new``: a new lesson, from ``skeleton``.

``site``: an incremental MkDocs build.

* ``language``: one language; ``keys``, ``unchanged``, ``stamp``: the build cache
* ``hooks``: theme, search, context; ``policy``, ``parallel``, ``math_font``, ``crawlers``
* ``links``: broken links; ``serve``: the preview

``export``: the built site as files to read without a server: ``offline``, ``volume``,
``appendix``, ``pdf``, ``epub``, ``fonts``.
"""
