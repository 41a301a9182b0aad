"""The report's form: what is missing, left over or changed, whatever it says. A group can mend all of it.

Only what is plainly so is reported: lengths are held against the most (or fewest) words that the answer can be said to
have, and what other versions of the template allow is allowed. Answers to private questions are never quoted.
"""
