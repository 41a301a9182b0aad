"""The report as a record: checklist, questions and answers with their lines, in every shape that groups hand in.

Each question is read by itself, so that an unbalanced fence or quote costs one answer and not the rest. What is malformed
becomes a problem in the record; what is written in another way than the template's is read as what it is meant to be.
"""
