"""The sentences that read a study's outcome: one function a study, arms in, text out.

Every number in a text comes from the runs, or from `published`. A reading says so where its runs contradict what was
published, uses whatever has finished, and returns None where that is too little to say anything.
"""
