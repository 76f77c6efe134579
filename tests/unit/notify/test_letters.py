from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import botocore.exceptions
import jinja2
import pytest

import chalicelib.notify
from chalicelib.notify.compose import compose
from chalicelib.notify.mime import to_bytes
from chalicelib.notify.model import Mail, State
from chalicelib.notify.relays import MailDelayed, MailRefused
from chalicelib.notify.relays.ses import SesRelay

TEMPLATES = Path(chalicelib.notify.__file__).parent / "templates"
NAMES = sorted(path.stem for path in TEMPLATES.glob("*.txt"))
NOW = datetime(2031, 5, 6, tzinfo=UTC)


def letter(template="invitation", sender="PaperTrail <noreply@dms.example.com>", **parameters):
    mail = Mail(
        id="m1",
        to="zoe@example.com",
        template=template,
        parameters={
            "name": "Zoë <script>",
            "username": "zoe",
            "portal_url": "https://p.example",
            **parameters,
        },
        state=State.PENDING,
        attempts=1,
        created_at="",
        next_attempt_at=None,
    )
    return compose(mail, sender=sender, now=NOW)


@pytest.mark.parametrize("template", NAMES)
@pytest.mark.parametrize("portal_url", ["https://p.example", ""])
def test_every_mail_has_a_subject_and_the_same_text_in_two_forms(template, portal_url):
    written = letter(template, portal_url=portal_url)
    assert 10 < len(written.subject) < 70
    assert "Zoë <script>" in written.text
    assert "Zoë &lt;script&gt;" in written.html
    assert "zoe" in written.text
    assert "zoe" in written.html
    assert ("/sign-in" in written.text) == ("/sign-in" in written.html)
    assert "https://" not in written.text + written.html or portal_url
    assert "\n\n\n" not in written.text


def test_a_mail_that_lacks_a_parameter_is_not_sent_with_a_hole():
    with pytest.raises(jinja2.UndefinedError):
        compose(
            Mail(
                id="m1",
                to="a@b",
                template="invitation",
                parameters={},
                state=State.PENDING,
                attempts=1,
                created_at="",
                next_attempt_at=None,
            ),
            sender="a@b",
            now=NOW,
        )


def test_the_message_reads_back_as_written():
    written = letter()
    message = message_from_bytes(to_bytes(written), policy=policy.default)
    assert message["To"] == "zoe@example.com"
    assert message["From"] == "PaperTrail <noreply@dms.example.com>"
    assert message["Subject"] == written.subject
    assert message["Message-ID"] == message["Original-Message-ID"] == "<m1@dms.example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().replace("\r", "") == written.text
    assert message.get_body(("html",)).get_content().replace("\r", "").strip() == written.html


class Client:
    def __init__(self, error=None):
        self.error = error
        self.sent = []

    def send_email(self, **arguments):
        self.sent.append(arguments)
        if self.error:
            raise self.error
        return {"MessageId": "ses-1"}


def trouble(code):
    return botocore.exceptions.ClientError({"Error": {"Code": code, "Message": "why"}}, "SendEmail")


def test_ses_gets_the_raw_message():
    client = Client()
    assert SesRelay(client).send(letter()) == "ses-1"
    (sent,) = client.sent
    assert sent["Destination"] == {"ToAddresses": ["zoe@example.com"]}
    assert b"Message-ID: <m1@dms.example.com>" in sent["Content"]["Raw"]["Data"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (trouble("MessageRejected"), MailRefused),
        (trouble("BadRequestException"), MailRefused),
        (trouble("TooManyRequestsException"), MailDelayed),
        (trouble("MailFromDomainNotVerifiedException"), MailDelayed),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="x"), MailDelayed),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="x"), MailDelayed),
    ],
)
def test_the_answers_of_ses_are_told_apart(error, expected):
    with pytest.raises(expected):
        SesRelay(Client(error)).send(letter())


def test_faults_of_ours_are_not_taken_for_the_relays():
    with pytest.raises(KeyError):
        SesRelay(Client(KeyError("x"))).send(letter())
