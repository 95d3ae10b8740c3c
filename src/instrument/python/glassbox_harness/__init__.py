"""Calls a function of the program for every case of an experiment, in one process.

Requests come as JSON lines on file descriptor 3, replies go to 4; standard input and output stay
the program's own.
"""
