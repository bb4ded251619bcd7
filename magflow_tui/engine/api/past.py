"""What was: the live view at the end of a minute, minutes that are over, and what routes did in them."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.past import PastMoment, RouteMetricsList
from magflow_tui.engine.api.asking import Account
from magflow_tui.engine.api.serving_engine import AnyEngine
from magflow_tui.engine.route_metrics import routes_over
from magflow_tui.store.frames import moment_of, read_moment
from magflow_tui.store.minutes import Span, instant_of, minute_of, minutes_of, read_span

router = APIRouter(tags=["past"])

HOUR = 60
#: The longest span, in minutes: as long as anything is kept.
LONGEST = 43_200
#: The longest span whose minutes are added up for who asks, in minutes.
WEEK = 10_080


@router.get("/past", response_model=PastMoment)
async def past_moment(engine: AnyEngine, at: AwareDatetime) -> Response:
    """What was shown at the end of the minute in which `at` is; nothing where the engine did not run."""
    await engine.recorder.settle()
    kept = await engine.store.read(partial(read_moment, minute=minute_of(at)))
    # In a thread, as are the minutes below: with many routes these are long texts.
    return _json(await asyncio.to_thread(lambda: moment_of(kept).model_dump_json()))


@router.get("/monitoring/minutes", response_model=Minutes)
async def minutes(
    engine: AnyEngine,
    until: Annotated[AwareDatetime | None, Query(description="null: the end of the last minute that is over")] = None,
    minutes: Annotated[int, Query(ge=1, le=LONGEST)] = HOUR,
    step: Annotated[int, Query(ge=1, le=LONGEST, description="minutes of a value, at least")] = 1,
    account: Account = None,
) -> Response:
    """Response times, use of each pool, each route and who called it: of the last hour, or of any time that is kept.

    A step becomes longer than was asked for where there would be more than 240 of them.
    """
    if until is None and (minutes, step) == (HOUR, 1):
        return _json(await asyncio.to_thread(lambda: engine.monitor.minutes(account).model_dump_json()))
    await engine.recorder.settle()
    last = engine.recorder.last_minute
    end = minute_of(until) if until is not None else minute_of(engine.now()) if last is None else last + 1
    span = Span.asked(end, minutes, step, account)
    rows = await engine.store.read(partial(read_span, span=span))
    return _json(await asyncio.to_thread(lambda: minutes_of(span, rows).model_dump_json()))


@router.get("/monitoring/routes")
async def routes(
    engine: AnyEngine, since: AwareDatetime, until: AwareDatetime | None = None, account: Account = None
) -> RouteMetricsList:
    """What each route did from one time until another, a week at most; the minute that runs is not in it."""
    await engine.recorder.settle()
    end = minute_of(until or engine.now())
    first = max(minute_of(since), end - WEEK)
    metrics = await engine.store.read(partial(routes_over, first=first, until=end, account=account))
    return RouteMetricsList(since=instant_of(first), until=instant_of(end), routes=metrics)


def _json(text: str) -> Response:
    """An answer that is JSON already: the models that it is of were checked when they were made."""
    return Response(text, media_type="application/json")
