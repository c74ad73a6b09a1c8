"""The machinery of the handbook: it reads, runs, checks, stages and builds the lessons.

One lesson is one address, ``chapter/lesson``. Read the modules in this order:

* ``lessons``: where the files of a lesson are, and its settings
* ``sections``: a lesson's code, cut into its named sections
* ``results``: the ``# ->`` lines: find, compare, write
* ``outcome``, ``child``, ``runner`` and ``trees``: a process for every lesson, on Linux forked
  from a warm server
* ``drawings`` and ``figures``: a figure, its dark twin, and the data behind it; ``photographs``:
  screenshots of TensorBoard
* ``reach`` and ``records``: what a lesson's results were made from, and hence what is stale
* ``pages``: a page as its reader sees it; ``rules`` and ``parity``: what it must keep;
  ``typography``: how every text is set
* ``errata``: what old notes get wrong, collected from the pages' boxes
* ``collect``: the pages as pytest items, through Sybil, each with its ``verdict``; ``refresh``: a
  run that writes results;
  ``cluster``: a refresh on several machines; ``new``: a lesson to begin with
* ``status``, ``matrix`` and ``rows``: the lessons with other versions of the libraries
* ``words``: every word of the interface; ``addresses``: what is outside the site
* ``stage``: the book as plain files for any builder; ``terms`` and ``markdown``: our extension
* ``site``: MkDocs makes the pages that have changed
* ``offline``, ``paper`` and ``browser``: the built site to carry, to print and to look at
* ``files`` and ``clock``: writing whole files, and the date
"""
