"""The way back from what was seen to what is declared: which edits of which files a deviation, a key, a stranger or a
waiver amounts to, and what would bring reality back instead. Pure: texts in, edits out."""
