"""Wake-ups that come too late."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from magflow_tui.client.unix_socket import UnixSocketTransport


async def test_a_late_wake_up_is_not_reported_and_other_failures_are(
    tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.get_running_loop()
    transport = UnixSocketTransport(f"{tmp_path}/none.sock")
    with pytest.raises(httpx.ConnectError):
        await transport.handle_async_request(httpx.Request("GET", "http://engine/"))
    over = loop.create_future()
    over.cancel()
    loop.call_soon(over.set_result, None)
    loop.call_soon(int, "no number")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError]
    await transport.aclose()
