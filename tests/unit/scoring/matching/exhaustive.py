"""Stability by its definition, and every stable matching of a small market; shares nothing with `scoring.matching`.

Lists are strict or tied (nested tuples). `rank` gives the tier; equals do not block.
"""


def tiers(preference):
    return [entry if isinstance(entry, tuple) else (entry,) for entry in preference]


def rank(preference):
    return {each: number for number, tier in enumerate(tiers(preference)) for each in tier}


class Game:
    """A market given by its lists: participants, mentors, places, forbidden pairs."""

    def __init__(self, participants, mentors, capacities, conflicts=()):
        self.participants = list(participants)
        self.mentors = list(mentors)
        self.capacities = capacities
        self.wish = {p: rank(wishes) for p, wishes in participants.items()}
        everyone = [tuple(participants)]
        self.place = {m: rank(everyone if order is None else order) for m, order in mentors.items()}
        apart = {(each.participant, each.mentor) for each in conflicts}
        self.options = {
            p: [m for m in self.wish[p] if p in self.place[m] and (p, m) not in apart] for p in self.participants
        }

    def blocks(self, p, m, pairs):
        """Do these two prefer each other to what they have?"""
        if m not in self.options[p]:
            return False
        own = pairs.get(p)
        if own is not None and self.wish[p][own] <= self.wish[p][m]:
            return False
        held = [q for q, theirs in pairs.items() if theirs == m]
        return len(held) < self.capacities[m] or any(self.place[m][q] > self.place[m][p] for q in held)

    def is_stable(self, pairs):
        if any(m not in self.options.get(p, ()) for p, m in pairs.items()):
            return False
        if any(list(pairs.values()).count(m) > self.capacities[m] for m in self.mentors):
            return False
        return not any(self.blocks(p, m, pairs) for p in self.participants for m in self.mentors)

    def stable(self):
        """List every stable matching, trying everything and giving up a branch only when it must fail."""
        return [dict(pairs) for pairs in self._extend({}, 0) if self.is_stable(pairs)]

    def _extend(self, pairs, number):
        if number == len(self.participants):
            yield pairs
            return
        p = self.participants[number]
        for m in [*self.options[p], None]:
            if m is not None and list(pairs.values()).count(m) >= self.capacities[m]:
                continue
            grown = pairs if m is None else {**pairs, p: m}
            if self._can_become_stable(grown, number + 1):
                yield from self._extend(grown, number + 1)

    def _can_become_stable(self, pairs, decided):
        """For everyone decided, each better mentor must still be able to fill up with people at least as good."""
        undecided = self.participants[decided:]
        for p in self.participants[:decided]:
            own = self.wish[p].get(pairs.get(p), len(self.wish[p]) + 1)
            for m in self.options[p]:
                if self.wish[p][m] < own:
                    held = [q for q, theirs in pairs.items() if theirs == m]
                    candidates = held + [q for q in undecided if m in self.options[q]]
                    good = [q for q in candidates if self.place[m][q] <= self.place[m][p]]
                    if len(good) < self.capacities[m] or any(self.place[m][q] > self.place[m][p] for q in held):
                        return False
        return True


class ProjectGame:
    """Students, projects and lecturers; blocking as Abraham, Irving and Manlove (2007) define it."""

    def __init__(self, students, lecturers, projects, capacities, conflicts=()):
        self.students, self.projects, self.capacities = list(students), projects, capacities
        self.wish = {s: rank(wishes) for s, wishes in students.items()}
        self.place = {k: rank([tuple(students)] if order is None else order) for k, order in lecturers.items()}
        apart = {(each.participant, each.mentor) for each in conflicts}
        self.options = {
            s: [
                p
                for p in self.wish[s]
                if s in self.place[projects[p].lecturer] and (s, projects[p].lecturer) not in apart
            ]
            for s in self.students
        }

    def with_lecturer(self, lecturer, pairs):
        return [s for s, p in pairs.items() if self.projects[p].lecturer == lecturer]

    def blocks(self, s, p, pairs):
        own = pairs.get(s)
        if p not in self.options[s] or (own is not None and self.wish[s][own] <= self.wish[s][p]):
            return False
        lecturer = self.projects[p].lecturer
        place = self.place[lecturer]
        on_project = [q for q, theirs in pairs.items() if theirs == p]
        of_lecturer = self.with_lecturer(lecturer, pairs)
        if len(on_project) == self.projects[p].capacity:
            return any(place[q] > place[s] for q in on_project)
        if len(of_lecturer) < self.capacities[lecturer] or s in of_lecturer:
            return True
        return any(place[q] > place[s] for q in of_lecturer)

    def is_stable(self, pairs):
        if any(p not in self.options.get(s, ()) for s, p in pairs.items()) or not self.fits(pairs):
            return False
        return not any(self.blocks(s, p, pairs) for s in self.students for p in self.projects)

    def fits(self, pairs):
        projects_fit = all(list(pairs.values()).count(p) <= self.projects[p].capacity for p in self.projects)
        return projects_fit and all(len(self.with_lecturer(k, pairs)) <= self.capacities[k] for k in self.place)

    def stable(self):
        return [dict(pairs) for pairs in self._extend({}, 0) if self.is_stable(pairs)]

    def _extend(self, pairs, number):
        if number == len(self.students):
            yield pairs
            return
        s = self.students[number]
        for p in [*self.options[s], None]:
            grown = pairs if p is None else {**pairs, s: p}
            if self.fits(grown):
                yield from self._extend(grown, number + 1)
