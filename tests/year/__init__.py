"""A whole year in play: the 2018 campaign from the notice's first day to publication, with a made-up cast.

Every act goes through public doors alone: phones of the stand-in, pages opened on them, the operators' API and
console, the command. What it finds is compared with what the play itself remembers. `test_year.py` plays it in
one process on a clock that steps; `make demo YEAR=1` plays it before the running service.
"""
