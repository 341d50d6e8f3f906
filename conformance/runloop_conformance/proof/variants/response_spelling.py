"""Legal spellings of a response: of its JSON, its Content-Type and its ids."""

import json
import uuid
from typing import Any

from starlette.responses import Response

from runloop_conformance.proof.mutants.changes import Run
from runloop_conformance.proof.mutants.pointers import RULE
from runloop_conformance.proof.variants.variant import Variants
from runloop_conformance.servers.reference import Reference

VARIANTS = Variants()


class Spelled(Reference):
    """Writes its JSON differently."""

    def dump(self, value: Any) -> bytes:
        return self.spell(value).encode()

    def spell(self, value: Any) -> str:
        raise NotImplementedError


@VARIANTS.variant(RULE + "json-answer")
class PrettyPrinted(Spelled):
    """Responses are indented, and end with a line break."""

    def spell(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, indent=4) + "\r\n"


@VARIANTS.variant(RULE + "json-answer")
class Escaped(Spelled):
    """Responses are in ASCII, with everything else and the slash escaped."""

    def spell(self, value: Any) -> str:
        return json.dumps(value).replace("/", "\\/")


@VARIANTS.variant(RULE + "json-answer")
class MembersReversed(Spelled):
    """Properties come in the reverse order."""

    def spell(self, value: Any) -> str:
        def backwards(members: list[tuple[str, Any]]) -> dict[str, Any]:
            return dict(reversed(members))

        return json.dumps(json.loads(json.dumps(value), object_pairs_hook=backwards), ensure_ascii=False)


@VARIANTS.variant(RULE + "json-answer")
class MembersSorted(Spelled):
    """Properties come in alphabetical order, those of maps too."""

    def spell(self, value: Any) -> str:
        return json.dumps(value, sort_keys=True)


class ContentType(Reference):
    """Sends another Content-Type."""

    content_type = "application/json; charset=utf-8"

    def accept(self, run: Run) -> Response:
        return Response(self.dump(run), headers={"Content-Type": self.content_type})


@VARIANTS.variant(RULE + "json-answer")
class WithCharset(ContentType):
    """The Content-Type says charset=utf-8."""


@VARIANTS.variant(RULE + "json-answer")
class TypeInCapitals(ContentType):
    """The Content-Type is spelled in capitals, and without a space."""

    content_type = 'Application/JSON;charset="UTF-8"'


class Ids(Reference):
    """Creates ids of another form."""

    form = "{number}"

    def new_id(self) -> str:
        return self.form.format(number=next(self._count), uuid=uuid.uuid4())


@VARIANTS.variant(RULE + "new-run")
class IdsAreNumbers(Ids):
    """Ids are integers, in strings."""


@VARIANTS.variant(RULE + "new-run")
class IdsAreUuids(Ids):
    """Ids are UUIDs."""

    form = "{uuid}"


@VARIANTS.variant(RULE + "new-run")
class IdsAreAddresses(Ids):
    """Ids are long, and full of characters that need care."""

    form = "https://api.example.org/runs/{number}?of=ü&“{uuid}”#" + "-" * 600
