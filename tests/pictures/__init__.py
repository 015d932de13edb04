"""Pictures of the demonstration for the documents: `make pictures`.

    shots.py      which pictures there are, one a row
    scenes.py     the year is played once; how it stands after some of its acts is kept
    camera.py     a browser before the demonstration, as it stood then
    freshness.py  which pictures are older than their pages

To add one: a row in shots.py, `make pictures ONLY=name`, look at it, show it in a document.
"""
