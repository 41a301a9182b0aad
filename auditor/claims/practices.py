"""The practices that checklists ask for as words, and what a plain denial of one looks like.

A sentence denies a practice only in a closed shape: a subject, a negation, filling words and a verb from lists, the practice by
one of its names, and an end that does not narrow it. Whatever else stands between or behind ("no formal profiling", "not on AWS",
"not for the frontend") makes it another statement.
"""

from collections.abc import Iterator

from auditor.practices import PRACTICES, Practice
from auditor.wording import at, names, phrases, stands, words, wordset

BY_ID = {p.id: p for p in PRACTICES}

__all__ = ["BY_ID", "PRACTICES", "SOFT", "Practice", "at", "denial", "names", "narrow_monitoring", "phrases", "says_no", "shape", "stands", "words", "wordset"]  # fmt: skip


# What makes a statement less than plain: it speaks of a degree, a part or a kind.
SOFT = wordset("fully full formal formally extensive extensively much custom complete completeness properly proper further more advanced systematic"
    " additional dedicated directly explicitly automated automatically enough too very only just partly partial partially basic simple locally"
    " local manually manual template some certain most mostly rest other several edge if whether load stress performance integration consider"
    " considered considering experimented looked explored investigated exercise exercises started prepared try trying tried towards toward thought"
    " wanted planned course step might may could would better improve improved extend extended")  # fmt: skip


def shape(name: str, *spellings: str) -> Practice:
    """Something else that may be denied in the closed shape, by its spellings."""
    return Practice("", name, tuple(" ".join(words(s)) for s in spellings))


# -- denials -----------------------------------------------------------------------------------------------------------

_NOT = tuple(tuple(n.split()) for n in phrases(
    "did not, didn't, have not, haven't, had not, do not, don't, has not, does not, doesn't, decided not, chose not, opted not, were not able, weren't able,"
    "could not, couldn't, never"))  # fmt: skip
_PASSIVE = tuple(tuple(n.split()) for n in phrases("was not, were not, wasn't, weren't, has not been, have not been, was never, is not"))  # fmt: skip
_BY_FIRST = {first: [s for s in (*_NOT, *_PASSIVE) if s[0] == first] for first in {s[0] for s in (*_NOT, *_PASSIVE)}}
_ADVERBS = wordset("unfortunately sadly therefore thus also however ultimately then actually simply")  # fmt: skip
_FILL = wordset("yet actually manage managed end ended up get got succeed succeeded around have had having the time make made making of to any a an in been"
    " use able enough do doing done")  # fmt: skip
_VERBS = wordset("implement implemented implementing use used using utilize utilized utilise utilised set perform performed do done conduct conducted run"
    " running write written writing add added create created deploy deployed develop developed build built include included employ employed apply"
    " applied integrate integrated configure configured calculate calculated compute computed measure measured incorporate incorporated carry"
    " carried adopt adopted make made publish published host hosted have setup")  # fmt: skip
_LINK = wordset("any a an the our of kind kinds sort form type on for in to either up out use")  # fmt: skip
_OBJECTS = wordset("model models api fastapi app application service project code scripts script")  # fmt: skip
_ENDS = wordset(". , ; : ! ( )")  # fmt: skip
_ON = wordset("because since due but so however although even therefore yet during though which instead despite as and hence thus")  # fmt: skip
_NARROW_OK = wordset("of for on in to with our the this a an any project model models api fastapi app application service services code codebase data dataset"
    " pipeline repository deployment workflow workflows github deployed trained own final whole entire current ml mlops machine deep learning"
    " inference prediction end practice cloud gcp google platform was were is are has have been done performed implemented conducted made written"
    " set up added used calculated computed measured place hooks managed")  # fmt: skip
_AFTER_ALL = wordset("managed succeeded able still got did")  # fmt: skip
_BARE = wordset("have had use used did performed implemented is are was were but")  # fmt: skip
_ELSEWHERE = wordset("cloud gcp google platform")  # where denied: narrower, unless it is the practice's own place


def denial(text: str, practice: Practice, own: bool = False) -> str:
    """The words of a text, from the subject on, that deny a practice in the closed shape; empty if none do. `own`: the names are
    words of a box, of which several may stand side by side, with the tools that it would have been done with behind them."""
    said = words(text)
    for start, after, passive, bare in _negations(said):
        end = _denied(said, after, practice, passive, bare)
        while own and end and (more := max((at(said, end, n) for n in practice.names), default=0)):
            end = more
        if own and end and said[end : end + 1] == ["using"]:
            return " ".join(said[start:end])
        if end and _ended(said, end, practice) and not _after_all(said, end):
            return " ".join(said[start:end])
    return _untested(said) if practice.id == "api-tests" else ""


def _untested(said: list[str]) -> str:
    """The words that call the API, alone or in a list, untested."""
    if "untested" not in said:
        return ""
    end = said.index("untested")
    start = max((k + 1 for k in range(end) if said[k] in (".", ";", ":")), default=0)
    plain = said[end - 1] in ("remain", "remains", "is", "are", "was", "were", "completely", "still", "currently")
    here = said[start:end]
    return " ".join(said[start : end + 1]) if plain and "api" in here and not set(here) & SOFT else ""


def narrow_monitoring(text: str) -> bool:
    """Whether what a text denies is monitoring of the system or in the cloud rather than of the model."""
    return bool(set(denial(text, BY_ID["monitoring"]).split()) & {"cloud", "system", "application"})


def _negations(said: list[str]) -> Iterator[tuple[int, int, bool, bool]]:
    """Each negation with where its sentence's part starts, where it ends, whether it is passive, and whether a bare "no"."""
    for i, word in enumerate(said):
        if word == "no" and (i == 0 or said[i - 1] in _BARE or said[i - 1] in _ENDS):
            yield max(i - 2, 0), i + 1, False, True
        for shape in _BY_FIRST.get(word, ()):
            if tuple(said[i : i + len(shape)]) != shape:
                continue
            passive = shape in _PASSIVE
            before = i - 1
            while before >= 0 and said[before] in _ADVERBS:
                before -= 1
            subject = said[before] if before >= 0 else ""
            group = subject in ("group", "team", "project") and said[before - 1 : before] in (["our"], ["the"])
            whole = said[before - 1 : before] in (["our"], ["the"]) or (
                said[max(before - 2, 0) : before - 1] in (["our"], ["the"]) and said[before - 1] in _NARROW_OK
            )
            if (passive and subject in _OBJECTS and whole) or (not passive and (subject == "we" or group)):
                yield before, i + len(shape), passive, False


def _denied(said: list[str], i: int, practice: Practice, passive: bool, bare: bool) -> int:
    """Where the denied practice ends; 0 if something else is denied."""
    if not bare:
        first = i
        while i < len(said) and said[i] in _FILL and not any(at(said, i, a) for a in practice.acts):
            i += 1
        for act in practice.acts:
            if end := at(said, i, act):
                if passive or len(act.split()) >= 3:
                    return end
                while end < len(said) and said[end] in _LINK:
                    end += 1
                if said[end : end + 1] and said[end] in _OBJECTS:
                    return end + 1
        if passive:
            return 0
        verb = said[i] if i < len(said) else ""
        did = bool(set(said[first:i]) & (practice.verbs or _VERBS))
        if verb in (practice.verbs or _VERBS) and not (did and any(at(said, i, n) for n in practice.names)):
            i += 1
        elif not did:
            return 0
    while i < len(said) and said[i] in _LINK:
        i += 1
    starts = [i, *(k + 1 for k in range(i + 1, min(i + 5, len(said))) if said[k] in ("or", "nor"))]
    starts += [s + 1 for s in starts if said[s : s + 1] == ["any"]]
    ends = [end for s in starts for name in practice.names if "+" not in name and (end := at(said, s, name))]
    return max(ends, default=0)


def _ended(said: list[str], i: int, practice: Practice) -> bool:
    """Whether nothing after the practice narrows what is denied."""
    for k in range(i, len(said)):
        word = said[k]
        if word in _ENDS or word in _ON or word in ("or", "nor") or said[k : k + 2] == ["at", "all"]:
            return True
        if word not in _NARROW_OK:
            return False
        if word in _ELSEWHERE and "cloud" not in practice.name and practice.id not in ("alerts", "metrics"):
            return False
    return True


def _after_all(said: list[str], i: int) -> bool:
    """Whether the sentence goes on with what was done after all."""
    turned = False
    for k in range(i, len(said)):
        turned = turned or said[k] in ("but", "however", "although", "though", "nevertheless", "instead")
        if turned and said[k] in _AFTER_ALL and said[k + 1 : k + 2] != ["not"]:
            return True
    return False


_NO_ANSWERS = phrases(
    "no, nope, unfortunately no, sadly no, we did not, we didn't, we have not, we haven't, no we did not, no we didn't, unfortunately we did not,"
    "unfortunately we did not have time, we did not have time, we did not do this, we did not do that, no we have not, unfortunately not,"
    "we did not manage to do this, we did not manage, we did not get that far")  # fmt: skip


def says_no(text: str) -> bool:
    """Whether a text is a bare "No" and nothing else."""
    return " ".join(w for w in words(text) if w not in _ENDS) in _NO_ANSWERS
