import asyncio
import datetime
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from graph_support import (
    BASE,
    NOW,
    PROFILES,
    SCORES,
    SMALL_TENANT,
    Reply,
    Service,
    Token,
    ask,
    objects,
    over,
    page,
    refusal,
    sandbox_token,
    small_sandbox,
    tenant_with,
)

from checker import __version__
from checker.errors import DeadlineError, GraphError
from checker.sandbox.app import Sandbox
from checker.sandbox.faults.kinds import (
    ForeignNextLink,
    HtmlPage,
    HugeBody,
    NextLinkLoop,
    Partial,
    Status,
    TruncatedJson,
)


def refused(service: Any, token: Token | None = None, *, deadline: float = 20.0) -> GraphError:
    with pytest.raises(GraphError) as caught:
        ask(service, token, deadline=deadline)
    return caught.value


def too_late(service: Any, deadline: float) -> DeadlineError:
    with pytest.raises(DeadlineError) as caught:
        ask(service, deadline=deadline)
    return caught.value


def test_every_page_of_the_profiles_is_followed_and_every_object_is_untouched() -> None:
    sandbox = small_sandbox(page_size=50)
    found = ask(sandbox, days=9)
    assert objects(found.control_profiles) == SMALL_TENANT.control_profiles
    assert objects(found.secure_scores) == SMALL_TENANT.secure_scores
    assert found.warnings == {}
    pages = [request for request in sandbox.requests if request.path == PROFILES]
    assert len(pages) == -(-len(SMALL_TENANT.control_profiles) // 50)


@pytest.mark.parametrize(("days", "given"), [(1, 1), (8, 8), (90, 9)])
def test_as_many_days_are_asked_for_as_are_wanted_and_the_walk_stops_there(days: int, given: int) -> None:
    sandbox = small_sandbox()
    found = ask(sandbox, days=days)
    assert objects(found.secure_scores) == SMALL_TENANT.secure_scores[:given]
    assert [request.query for request in sandbox.requests if request.path == SCORES] == [f"$top={days}"]


def test_days_that_come_over_several_pages_are_followed_until_there_are_enough() -> None:
    pages = [page([{"n": n}, {"n": n + 1}], f"{BASE}{SCORES}?$skiptoken={n}") for n in (0, 2, 4, 6)]
    service = Service(scores=pages)
    assert objects(ask(service, days=5).secure_scores) == [{"n": n} for n in range(5)]
    assert [request.url.query for request in service.asked(SCORES)] == [b"$top=5", b"$skiptoken=0", b"$skiptoken=2"]


def test_no_filter_is_sent_and_a_next_link_is_used_whole() -> None:
    link = f"{BASE}{PROFILES}?$skiptoken=a%2Fb+c'd&x=%C3%A9"
    service = Service(profiles=[page(next_link=link), page()])
    ask(service)
    assert not any(b"filter" in request.url.query.lower() for request in service.requests)
    assert service.asked(PROFILES)[1].url.query == b"$skiptoken=a%2Fb+c'd&x=%C3%A9"


@pytest.mark.parametrize(
    "link",
    [
        f"https://graph.attacker.example{PROFILES}",
        f"https://graph.test.attacker.example{PROFILES}",
        f"https://graph.test@attacker.example{PROFILES}",
        f"http://graph.test{PROFILES}",
        f"https://graph.test:8443{PROFILES}",
        f"//graph.test{PROFILES}",
        PROFILES,
        "",
        "file:///etc/hostname",
    ],
)
def test_a_next_link_elsewhere_is_refused_and_the_token_not_sent_there(link: str) -> None:
    service = Service(profiles=[page([{"id": "a"}], link), page()])
    error = refused(service)
    assert error.message.startswith("Graph sent a nextLink to another host (")
    assert error.message.endswith("; the token was not sent to it")
    assert error.place == f"{BASE}{PROFILES}"
    assert "--graph-url" in error.advice
    assert [str(request.url) for request in service.asked(PROFILES)] == [f"{BASE}{PROFILES}?$top=999"]


def test_a_next_link_to_the_same_origin_in_other_spelling_is_followed() -> None:
    service = Service(profiles=[page([{"n": 1}], f"HTTPS://GRAPH.TEST:443{PROFILES}?$skiptoken=x"), page([{"n": 2}])])
    assert objects(ask(service).control_profiles) == [{"n": 1}, {"n": 2}]


def test_a_next_link_that_is_no_url_is_refused() -> None:
    service = Service(profiles=[page(next_link="https://graph.test:port/")])
    assert refused(service).message == "Graph sent a nextLink that is not a URL"


def test_the_sandbox_s_foreign_link_is_refused_with_its_name() -> None:
    sandbox = small_sandbox()
    sandbox.faults.add(PROFILES, ForeignNextLink("graph.attacker.example"))
    assert "another host (https://graph.attacker.example)" in refused(sandbox).message


def test_a_page_that_leads_to_itself_ends_the_walk() -> None:
    sandbox = small_sandbox()
    sandbox.faults.add(PROFILES, NextLinkLoop(), times=5)
    assert "a nextLink came twice" in refused(sandbox).message
    assert len([request for request in sandbox.requests if request.path == PROFILES]) == 1


def test_pages_that_lead_round_in_a_circle_end_the_walk() -> None:
    links = [f"{BASE}{PROFILES}?$skiptoken={name}" for name in "aba"]
    service = Service(profiles=[page(next_link=link) for link in links])
    assert "a nextLink came twice" in refused(service).message
    assert len(service.asked(PROFILES)) == 3


@pytest.mark.parametrize(
    ("status", "said", "advice"),
    [
        (401, "Graph answered 401 (InvalidAuthenticationToken: Access token validation failure.)", "--tenant"),
        (404, "Graph answered 404 (ResourceNotFound: Resource not found.)", "--graph-url"),
        (400, "Graph answered 400 (BadRequest: Invalid request.)", "check --graph-url, --cloud and any proxy"),
        (500, "Graph answered 500 (InternalServerError: An internal server error", "run again later"),
    ],
)
def test_a_refusal_that_will_not_pass_is_told_at_once(status: int, said: str, advice: str) -> None:
    sandbox = small_sandbox()
    sandbox.faults.add(SCORES, Status(status), times=9)
    error = refused(sandbox)
    assert error.message.startswith(said)
    assert ", request-id " in error.message
    assert advice in error.advice
    assert error.place == f"{BASE}{SCORES}"
    assert len([request for request in sandbox.requests if request.path == SCORES]) == 1


def test_a_missing_permission_is_named_with_the_consent_that_gives_it() -> None:
    sandbox = small_sandbox()
    error = refused(sandbox, sandbox_token(sandbox, roles=[]))
    assert error.message.startswith("Graph answered 403 (UnknownError: Auth token does not contain valid permissions")
    assert "SecurityEvents.Read.All" in error.advice
    assert "an administrator consent to it" in error.advice


def test_a_redirect_is_not_followed() -> None:
    service = Service(scores=[refusal(302, location=b"https://graph.attacker.example/")])
    assert refused(service).message == "Graph answered 302 (no reason given)"
    assert {request.url.host for request in service.requests} == {"graph.test"}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_refusal_that_passes_is_tried_again_over_a_new_connection(status: int) -> None:
    sandbox = small_sandbox()
    sandbox.faults.add(SCORES, Status(status), times=2)
    made: list[int] = []

    def transport() -> httpx.AsyncBaseTransport:
        made.append(1)
        return httpx.ASGITransport(sandbox.app)

    found = over(transport, sandbox_token(sandbox))
    assert objects(found.secure_scores) == SMALL_TENANT.secure_scores[:1]
    # One for each collection, and one more after each refusal.
    assert len(made) == 4


@pytest.mark.parametrize(
    "wait",
    [
        b"0",
        b"Fri, 31 Dec 1999 23:59:59 GMT",
        b"soon",
        b"-5",
        b"1.5",
        b"\xb2",
        b"Fri, 31 Dec 99999999999 23:59:59 GMT",
        b"",
    ],
)
def test_a_retry_after_that_is_past_or_makes_no_sense_does_not_stop_the_run(wait: bytes) -> None:
    service = Service(scores=[refusal(429, retry_after=wait), page([{"n": 1}])])
    assert objects(ask(service, deadline=5).secure_scores) == [{"n": 1}]


def in_an_hour() -> bytes:
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    return moment.strftime("%a, %d %b %Y %H:%M:%S GMT").encode()


@pytest.mark.parametrize("wait", [lambda: b"1", lambda: b"999999999999", in_an_hour])
@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_beyond_the_deadline_is_not_waited_for(status: int, wait: Callable[[], bytes]) -> None:
    body = json.dumps({"error": {"code": "TooManyRequests", "message": "Slow down"}}).encode()
    service = Service(scores=[refusal(status, body, retry_after=wait()), page([{"n": 1}])])
    error = too_late(service, 0.5)
    assert re.fullmatch(
        r"Graph asks to wait (1|3599|3600) seconds, longer than the run may take: "
        rf"Graph answered {status} \(TooManyRequests: Slow down\)",
        error.message,
    )
    assert error.place == f"{BASE}{SCORES}"
    assert "--timeout" in error.advice
    # The wait that was asked for was honoured: there was no second request.
    assert len(service.asked(SCORES)) == 1


def test_a_wait_that_is_asked_for_is_waited() -> None:
    service = Service(scores=[refusal(429, retry_after=b"1"), page([{"n": 1}])])
    assert objects(ask(service, deadline=20).secure_scores) == [{"n": 1}]


def test_a_deadline_names_what_still_refuses_and_not_what_has_recovered() -> None:
    service = Service(scores=[refusal(503), page([{"n": 1}])], profiles=[refusal(502)])
    error = too_late(service, 0.7)
    assert error.message.endswith("its last answer: Graph answered 502 (no reason given)")
    assert error.place == f"{BASE}{PROFILES}"


def test_a_service_that_says_nothing_runs_into_the_deadline() -> None:
    async def silent(_scope: Any, _receive: Any, _send: Any) -> None:
        await asyncio.sleep(60)

    assert too_late(silent, 0.1).message == "Graph did not answer within 0.1 seconds"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (HtmlPage(), "Graph's answer is a web page"),
        (TruncatedJson(), "Graph's answer is not a page of JSON (Input data was truncated)"),
    ],
)
def test_an_answer_that_is_no_page_is_told_with_a_hint_at_proxies(fault: Any, said: str) -> None:
    sandbox = small_sandbox()
    sandbox.faults.add(PROFILES, fault)
    error = refused(sandbox)
    assert error.message == said
    assert "HTTPS_PROXY" in error.advice


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'{"value": null}', b"{}", b'{"value": [], "@odata.nextLink": 5}', b"\xff", b"[" * 100_000],
)
def test_json_that_is_no_page_is_refused(body: bytes) -> None:
    assert refused(Service(scores=[Reply(body)])).message.startswith("Graph's answer is not a page of JSON (")


def test_a_body_beyond_the_limit_is_refused() -> None:
    sandbox = small_sandbox()
    sandbox.faults.add(SCORES, HugeBody(mebibytes=65))
    assert refused(sandbox).message == "Graph's answer is larger than the limit of 64 MiB"


def test_a_web_page_with_a_status_that_may_pass_is_named_when_it_does_not() -> None:
    sandbox = small_sandbox()
    sandbox.faults.add(SCORES, HtmlPage(status=503), times=1000)
    assert "Graph answered 503 (a web page instead of JSON" in too_late(sandbox, 0.5).message


def test_a_partial_answer_is_taken_with_its_warning() -> None:
    sandbox = small_sandbox()
    said = '199 - "Microsoft/SecureScore/504/10000", 199 - "Other/Provider/500/20"'
    sandbox.faults.add(PROFILES, Partial(said))
    found = ask(sandbox)
    assert found.warnings == {"secureScoreControlProfiles": said}
    assert len(found.control_profiles) == 200 + len(SMALL_TENANT.control_profiles[200:])


def test_a_partial_answer_without_a_warning_is_still_known_as_partial() -> None:
    partial = Reply(b'{"value": []}', 206)
    assert ask(Service(scores=[partial])).warnings == {"secureScores": "no reason given"}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": "", "message": "Http request failed with statusCode=BadRequest"}, "(Http request failed with s"),
        ({"code": "Denied", "message": ""}, "(Denied)"),
        ({"code": "", "message": ""}, "(no reason given)"),
        ({"code": "A", "message": " b\n", "innererror": {"request-id": "r-1"}}, "(A: b), request-id r-1"),
        ({"code": "A", "message": "b", "innerError": {"request-id": "r-2"}}, "(A: b), request-id r-2"),
        ({"code": "A", "message": "b", "innerError": {"request-id": None}}, "(A: b)"),
        ({"code": "A", "message": None}, "(A)"),
        ("a text", "(no reason given)"),
    ],
)
def test_error_bodies_in_all_their_spellings(error: Any, said: str) -> None:
    service = Service(scores=[refusal(400, json.dumps({"error": error}).encode())])
    assert refused(service).message.startswith(f"Graph answered 400 {said}")


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 100_000, b'{"error": {"message": "\\ud800"}}', b"null"])
def test_error_bodies_that_cannot_be_read_do_not_hide_the_status(body: bytes) -> None:
    assert refused(Service(scores=[refusal(400, body)])).message == "Graph answered 400 (no reason given)"


def test_a_long_error_message_is_cut() -> None:
    body = json.dumps({"error": {"code": "A", "message": "x" * 200_000}}).encode()
    assert len(refused(Service(scores=[refusal(400, body)])).message) < 600


def test_an_empty_tenant_gives_two_empty_collections() -> None:
    sandbox = Sandbox([tenant_with(secure_scores=[], control_profiles=[])], now=lambda: NOW, public_url=BASE)
    found = ask(sandbox)
    assert (found.secure_scores, found.control_profiles, found.warnings) == ([], [], {})


def test_both_collections_are_asked_for_at_the_same_time() -> None:
    under_way = 0
    both = asyncio.Event()

    async def meeting(scope: Any, receive: Any, send: Any) -> None:
        nonlocal under_way
        under_way += 1
        if under_way == 2:
            both.set()
        # Each answers only when the other has been asked for too.
        await asyncio.wait_for(both.wait(), 5)
        await Service()(scope, receive, send)

    assert ask(meeting).secure_scores == []


def test_requests_are_marked_and_the_token_is_asked_for_each_time() -> None:
    service = Service(
        scores=[refusal(503), page()], profiles=[page(next_link=f"{BASE}{PROFILES}?$skiptoken=1"), page()]
    )
    token = Token()
    ask(service, token)
    headers = [request.headers for request in service.requests]
    assert len(headers) == 4
    assert len({one["client-request-id"] for one in headers}) == 4
    assert {one["user-agent"] for one in headers} == {f"scoregate/{__version__}"}
    assert {one["accept"] for one in headers} == {"application/json"}
    assert token.asked == 4
    assert sorted(one["authorization"] for one in headers) == [f"Bearer token-{number}" for number in (1, 2, 3, 4)]


def test_the_token_is_in_no_error() -> None:
    service = Service(scores=[refusal(401, b'{"error": {"code": "InvalidAuthenticationToken", "message": ""}}')])
    seen: BaseException | None = refused(service, Token(lambda _: "eyJ-very-secret"))
    while seen is not None:
        assert "eyJ-very-secret" not in f"{seen}{seen!r}"
        seen = seen.__cause__ or seen.__context__


def test_a_gateway_s_path_stays_before_the_version() -> None:
    service = Service()

    async def gateway(scope: Any, receive: Any, send: Any) -> None:
        assert scope["path"].startswith("/graph/v1.0/")
        await service({**scope, "path": scope["path"].removeprefix("/graph")}, receive, send)

    found = over(lambda: httpx.ASGITransport(gateway), Token(), base=f"{BASE}/graph/")
    assert found.secure_scores == []


def test_lone_surrogates_in_a_page_reach_the_caller_as_they_were_sent() -> None:
    entry = rb'{"id": "a", "title": "\ud83d x \udc00"}'
    found = ask(Service(profiles=[Reply(b'{"value": [ ' + entry + b" ]}")]))
    assert [bytes(one) for one in found.control_profiles] == [entry]
