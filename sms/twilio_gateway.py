"""Texts through Twilio: its SDK behind a time-out, without retries of its own, every answer turned into an outcome."""

import json
import logging
import ssl
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.exceptions import ConnectTimeout, ProxyError, RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from sms.gateway import Delivery, DeliveryState, Search, SearchState, SendOutcome, SendState, TextMessage
from sms.twilio_codes import UNDELIVERED, delivery_of, outcome_of

THROTTLED_FOR = timedelta(seconds=30)
"""How long to leave Twilio alone when it asks for less without saying for how long."""

LONGEST_VALIDITY = timedelta(seconds=36_000)
SHORTEST_VALIDITY = timedelta(seconds=6)
CLOCKS_DIFFER_BY = timedelta(minutes=5)
MOST_LISTED = 100
"""More texts than one phone gets between losing sight of a text and looking for it."""
LONGEST_DETAIL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    """The account, who the texts come from (`service` goes before `sender`), and where the API is.

    `base_url` is empty for Twilio itself; `seconds` is waited for a connection, and again for an answer.
    """

    account: str = field(repr=False)
    token: str = field(repr=False)
    sender: str = ""
    service: str = ""
    base_url: str = ""
    seconds: float = 10.0


class TwilioGateway:
    """Sends, follows and finds texts; may be used by several threads at once."""

    name = "twilio"

    def __init__(self, settings: TwilioSettings) -> None:
        self._settings = settings

    def send(self, message: TextMessage) -> SendOutcome:
        """Make one attempt.

        Creating a message is not idempotent at Twilio and takes no key of ours, so whatever may have arrived there without
        an answer coming back is UNCERTAIN.
        """
        try:
            with self._client() as client:
                made = client.messages.create(to=message.to, body=message.text, **self._origin(), **_validity(message))
        except TwilioException as error:
            return self._refused(error)
        except RequestException as error:
            state = SendState.TEMPORARY if _never_left(error) else SendState.UNCERTAIN
            return SendOutcome(state=state, detail=type(error).__name__)
        if not made.sid:
            return SendOutcome(state=SendState.UNCERTAIN, detail="the answer names no message")
        return SendOutcome(state=SendState.ACCEPTED, sid=made.sid)

    def status(self, sid: str) -> Delivery:
        """How far the text has come; UNKNOWN when Twilio cannot be asked now."""
        try:
            with self._client() as client:
                message = client.messages(sid).fetch()
        except (TwilioException, RequestException) as error:
            return Delivery(state=DeliveryState.UNKNOWN, detail=self._failure(error))
        why = UNDELIVERED.get(message.error_code, message.error_message or "") if message.error_code else ""
        detail = f"{message.error_code}: {why}" if message.error_code else str(message.status)
        return Delivery(state=delivery_of(message.status), detail=self._line(detail))

    def find(self, message: TextMessage, since: datetime) -> Search:
        """The texts in Twilio's list with these words to this number.

        A text that still waits in Twilio's queue has no date and may be missing from the list: ask again a minute later.
        """
        try:
            with self._client() as client:
                after = since - CLOCKS_DIFFER_BY
                listed = client.messages.list(to=message.to, date_sent_after=after, limit=MOST_LISTED)
        except (TwilioException, RequestException) as error:
            return Search(state=SearchState.FAILED, detail=self._failure(error))
        same = [found.sid for found in listed if found.direction != "inbound" and _words(found.body) == _words(message.text)]
        # The list begins with the newest.
        return Search(state=SearchState.ASKED, sids=tuple(reversed(same)))

    def close(self) -> None:
        """Nothing is held open between two texts."""

    @contextmanager
    def _client(self) -> Iterator[Client]:
        # A connection of its own for every text: on one that was kept open, the other side's closing cannot be told from a
        # lost answer, and each would make a text uncertain.
        # An environment that is not empty keeps the SDK from looking at the process's own.
        transport = _Transport(self._settings.base_url, self._settings.seconds)
        try:
            yield Client(self._settings.account, self._settings.token, http_client=transport, environment={"TWILIO_EDGE": ""})
        finally:
            transport.close()

    def _origin(self) -> dict[str, str]:
        if self._settings.service:
            return {"messaging_service_sid": self._settings.service}
        return {"from_": self._settings.sender}

    def _refused(self, error: TwilioException) -> SendOutcome:
        if isinstance(error, _TooManyError):
            return SendOutcome(state=SendState.THROTTLED, detail=self._failure(error), wait=error.wait)
        if not isinstance(error, TwilioRestException | TwilioServiceException):
            return SendOutcome(state=SendState.UNCERTAIN, detail=self._failure(error))
        state = outcome_of(error.status, error.code or 0)
        wait = THROTTLED_FOR if state is SendState.THROTTLED else None
        return SendOutcome(state=state, detail=self._failure(error), wait=wait)

    def _failure(self, error: Exception) -> str:
        match error:
            case _TooManyError():
                return "429: too many requests"
            case _GarbledError():
                return str(error)
            case TwilioRestException():
                return self._line(f"{error.code or error.status}: {error.msg}")
            case TwilioServiceException():
                return self._line(f"{error.code or error.status}: {error.title}")
            case _:
                return type(error).__name__

    def _line(self, text: str) -> str:
        """One line for the record; Twilio's sentences may quote the account."""
        for secret in (self._settings.account, self._settings.token):
            text = text.replace(secret, "…") if secret else text
        return " ".join(text.split())[:LONGEST_DETAIL]


class _TooManyError(TwilioException):  # type: ignore[misc]  # the SDK has no types
    """Twilio wants fewer requests; the SDK's own exception does not tell for how long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many requests")
        self.wait = wait


class _GarbledError(TwilioException):  # type: ignore[misc]  # the SDK has no types
    """An answer of success that says nothing."""


class _Transport(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's HTTP client, pointed at another host where the settings name one, and silent.

    The SDK has no setting for its base URL, and logs addresses that hold the account.
    """

    def __init__(self, base_url: str, seconds: float) -> None:
        super().__init__(timeout=seconds, max_retries=0, logger=_SILENT)
        self._base = urlsplit(base_url)

    def request(self, method: str, url: str, **rest: object) -> Response:
        """Make the request at the chosen host."""
        if self._base.netloc:
            parts = urlsplit(url)
            path = self._base.path.rstrip("/") + parts.path
            url = urlunsplit(parts._replace(scheme=self._base.scheme, netloc=self._base.netloc, path=path))
        response: Response = super().request(method, url, **rest)
        if response.status_code == requests.codes.too_many_requests:
            raise _TooManyError(_retry_after(response.headers))
        if response.ok and not _is_object(response.text):
            raise _GarbledError("the answer is no JSON object")
        return response

    def close(self) -> None:
        """End the connections."""
        if self.session is not None:
            self.session.close()


_SILENT = logging.getLogger("sms.twilio.silent")
_SILENT.disabled = True


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _retry_after(headers: Mapping[str, str] | None) -> timedelta:
    """RFC 9110, 10.2.3, where it is a number of seconds; else a guess."""
    value = (headers or {}).get("Retry-After", "")
    return timedelta(seconds=min(int(value), 3600)) if value.isascii() and value.isdigit() else THROTTLED_FOR


def _validity(message: TextMessage) -> dict[str, int]:
    if message.valid_for is None:
        return {}
    length = max(SHORTEST_VALIDITY, min(message.valid_for, LONGEST_VALIDITY))
    return {"validity_period": int(length.total_seconds())}


def _never_left(error: RequestException) -> bool:
    """Whether no byte of the request can have arrived: there was no connection to send it over."""
    if isinstance(error, ConnectTimeout | ProxyError):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    within = reason.args[0] if reason is not None and reason.args else None
    return isinstance(reason, NewConnectionError) or isinstance(within, ssl.SSLCertVerificationError)


def _words(body: str | None) -> str:
    """A text as it is compared: what carriers and phones change does not count."""
    return unicodedata.normalize("NFC", body or "").rstrip()
