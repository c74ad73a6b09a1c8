"""The machinery of the handbook: it reads, runs, checks and stages the lessons.

One lesson is one address, ``chapter/lesson``. Read the modules in this order:

* ``lessons``: where the rooms of a lesson are, and its settings
* ``sections``: a lesson's code, cut into its named sections
* ``results``: the ``# ->`` lines: find, compare, write
* ``child``, ``runner`` and ``trees``: a process for every lesson, on Linux forked from a warm
  server
* ``drawings`` and ``figures``: a figure, its dark twin, and the data behind it
* ``records``: what a lesson's results were made from, and hence what is stale
* ``pages``: a page as its reader sees it; ``rules`` and ``parity``: what it must keep;
  ``typography``: how every text is set
* ``errata``: what old notes get wrong, collected from the pages' boxes
* ``collect``: the pages as pytest items, through Sybil
* ``cluster``: a refresh on several machines
* ``downloads``: notebooks and scripts; ``site`` and ``stamp``: the built site; ``hooks``: MkDocs
"""
