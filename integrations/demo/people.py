"""Who works in the demo's workspace, and how many open deals lie on whose desk."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.templates import Bilingual
from tenancy.models.members import Role

WORKSPACE = Bilingual("스테이지크래프트 데모", "Stagecraft demo")
TEAMS = (
    Bilingual("영업 1팀", "Sales team 1"),
    Bilingual("영업 2팀", "Sales team 2"),
    Bilingual("엔터프라이즈팀", "Enterprise team"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """`key` is the part of the address before the @; `team` an index into TEAMS.

    `new` and `big`: open deals in the pipeline of new business and in that of large accounts.
    """

    key: str
    name: Bilingual
    role: str
    team: int | None = None
    new: int = 0
    big: int = 0


OWNER = Person("owner", Bilingual("한지원", "Grace Hammond"), Role.OWNER, None, 3, 5)
PEOPLE = (
    OWNER,
    Person("admin", Bilingual("오세영", "Owen Sutton"), Role.ADMIN, None, 5, 2),
    Person("viewer", Bilingual("문채린", "Clara Moon"), Role.VIEWER),
    Person("leader", Bilingual("이서연", "Sarah Lindqvist"), Role.LEADER, 0, 12, 2),
    Person("rep", Bilingual("김도윤", "Daniel Okafor"), Role.REP, 0, 27, 3),
    Person("haeun", Bilingual("최하은", "Hannah Price"), Role.REP, 0, 31, 2),
    Person("jiho", Bilingual("박지호", "Jacob Marsh"), Role.REP, 0, 22, 4),
    Person("woojin", Bilingual("강우진", "Warren Cole"), Role.REP, 0, 25, 2),
    Person("leader2", Bilingual("윤재현", "James Whitaker"), Role.LEADER, 1, 9, 3),
    Person("yuna", Bilingual("조유나", "Una Castellan"), Role.REP, 1, 29, 3),
    Person("minseok", Bilingual("임민석", "Marcus Stone"), Role.REP, 1, 21, 2),
    Person("sohee", Bilingual("배소희", "Sofia Herrera"), Role.REP, 1, 26, 4),
    Person("taeho", Bilingual("신태호", "Tobias Hale"), Role.REP, 1, 24, 3),
    Person("leader3", Bilingual("정수민", "Susan Mercer"), Role.LEADER, 2, 2, 9),
    Person("jaewon", Bilingual("서재원", "Jerome Weston"), Role.REP, 2, 8, 23),
    Person("nari", Bilingual("고나리", "Nadia Rahman"), Role.REP, 2, 6, 19),
    Person("hyunsu", Bilingual("노현수", "Hugh Sinclair"), Role.REP, 2, 9, 21),
    Person("dabin", Bilingual("차다빈", "Dana Bishop"), Role.REP, 2, 7, 17),
)
UNOWNED = {"new": 4, "big": 2}
