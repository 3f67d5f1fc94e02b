"""Every allocation of a tiny problem, and the best of them by the stated order; shares nothing with the package."""

from itertools import combinations, product


def subsets(people, sizes):
    return [frozenset(group) for size in sizes for group in combinations(people, size)]


class Everything:
    """All allocations that meet demand, loads and conflicts: tuples of the reviewers of each work."""

    def __init__(self, works, reviewers, conflicts=(), *, shortfall=False):
        self.works, self.reviewers = list(works), list(reviewers)
        apart = {(each.reviewer, each.work) for each in conflicts}
        choices = []
        for work, demand in works.items():
            free = [each for each in self.reviewers if (each, work) not in apart]
            choices.append(subsets(free, range(demand + 1) if shortfall else [demand]))
        self.found = [given for given in product(*choices) if self._fits(given, reviewers)]
        if shortfall and self.found:
            self.found = self._fullest(works)

    def loads(self, given):
        return [sum(each in group for group in given) for each in self.reviewers]

    def _fits(self, given, reviewers):
        limits = [(load.minimum, len(given) if load.maximum is None else load.maximum) for load in reviewers.values()]
        return all(low <= load <= high for load, (low, high) in zip(self.loads(given), limits, strict=True))

    def _fullest(self, works):
        def level(given):
            return min(
                (len(group) for group, need in zip(given, works.values(), strict=True) if len(group) < need), default=9
            )

        best = max(level(given) for given in self.found)
        kept = [given for given in self.found if level(given) >= best]
        most = max(sum(map(len, given)) for given in kept)
        return [given for given in kept if sum(map(len, given)) == most]

    def most_even(self):
        best = max(sorted(self.loads(given)) for given in self.found)
        return [given for given in self.found if sorted(self.loads(given)) == best]

    def pairs(self, given):
        return [(reviewer, work) for work, group in zip(self.works, given, strict=True) for reviewer in group]


def reachable(start, edges):
    """All works that hang together with a work."""
    works, people = {start}, set()
    while True:
        people_now = {r for r, w in edges if w in works}
        works_now = works | {w for r, w in edges if r in people_now}
        if (works_now, people_now) == (works, people):
            return works, people
        works, people = works_now, people_now


def groups_of(works, edges):
    left, found = list(works), []
    while left:
        together, _ = reachable(left[0], edges)
        found.append(together)
        left = [each for each in left if each not in together]
    return found


def bridges_of(works, edges, firm):
    """Reviews without which some firm works that hang together no longer do."""
    together = {frozenset(group & firm) for group in groups_of(works, edges)}
    found = []
    for edge in edges:
        rest = [each for each in edges if each != edge]
        if not {frozenset(group & firm) for group in groups_of(works, rest)} - {frozenset()} <= together:
            found.append(edge)
    return found
