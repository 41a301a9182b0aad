"""Claims: concrete statements of the answers as typed claims, settled against the repository.

Readers make them (`patterns`: rigid forms, without a model; a model: from the answers alone), settlers hold them against the facts.
"""
