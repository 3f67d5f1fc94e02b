"""Reasons in words, Russian and English. Facts come from `scoring.matching.reasons`; nothing is decided here.

The sentences for a participant never name another participant, so they can be shown to the one they speak to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scoring.ids import Id
from scoring.language import Language, english_count, english_ordinal, russian_count
from scoring.matching.reasons import MentorReason, ParticipantReason, Passed, PassedBy, Refusal, Step

__all__ = ["render", "render_mentor"]

Namer = Callable[[Id], str]

_TOOK = {
    Language.RU: "наставник взял {taken} из {capacity}",
    Language.EN: "the mentor took {taken} of {capacity}",
}
_PROJECT_TOOK = {
    Language.RU: "на этот проект взяли {taken} из {capacity}",
    Language.EN: "the project took {taken} of {capacity}",
}
_LECTURER_TOOK = {
    Language.RU: "наставник на все свои проекты взял {taken} из {capacity}",
    Language.EN: "the mentor took {taken} of {capacity} on all projects together",
}
_STEPS: Mapping[Language, Mapping[Refusal, str]] = {
    Language.RU: {
        Refusal.CONFLICT: "конфликт интересов ({causes}), такие пары не рассматриваются",
        Refusal.NOT_RANKED: "наставник не включил вас в свой список",
        Refusal.NO_PLACES: "в этом наборе мест нет",
        Refusal.OUTRANKED: "{took}; последний из принятых стоит в списке наставника на {last}-м месте, вы — на {own}-м",
        Refusal.LOTTERY: "{took}; последний из принятых стоит в списке наставника на том же {own}-м месте, что и вы, "
        "и решил жребий: его номер {last_number}, ваш — {own_number}",
        Refusal.SEATS_MORE: "{took}; последний из принятых стоит в списке наставника на том же {own}-м месте, что и "
        "вы; из равных взят тот, с кем наставника получает больше участников",
    },
    Language.EN: {
        Refusal.CONFLICT: "a conflict of interest ({causes}); such pairs are not considered",
        Refusal.NOT_RANKED: "the mentor did not list you",
        Refusal.NO_PLACES: "there are no places this season",
        Refusal.OUTRANKED: "{took}; the last one accepted stands {last} on the mentor's list, you stand {own}",
        Refusal.LOTTERY: "{took}; the last one accepted stands {own} on the mentor's list, as you do, and the lottery "
        "decided: their number is {last_number}, yours {own_number}",
        Refusal.SEATS_MORE: "{took}; the last one accepted stands {own} on the mentor's list, as you do; of equals the "
        "one was taken with whom more participants get a mentor",
    },
}


def render(
    reason: ParticipantReason,
    language: Language,
    *,
    mentor_name: Namer = str,
    project_name: Namer = str,
) -> str:
    """Write a participant's reason, one sentence a line.

    Parameters
    ----------
    reason
        The facts.
    language
        Russian or English.
    mentor_name, project_name
        Names by id; without them the ids are shown.

    Examples
    --------
    >>> step = Step("petrov", 1, Refusal.OUTRANKED, capacity=3, taken=3, own_place=6, last_place=4)
    >>> print(render(ParticipantReason("ann", "kim", 2, 2, (step,)), Language.EN))
    Your mentor is kim, your 2nd wish of 2.
    petrov, your 1st wish: the mentor took 3 of 3; the last one accepted stands 4th on the mentor's list, you stand 6th.
    """
    title = _title(reason.mentor, reason.project, language, mentor_name, project_name)
    lines = [_opening(reason, title, language)]
    for step in reason.steps:
        door = _title(step.mentor, step.project, language, mentor_name, project_name)
        lines.append(f"{door}, {_wish(step.wish, language)}: {_step(step, language)}.")
    return "\n".join(lines)


def _title(mentor: Id | None, project: Id | None, language: Language, mentor_name: Namer, project_name: Namer) -> str:
    if mentor is None:
        return ""
    if project is None:
        return mentor_name(mentor)
    if language is Language.RU:
        return f"«{project_name(project)}» (наставник {mentor_name(mentor)})"
    return f"{project_name(project)} (mentor {mentor_name(mentor)})"


def _opening(reason: ParticipantReason, title: str, language: Language) -> str:
    if language is Language.RU:
        if reason.wish is not None:
            what = "Ваш наставник" if reason.project is None else "Ваш проект"
            return f"{what} — {title}, {_wish(reason.wish, language)} из {reason.wishes}."
        if not reason.wishes:
            return "Места нет: ваш список пуст."
        return f"Места нет: не освободилось ни одно из {reason.wishes}, о которых вы просили."
    if reason.wish is not None:
        what = "mentor" if reason.project is None else "project"
        return f"Your {what} is {title}, {_wish(reason.wish, language)} of {reason.wishes}."
    if not reason.wishes:
        return "No place: your list is empty."
    return f"No place: none of the {english_count(reason.wishes, 'choice', 'choices')} on your list was open to you."


def _wish(wish: int, language: Language) -> str:
    return f"ваше {wish}-е пожелание" if language is Language.RU else f"your {english_ordinal(wish)} wish"


def _step(step: Step, language: Language) -> str:
    full = _LECTURER_TOOK if step.lecturer_full else _PROJECT_TOOK
    took = _TOOK if step.project is None else full
    return _STEPS[language][step.refusal].format(
        took=took[language].format(taken=step.taken, capacity=step.capacity),
        causes=", ".join(step.causes),
        own=_place(step.own_place, language),
        last=_place(step.last_place, language),
        own_number=step.own_number,
        last_number=step.last_number,
    )


def _place(place: int | None, language: Language) -> str:
    if place is None:
        return ""
    return str(place) if language is Language.RU else english_ordinal(place)


_PASSED: Mapping[Language, Mapping[PassedBy, str]] = {
    Language.RU: {
        PassedBy.CONFLICT: "конфликт интересов",
        PassedBy.DID_NOT_NAME: "вас не указывал(а)",
        PassedBy.PREFERS_OTHER: "получил(а) наставника, который стоит у него (неё) не ниже вас",
    },
    Language.EN: {
        PassedBy.CONFLICT: "a conflict of interest",
        PassedBy.DID_NOT_NAME: "did not name you",
        PassedBy.PREFERS_OTHER: "got a mentor they like as much as you or better",
    },
}


def render_mentor(reason: MentorReason, language: Language, *, participant_name: Namer = str) -> str:
    """Write a mentor's reason, one sentence a line.

    Parameters
    ----------
    reason
        The facts.
    language
        Russian or English.
    participant_name
        Names by id; without them the ids are shown.

    Examples
    --------
    >>> passed = Passed("bob", 1, PassedBy.DID_NOT_NAME)
    >>> print(render_mentor(MentorReason("kim", 2, (("ann", 2),), (passed,)), Language.EN))
    You have 2 places and took 1: ann (2nd on your list).
    bob (1st on your list): did not name you.
    """
    taken = len(reason.accepted)
    people = ", ".join(_listed(each, place, language, participant_name) for each, place in reason.accepted)
    tail = f": {people}." if people else "."
    if language is Language.RU:
        places = russian_count(reason.capacity, "место", "места", "мест")
        lines = [f"У вас {places}, взято участников: {taken}{tail}"]
    else:
        places = english_count(reason.capacity, "place", "places")
        lines = [f"You have {places} and took {taken}{tail}"]
    lines += [_passed(each, language, participant_name) for each in reason.passed]
    return "\n".join(lines)


def _passed(passed: Passed, language: Language, participant_name: Namer) -> str:
    return f"{_listed(passed.participant, passed.place, language, participant_name)}: {_PASSED[language][passed.why]}."


def _listed(participant: Id, place: int, language: Language, participant_name: Namer) -> str:
    if language is Language.RU:
        return f"{participant_name(participant)} ({place}-е место в вашем списке)"
    return f"{participant_name(participant)} ({english_ordinal(place)} on your list)"
