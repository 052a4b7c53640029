"""One paper return, and a meeting with three revisions, reach whom they are for although hub and clerk die on the way.

Judged by what the relay took, by what the scripted Twilio made, and by the register, the meetings and the log. The points of
one run are points of death of another (`make crashes` takes every one, `make test` those that `points.taken` chooses): on SQLite
every flush and renaming of every thread and every word that the hub sends to relay or Twilio, by strace; on PostgreSQL the
beginning and the end of every COMMIT, and every word as relay or Twilio hears it, and before they answer. The points of a
meeting are spread over its three revisions; every other time the clerk goes on while the hub is dead. The clerk's command
dies at each of its flushes and at its first and last page (SQLite), or at both ends of its COMMIT (PostgreSQL), for each
revision. Not covered: a loss of power, other statements than COMMIT (test_crashes kills at those), more than one recipient,
a gateway without a list (tests/hub, on texts), a crash of PostgreSQL itself.
"""

import re
from collections import Counter, defaultdict
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from itertools import chain, count, cycle

import pytest
from icalendar import Calendar

from mailhub.cli.app import mailhub
from mailhub.clock import system_clock
from mailhub.demo.cast import HOME_AFFAIRS
from mailhub.demo.home import FIRST_INVITATION, SETTINGS, set_values
from storage.records import DispatchState
from tests.integration.conftest import FEW, make_hub, wire_to
from tests.integration.outgoing import Act, HeardTwilio, Outgoing, name_of
from tests.integration.points import taken
from tests.servers.hurried import running_hurried
from tests.servers.waiting import free_port

pytestmark = pytest.mark.timeout(600)

DECISIVE = frozenset({"fdatasync", "committed"})
"""After these the registry says something else."""
OFFICIAL = "STC-GD"
LONG_AGO = system_clock() - timedelta(days=20)
SOON = system_clock() + timedelta(days=20)
SHORT = {"returns.delay_seconds": "0", "counter.wait_working_days": "0", "meetings.window_seconds": "0"}
CLASSES = {
    False: {"fdatasync", "sendto", "clerk, fdatasync", "clerk, pwrite64"},
    True: {
        *("COMMIT", "committed", "MAIL", "RCPT", "the mail", "the mail, taken", "clerk, COMMIT", "clerk, committed"),
        *(f"Twilio, {what}" for what in ("a text", "a text, done", "a look-up", "a look-up, done")),
    },
}


@pytest.fixture(scope="module")
def hurried():
    with running_hurried() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def outgoing(request, tmp_path, hurried, receiver, ear):
    """A hub that dies at system calls on SQLite, and at the words it says to others on PostgreSQL."""
    by_words = request.param == "postgresql"
    with HeardTwilio(ear) as twilio, receiver.running() as relay:
        twilio.statuses = ["delivered"]
        port = free_port()
        texts = {f"sms.{key}": value for key, value in twilio.settings.items()}
        values = SETTINGS | FEW | SHORT | relay | texts | {"smtp.port": str(port)}
        if by_words:
            cluster = request.getfixturevalue("postgresql_cluster")
            name = cluster.create()
            values["storage.database"] = f'"{cluster.url(name)}"'
        hub, unit, _ = make_hub(tmp_path / "hub", values)
        witnesses = {"ear": ear, "receiver": receiver, "twilio": twilio}
        found = Outgoing(hurried=hurried, hub=hub, unit=unit, port=port, folder=tmp_path, by_words=by_words, **witnesses)
        try:
            if by_words:
                with wire_to(cluster, ear) as wired:
                    set_values(hub.home, {"storage.database": f'"{wired.url(name)}"'})
                    yield found
            else:
                yield found
        finally:
            found.kill()
            hub.close()


def paper(number):
    """Paper without its e-copy, entered when its wait is over."""
    reference, day = f"{number}/SNV-TC", f"{LONG_AGO:%Y-%m-%d}"
    typed = ("paper", "receive", "--agency", HOME_AFFAIRS.code, "--reference", reference, "--date", day)
    return Act(
        typed=(*typed, "--at", f"{day}T09:00", "--subject", "kiện toàn", "--pages", "2"),
        asked=("paper", "list", "--all", "--limit", "2"),
        recorded=lambda rows: reference in [row["reference"] for row in rows],
        sends=2,
    )


def meeting(number):
    """A meeting convened, moved, postponed."""
    title, asked = f"Họp kỳ {number:03}", ("meeting", "list", "--limit", "2")
    first, second = (f"{SOON + timedelta(days=number + days):%Y-%m-%d}T08:00" for days in (0, 1))
    convening = ("--title", title, "--start", first, "--place", "Phòng 1", "--invite", OFFICIAL)

    def on_record(key, value):
        return lambda rows: value in [row[key] for row in rows if row["title"] == title]

    return (
        Act(("meeting", "convene", *convening, "--yes"), asked, on_record("title", title), sends=2),
        Act(
            ("meeting", "move", title, "--start", second, "--place", "Phòng 2", "--reason", "chủ trì bận", "--yes"),
            asked,
            on_record("place", "Phòng 2"),
            sends=2,
        ),
        Act(("meeting", "postpone", title, "--reason", "bão", "--yes"), asked, on_record("state", "postponed"), sends=2),
    )


def test_a_crash_on_the_way_of_a_paper_return_loses_no_notice_and_sends_no_text_twice(outgoing):
    papers = map(paper, count(1))
    points = taken(outgoing.points(next(papers)), name_of, often=DECISIVE)
    acts = 0
    for point in chain(points, still_alive(outgoing, points)):
        act = next(papers)
        outgoing.dying(act, point)
        outgoing.settle(act)
        acts += 1
    act = next(papers)
    typing = outgoing.typing(act)
    outgoing.settle(act)
    for point in typing:
        act = next(papers)
        outgoing.typing_dies(act, point)
        outgoing.settle(act)
    require_deaths(outgoing, len(points))

    mails, texts = judged(outgoing)
    deposits = outgoing.told("paper", "list", "--all", "--limit", "1000")
    assert len(deposits) == 1 + acts + 1 + len(typing)
    assert {deposit["state"] for deposit in deposits} == {"announced"}
    codes = Counter(deposit["code"] for deposit in deposits)
    bodies = [mail.get_body(("plain",)).get_content() for mail in mails]
    assert Counter(code for body in bodies for code in codes if code in body) == codes, "each told once by mail"
    assert Counter(code for text in texts for code in codes if code in text) == codes, "and once by SMS"
    assert len(bodies) == len(texts) == codes.total()
    assert outgoing.told("register", "list") == []


def test_a_crash_on_the_way_of_a_meeting_loses_no_notice_and_sends_nothing_old_after_the_new(outgoing):
    meetings = map(meeting, count(1))
    convene, move, postpone = next(meetings)
    points = taken(outgoing.points(convene), name_of, often=DECISIVE)
    typing = outgoing.typing(move)
    outgoing.settle(move)
    outgoing.act(postpone)
    outgoing.settle(postpone)
    for point in typing:
        for act in next(meetings):
            outgoing.typing_dies(act, point)
            outgoing.settle(act)
    overtaken = kill_at(outgoing, meetings, points)
    overtaken |= kill_at(outgoing, meetings, list(still_alive(outgoing, points)))
    require_deaths(outgoing, len(points))

    mails, texts = judged(outgoing)
    listed = outgoing.told("meeting", "list", "--limit", "1000")
    for row in listed:
        standing = outgoing.hub.reaching.show(outgoing.unit.id, int(row["id"].removeprefix("m")))
        judge_meeting(standing, mails, texts, overtaken=row["title"] in overtaken)
    entries = outgoing.told("register", "list", "--direction", "out", "--limit", "1000")
    assert sorted(entry["number"] for entry in entries) == list(range(FIRST_INVITATION, FIRST_INVITATION + len(listed)))
    assert Counter(entry["reference"] for entry in entries) == Counter(row["reference"] for row in listed)
    # A repeated copy comes before anything newer, too.
    arrived = defaultdict(list)
    for raw in outgoing.receiver.took:
        event = event_of(message_from_bytes(raw))
        arrived[event["uid"]].append(event["sequence"])
    assert all(sequences == sorted(sequences) for sequences in arrived.values())


def kill_at(outgoing, meetings, points):
    """Kill the hub at every point, by turns over a convening, a move and a postponement.

    Every other time the clerk goes on while the hub is dead, when nobody knows what the convening has sent; gives the titles.
    """
    ahead, overtaken = iter(points), set()
    for point, goes_on in zip(ahead, cycle((False, True))):
        convene, move, postpone = next(meetings)
        outgoing.dying(convene, point)
        if goes_on:
            overtaken.add(convene.typed[convene.typed.index("--title") + 1])
            outgoing.act(move)
        else:
            outgoing.settle(convene)
            outgoing.dying(move, next(ahead, point))
        outgoing.settle(move)
        outgoing.dying(postpone, next(ahead, point))
        outgoing.settle(postpone)
    return overtaken


def still_alive(outgoing, points):
    """The first point of each class that has killed nobody yet: it is tried again."""
    for kind in sorted({name_of(point) for point in points} - set(outgoing.died)):
        yield next(point for point in points if name_of(point) == kind)


def require_deaths(outgoing, points):
    """Every class of point has killed somebody, and few points never came again."""
    print(f"{outgoing.crashes} crashes at {points} points: {Counter(outgoing.died)}")
    assert outgoing.crashes >= points // 2
    assert CLASSES[outgoing.by_words] <= set(outgoing.died)


def judged(outgoing):
    """What arrived, once each: the mails in their order, and the words of the texts in theirs."""
    outgoing.stop()
    dispatches = outgoing.dispatches()
    intended = {item.draft.message_id: item for item in dispatches if item.draft.channel == "mail"}
    took = defaultdict(list)
    for raw in outgoing.receiver.took:
        took[message_from_bytes(raw)["Message-ID"]].append(raw)
    assert set(took) == {name for name, item in intended.items() if item.state is DispatchState.SENT}
    mails = [message_from_bytes(copies[0], policy=default) for copies in took.values()]
    for mail, copies in zip(mails, took.values(), strict=True):
        item = intended[mail["Message-ID"]]
        assert [address.addr_spec for address in mail["To"].addresses] == [item.draft.recipient]
        assert len(set(copies)) == 1, "the same bytes again"
        assert len(copies) <= 1 + item.repeated <= 2, "and only where the hub says so"
    assert sum(item.repeated for item in dispatches) <= outgoing.crashes

    texts = [item for item in outgoing.hub.outbox.shown(outgoing.unit.id, dispatches) if item.dispatch.draft.channel == "sms"]
    delivered = [(item.dispatch.draft.recipient, item.text) for item in texts if item.dispatch.state is DispatchState.DELIVERED]
    assert [(made.to, made.body) for made in outgoing.twilio.made] == delivered, "each once, in the order of the intentions"
    assert mailhub.run(["--home", str(outgoing.hub.home), "audit", "verify"], {}) == 0
    return mails, [text for _, text in delivered]


def judge_meeting(standing, mails, texts, *, overtaken):
    """Three revisions, told in their order; the first may have been overtaken by the second."""
    assert [revision.number for revision in standing.revisions] == [1, 2, 3]
    assert [revision.draft.change.value for revision in standing.revisions] == ["convene", "move", "postpone"]
    sequences = [revision.draft.sequence for revision in standing.revisions]
    assert sequences == sorted(set(sequences)), "rising"
    told = [event for event in map(event_of, mails) if event["uid"] == standing.meeting.draft.uid]
    allowed = [sequences, sequences[1:]] if overtaken else [sequences]
    assert [event["sequence"] for event in told] in allowed
    assert [str(event["status"]) for event in told][-2:] == ["CONFIRMED", "CANCELLED"]
    name = standing.content.title.replace("Họp kỳ", "(ky") + ")"
    ordinals = [int(re.search(r"\blan (\d)", text)[1]) for text in texts if name in text]
    assert len(ordinals) in [len(sequences) for sequences in allowed]
    assert ordinals == sorted(set(ordinals)), "each of them newer than the one before"


def event_of(mail):
    """The event of a mail's calendar part."""
    (part,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    return event
