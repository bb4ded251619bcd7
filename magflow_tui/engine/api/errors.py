"""Every error of the management API as an `ErrorBody`: a stable code, a sentence, the way out."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from magflow_tui.contract.errors import ErrorBody
from magflow_tui.engine.failures import as_sentence
from magflow_tui.store import StoreError

log = logging.getLogger(__name__)

_STATUS_CODES = {404: "not_found", 405: "method_not_allowed"}


class ApiError(Exception):
    """A call that cannot be carried out, with the HTTP status it is answered with."""

    def __init__(self, status: int, code: str, message: str, *, hint: str | None = None, detail: str | None = None):
        super().__init__(message)
        self.status = status
        self.body = ErrorBody(code=code, message=message, hint=hint, detail=detail)


def not_found(what: str) -> ApiError:
    return ApiError(404, "not_found", f"There is no {what}.")


def error_answer(status: int, body: ErrorBody, headers: dict[str, str] | None = None) -> Response:
    return Response(body.model_dump_json(), status, headers, media_type="application/json")


def install(app: FastAPI) -> None:
    """Answer every exception in the one shape. No traceback and no value that was sent leaves the engine."""

    @app.exception_handler(ApiError)
    async def answer_api_error(_: Request, error: ApiError) -> Response:
        return error_answer(error.status, error.body)

    @app.exception_handler(RequestValidationError)
    async def answer_validation(_: Request, error: RequestValidationError) -> Response:
        places = [(".".join(str(part) for part in fault["loc"]), str(fault["msg"])) for fault in error.errors()]
        message = "; ".join(f"{place}: {text}" for place, text in places)
        detail = places[0][0] if places else None
        return error_answer(422, ErrorBody(code="bad_request", message=as_sentence(message), detail=detail))

    @app.exception_handler(HTTPException)
    async def answer_http(request: Request, error: HTTPException) -> Response:
        code = _STATUS_CODES.get(error.status_code, "bad_request")
        body = ErrorBody(code=code, message=as_sentence(str(error.detail)), detail=request.url.path)
        return error_answer(error.status_code, body, dict(error.headers or {}))

    @app.exception_handler(StoreError)
    async def answer_store(_: Request, error: StoreError) -> Response:
        body = ErrorBody(code="store", message=as_sentence(error.message), hint=error.hint)
        return error_answer(503, body)

    @app.exception_handler(Exception)
    async def answer_unexpected(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        body = ErrorBody(code="internal", message="The engine failed at this call.", hint="See the engine's log.")
        return error_answer(500, body)
