"""What a body may say, by its model alone: what it refuses never comes to a use case."""

import pytest
from pydantic import ValidationError

from functions.http.bodies.documents import NewDocument
from functions.http.bodies.nodes import AccessShape, NewNode
from functions.http.bodies.sessions import Credentials
from functions.http.bodies.users import NewUserBody, UserChange
from functions.http.bodies.versions import Completion, RollBack

ID, SHA256 = "01j9zq6n5v8k3w2r7t4x1y0abc", "0f" * 32
NODE = {"parent_id": ID, "name": "Contracts"}
DOCUMENT = {"node_id": ID, "name": "Letter.pdf", "size": 0, "sha256": SHA256}
ACCESS = {"inherit": True, "grants": [{"principal": f"user:{ID}", "role": "viewer"}]}
PART = {"number": 1, "sha256": SHA256}
PERSON = {"name": "Zoë", "username": "zoe"}
CREDENTIALS = {"username": "zoe", "password": "mossy lantern quarrel"}
RIGHT = [
    (NewNode, NODE),
    (NewDocument, DOCUMENT),
    (NewDocument, {**DOCUMENT, "size": 2**63 - 1}),
    (AccessShape, ACCESS),
    (Completion, {"parts": [PART, {**PART, "number": 10_000}]}),
    (RollBack, {"version": 1}),
    (NewUserBody, PERSON),
    (UserChange, {"email": None}),
    (Credentials, CREDENTIALS),
]
WRONG = [
    (NewNode, {**NODE, "parent_id": ""}),
    (NewNode, {**NODE, "parent_id": "a#b"}),
    (NewNode, {**NODE, "parent_id": "a" * 65}),
    (NewNode, {**NODE, "name": ""}),
    (NewNode, {**NODE, "names": "a slip"}),
    (NewDocument, {**DOCUMENT, "size": -1}),
    (NewDocument, {**DOCUMENT, "size": 2**63}),
    (NewDocument, {**DOCUMENT, "size": "1"}),
    (NewDocument, {**DOCUMENT, "size": 1.0}),
    (AccessShape, {**ACCESS, "grants": [{"principal": f"robot:{ID}", "role": "viewer"}]}),
    (AccessShape, {**ACCESS, "grants": [{"principal": "user:", "role": "viewer"}]}),
    (AccessShape, {**ACCESS, "inherit": "true"}),
    (Completion, {"parts": [{**PART, "number": 0}]}),
    (Completion, {"parts": [{**PART, "number": 10_001}]}),
    (Completion, {"parts": [{**PART, "sha256": SHA256.upper()}]}),
    (Completion, {"parts": [{**PART, "sha256": SHA256[1:]}]}),
    (RollBack, {"version": 0}),
    (NewUserBody, {**PERSON, "is_administrator": "yes"}),
    (NewUserBody, {**PERSON, "administrator": True}),
    (UserChange, {"name": None}),
    (UserChange, {"disabled": None}),
    (Credentials, {**CREDENTIALS, "password": None}),
]


@pytest.mark.parametrize(("model", "body"), RIGHT)
def test_what_a_body_may_say(model, body):
    model.model_validate(body)


@pytest.mark.parametrize(("model", "body"), WRONG, ids=str)
def test_what_no_body_may_say(model, body):
    with pytest.raises(ValidationError):
        model.model_validate(body)
