"""The course: lessons are Markdown files with live blocks; this package reads and checks them, and draws nothing.

`document` parses one file into steps of text and `blocks`; `catalogue` finds the files; `labs` says which figures a
lesson may embed and with what values; `measures` recomputes the numbers that lessons state; `glossary` explains terms;
`check` lists everything that is wrong. No Keras, and no NumPy until a measure needs it.
"""
