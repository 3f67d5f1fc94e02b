"""What happens in the four courses of a season."""

from bridge.demo.seasons.builder import DAY, HOUR, AssignDesk, Builder, deadline
from bridge.demo.seasons.people import Cast, hands_in_no_essay
from bridge.demo.seasons.plan import BASE_ACTIVITIES, SeasonPlan
from bridge.demo.seasons.texts import THEMES, Theme, comment, essay, passport, project
from bridge.demo.tables import Category, Cohort, Course, Group, Grouping, Quiz, Scale, User

__all__ = ["Stages", "open_courses"]

_TITLES = {
    "select": "Этап 1. Отбор в акселератор",
    "group": "Этап 2. Групповая проектная работа",
    "individual": "Этап 3. Индивидуальный проект",
    "implement": "Этап 4. Презентация и реализация",
}
_SUMMARY = "<p>Курс муниципальной программы <strong>«Акселератор проектов»</strong> &amp; кадровый резерв.</p>"
_TEAM = 5
_SEPARATE_GROUPS = 1
_READY = ("не готов", "частично готов", "готов")


def open_courses(builder: Builder, plan: SeasonPlan, cast: Cast) -> dict[str, Course]:
    """Open the season's category with its cohort and four courses, and enrol everybody.

    Every seventeenth participant is suspended after stage 1.
    """
    tables, code = builder.tables, plan.code
    number = builder.next_id("categories", after=1)
    tables.categories[number] = Category(
        number,
        f"Акселератор проектов {plan.years} — {plan.municipality.name}",
        f"accel-{code}",
        "<p>Муниципальная программа подготовки руководителей школ.</p>",
        sortorder=number * 10_000,
        timemodified=plan.opened,
        path=f"/{number}",
    )
    cohort = builder.next_id("cohorts")
    members = {user.id for user in cast.participants}
    tables.cohorts[cohort] = Cohort(cohort, f"Участники {plan.years}", f"participants-{code}", members=members)
    courses = {}
    for order, (key, title) in enumerate(_TITLES.items()):
        courses[key] = builder.course(
            number,
            fullname=title,
            shortname=f"{code}-{key}",
            idnumber=f"accel-{code}-{key}",
            summary=_SUMMARY,
            sortorder=number * 10_000 + 4 - order,
            startdate=plan.opened,
            enddate=plan.opened + 700 * DAY,
            timecreated=plan.opened,
            timemodified=plan.opened,
            cacherev=plan.opened,
            groupmode=_SEPARATE_GROUPS if key == "group" else 0,
        )
        for index, user in enumerate(cast.participants):
            builder.enrol(courses[key], user, "student", suspended=key != "select" and index % 17 == 16)
        for user in cast.tutors:
            builder.enrol(courses[key], user, "editingteacher")
    for user in cast.mentors:
        builder.enrol(courses["individual"], user, "mentor")
    for user in cast.heads:
        builder.enrol(courses["implement"], user, "schoolhead")
    return courses


class Stages:
    """Fills the courses with what people handed in and how it was marked."""

    def __init__(self, builder: Builder, plan: SeasonPlan, cast: Cast, courses: dict[str, Course]) -> None:
        self.builder = builder
        self.plan = plan
        self.cast = cast
        self.courses = courses
        self.dice = builder.dice

    # ------------------------------------------------------------ helpers

    def day(self, offset: int) -> int:
        """Return a deadline so many days from the season's own present."""
        return deadline(self.plan.now, offset - self.plan.shift_days)

    def before(self, moment: int, most_days: int = 12) -> int:
        """Return a moment shortly before a deadline, sometimes a little after it."""
        return moment - self.dice.randint(-1 * DAY // 2, most_days * DAY)

    def later(self, moment: int) -> int:
        """Return when a tutor came to it, never after the present."""
        return min(moment + self.dice.randint(6 * HOUR, 9 * DAY), self.plan.now - HOUR)

    def mark(self, user: User, top: float, *, severity: float = 0.0, noise: float = 0.3) -> float:
        """Draw a mark around a person's ability, to a tenth."""
        seen = self.cast.ability[user.id] - severity + noise * self.dice.gauss(0, 1)
        return round(max(0.0, min(top, top * (0.66 + 0.13 * seen))), 1)

    def theme(self, index: int) -> Theme:
        """Return what a participant writes about."""
        return THEMES[(index * 5 + 2) % len(THEMES)]

    # ------------------------------------------------------------ stage 1

    def selection(self) -> AssignDesk:
        """Essay and test; every nineteenth hands in no essay, one essay waits for its mark."""
        due = self.day(-400)
        desk = self.builder.assign(
            self.courses["select"],
            "essay",
            "Эссе «Школа, которой я управляю»",
            intro="<p>До 6000 знаков. Проблема своей школы, данные, решение.</p>",
            duedate=due,
            cutoffdate=due + 7 * DAY,
            maxattempts=-1,
            attemptreopenmethod="manual",
            timemodified=self.plan.opened,
        )
        for index, user in enumerate(self.cast.participants):
            if hands_in_no_essay(index):
                continue
            moment = self.before(due, 20)
            desk.submit(user, self._essay(index), moment)
            if index == 12 and not self.plan.closed:
                continue
            tutor = self.cast.tutor_of(index)
            grade = self.mark(user, 100, severity=self.cast.severity[tutor.id])
            desk.grade(user, grade, tutor, self.later(moment), comment(self.dice, grade))
        self._test()
        return desk

    def _essay(self, index: int) -> str:
        text = essay(self.dice, self.theme(index))
        # Somebody tries what a web form lets through; the site cleans it, a client that asks for raw text gets it.
        return text + "<script>alert(1)</script>" if index in {3, 20} else text

    def _test(self) -> None:
        tables, course = self.builder.tables, self.courses["select"]
        number = self.builder.next_id("quizzes")
        name, closed = "Тест «Основы управления школой»", self.day(-395)
        tables.quizzes[number] = Quiz(
            number,
            course.id,
            name,
            "<p>Сорок вопросов, две попытки.</p>",
            40.0,
            timeopen=closed - 10 * DAY,
            timeclose=closed,
            timelimit=HOUR,
            attempts=2,
            timecreated=self.plan.opened,
            timemodified=self.plan.opened,
        )
        module = self.builder.module(course, "quiz", number, "test", by_grade=False)
        item = self.builder.item(module, name, top=40.0)
        for user in self.cast.participants:
            self.builder.publish(module, item, user.id, self.mark(user, 40, noise=0.5), at=self.before(closed, 9))

    # ------------------------------------------------------------ stage 2

    def teams(self) -> tuple[AssignDesk, AssignDesk]:
        """Group projects and analyses; every ninth analysis is marked and not released, one passport is a draft."""
        grouping, groups = self._groups()
        course = self.courses["group"]
        due = self.day(-200)
        joint = self.builder.assign(
            course,
            "groupproject",
            "Групповой проект",
            intro="<p>Паспорт проекта: противоречие, идея, показатель.</p>",
            teamsubmission=1,
            teamsubmissiongroupingid=grouping.id,
            duedate=due,
            timemodified=self.plan.opened,
        )
        for order, (group, members) in enumerate(groups):
            self._team_work(joint, order, group, members, due)
        return joint, self._analysis()

    def _groups(self) -> tuple[Grouping, list[tuple[Group, list[User]]]]:
        tables, course = self.builder.tables, self.courses["group"]
        number = self.builder.next_id("groupings")
        grouping = tables.groupings[number] = Grouping(number, course.id, "Проектные группы")
        groups = []
        for start in range(0, len(self.cast.participants), _TEAM):
            members = self.cast.participants[start : start + _TEAM]
            order = start // _TEAM + 1
            groupid = self.builder.next_id("groups")
            group = Group(groupid, course.id, f"Группа {order}", f"{self.plan.code}-g{order}", self.theme(order).title)
            group.members = {user.id for user in members}
            tables.groups[groupid] = group
            grouping.groups.add(groupid)
            groups.append((group, members))
        return grouping, groups

    def _team_work(self, desk: AssignDesk, order: int, group: Group, members: list[User], due: int) -> None:
        moment = self.before(due)
        status = "draft" if order == 10 and not self.plan.closed else "submitted"
        self.builder.team_submission(desk.row, group.id, moment, passport(self.theme(order), order + 1), status)
        course = self.courses["group"].id
        active = [user for user in members if not self.builder.tables.enrolments[course, user.id].suspended]
        leader = max(members, key=lambda user: self.cast.ability[user.id])
        grade, graded = self.mark(leader, 100, noise=0.6), self.later(moment)
        for user in active:
            self.builder.own_submission(desk.row, user.id, moment)
            desk.grade(user, grade, self.cast.tutor_of(order), graded)

    def _analysis(self) -> AssignDesk:
        due = self.day(-260)
        desk = self.builder.assign(
            self.courses["group"],
            "analysis",
            "Анализ данных школы: противоречия и идеи",
            intro="<p>Данные двух школ: с хорошей практикой и с низкими результатами.</p>",
            grade=50,
            markingworkflow=1,
            duedate=due,
            timemodified=self.plan.opened,
        )
        for index, user in enumerate(self.cast.participants):
            moment = self.before(due)
            theme = self.theme(index)
            desk.submit(user, f"<p>{theme.problem} {theme.data}</p>", moment)
            waiting = index % 9 == 8 and not self.plan.closed
            self.builder.flags(desk.row, user.id).workflowstate = "inreview" if waiting else "released"
            grade = self.mark(user, 50)
            desk.grade(user, grade, self.cast.tutor_of(index), self.later(moment), comment(self.dice, grade * 2))
        return desk

    # ------------------------------------------------------------ stage 3

    def individual(self) -> tuple[AssignDesk, AssignDesk]:
        """Checkpoint on a scale, project, blind defence, diary, practice.

        The last tutor is late: half of their projects wait. The defence is under way and its marks are not revealed.
        """
        course, builder = self.courses["individual"], self.builder
        number = builder.next_id("scales", after=2)
        builder.tables.scales[number] = Scale(number, "Готовность", list(_READY))
        point = builder.assign(course, "checkpoint", "Контрольная точка с наставником", grade=-number)
        point.row.timemodified = self.plan.opened
        work = builder.assign(
            course,
            "project",
            "Индивидуальный проект",
            intro="<p>Проблема, решение, ресурсы, показатели.</p>",
            duedate=self.day(-6),
            timemodified=self.plan.opened,
        )
        defence = builder.assign(
            course,
            "defence",
            "Конкурсная защита",
            intro="<p>Презентация и выступление до семи минут; оценивается без имён.</p>",
            blindmarking=1,
            duedate=self.day(9),
            timemodified=self.plan.opened,
        )
        builder.assign(course, "diary", "Дневник (без оценки)", grade=0, timemodified=self.plan.opened)
        for index, user in enumerate(self.cast.participants):
            self._checkpoint(point, index, user)
            self._project(work, index, user)
            self._defence(defence, index, user)
        self._practice()
        return point, work

    def _checkpoint(self, desk: AssignDesk, index: int, user: User) -> None:
        if index % 10 == 9 and not self.plan.closed:
            return
        step = 1 + min(2, max(0, round(1.2 + self.cast.ability[user.id])))
        desk.grade(user, float(step), self.cast.tutor_of(index), self.before(self.day(-15)))

    def _project(self, desk: AssignDesk, index: int, user: User) -> None:
        moment = self.before(desk.row.duedate, 10)
        desk.submit(user, project(self.theme(index), user.institution.strip()), moment)
        last = len(self.cast.tutors) - 1
        late = index % len(self.cast.tutors) == last and (index // len(self.cast.tutors)) % 2 == 1
        if late and not self.plan.closed:
            return
        grade = self.mark(user, 100)
        desk.grade(user, grade, self.cast.tutor_of(index), self.later(moment), comment(self.dice, grade))

    def _defence(self, desk: AssignDesk, index: int, user: User) -> None:
        self.builder.flags(desk.row, user.id)
        if index % 2 == 1 and not self.plan.closed:
            return
        moment = self.before(min(desk.row.duedate, self.plan.now - DAY), 4)
        desk.submit(user, f"<p>Защита: «{self.theme(index).title}».</p>", moment)
        if index % 6 == 0 or self.plan.closed:
            desk.grade(user, self.mark(user, 100, noise=0.2), self.cast.tutor_of(index + 1), self.later(moment))

    def _practice(self) -> None:
        for number in range(1, self.plan.activities - BASE_ACTIVITIES + 1):
            due = self.day(-60 + number)
            desk = self.builder.assign(
                self.courses["individual"],
                f"practice{number}",
                f"Практика {number}",
                grade=10,
                duedate=due,
                timemodified=self.plan.opened,
            )
            for index, user in enumerate(self.cast.participants):
                moment = self.before(min(due, self.plan.now - DAY))
                desk.submit(user, "<p>Выполнено.</p>", moment)
                desk.grade(user, self.mark(user, 10), self.cast.tutor_of(index), self.later(moment))
