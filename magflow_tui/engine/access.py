"""Who may call over TCP: whoever holds the token. The unix socket needs none, its folder's permissions decide."""

from __future__ import annotations

import hmac

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from magflow_tui.contract.errors import ErrorBody
from magflow_tui.engine.api.errors import error_answer

#: What a probe may ask without a token.
_OPEN_PATHS = frozenset({"/health"})
_REFUSED = ErrorBody(
    code="unauthorised", message="A bearer token is needed.", hint="Send the token of MAGFLOW_API_TOKEN."
)


class BearerGuard:
    """Lets requests with `Authorization: Bearer <token>` through, and answers 401 to all others."""

    def __init__(self, app: ASGIApp, token: SecretStr) -> None:
        self._app = app
        self._expected = b"Bearer " + token.get_secret_value().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _OPEN_PATHS or self._allows(scope):
            await self._app(scope, receive, send)
            return
        answer = error_answer(401, _REFUSED, {"WWW-Authenticate": "Bearer"})
        await answer(scope, receive, send)

    def _allows(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        return len(given) == 1 and hmac.compare_digest(given[0], self._expected)
