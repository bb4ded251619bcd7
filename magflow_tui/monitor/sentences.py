"""What the monitor says, in both languages: readings beside their thresholds, what was found, and what stands behind.

Figures are written alike in both, as on the screens. Nothing of an order or of a customer comes into a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

from magflow_tui.contract.alerts import CauseKind
from magflow_tui.contract.base import PoolName, Resource
from magflow_tui.contract.runs import Run, RunState
from magflow_tui.contract.snapshot import AccountStatus, HealthMetric, PoolGauge
from magflow_tui.monitor.score import Rule
from magflow_tui.monitor.syncs import Overdue
from magflow_tui.monitor.traffic import Refused
from magflow_tui.rules.findings import Words

#: Nothing to say.
SILENCE = Words("", "")
#: What others said is cut at so many characters.
LONGEST_QUOTE = 200

_METRICS: Mapping[HealthMetric, Words] = {
    "error_rate": Words("Error rate", "Rata erorilor"),
    "response_time": Words("Mean response", "Răspunsul mediu"),
    "limit_use": Words("Limit use", "Limita folosită"),
    "sync_success": Words("Sync success", "Sincronizări reușite"),
}
_POOLS: Mapping[PoolName, Words] = {
    "orders": Words("order requests", "cererile de comenzi"),
    "other": Words("other requests", "celelalte cereri"),
    "ean": Words("EAN searches", "căutările EAN"),
}
_RESOURCES: Mapping[Resource, Words] = {
    "orders": Words("orders", "comenzi"),
    "offers": Words("offers", "oferte"),
    "rma": Words("rma", "retururi"),
}
_RESULTS: Mapping[RunState, Words] = {
    "partial": Words("was partial", "a fost parțială"),
    "failed": Words("failed", "a eșuat"),
}
_FAILED: Mapping[CauseKind, Words] = {
    "rate_limited": Words("refused for the rate limit (429)", "refuzate pentru limita de cereri (429)"),
    "server_error": Words("errors of the marketplace's servers", "erori ale serverelor marketplace-ului"),
    "no_answer": Words("without an answer", "fără răspuns"),
    "credentials": Words("with credentials or address refused", "cu acces sau adresă refuzate"),
    "refused": Words("refused as wrong requests", "refuzate ca cereri greșite"),
}


def shown(value: float, bound: float) -> str:
    """A value with as many digits as set it apart from its bound: `5.04`, where one digit would read `5.0`."""
    return next(
        (text for digits in (1, 2, 3) if float(text := f"{value:.{digits}f}") != bound or value == bound),
        f"{value:.6g}",
    )


def rounded(value: float, bound: float) -> float:
    """A value as `shown` writes it."""
    return float(shown(value, bound))


def reading(rule: Rule, value: float) -> Words:
    """`Error rate 12.0 % (at most 5 %)`."""
    title = _METRICS[rule.metric]
    figures, bound = f"{shown(value, rule.threshold)} {rule.unit}", f"{rule.threshold:g} {rule.unit}"
    most, least = ("at most", "cel mult"), ("at least", "cel puțin")
    side = most if rule.wrong_side == "above" else least
    return Words(f"{title.en} {figures} ({side[0]} {bound})", f"{title.ro} {figures} ({side[1]} {bound})")


def followed_by(first: Words, second: Words) -> Words:
    """Two sentences as one, the second explaining the first."""
    return Words(f"{first.en}: {second.en}", f"{first.ro}: {second.ro}")


def failures(account: str, route: str, kind: CauseKind, failed: int, total: int, like: int) -> Words:
    """Which route fails: `like` of its `failed` requests in the same way."""
    how = _FAILED.get(kind, SILENCE)
    en = f"{route} of {account}: {failed} of {total} requests failed in 5 minutes"
    ro = f"{route} al contului {account}: {failed} din {total} cereri au eșuat în 5 minute"
    if how is SILENCE:
        return Words(en, ro)
    if like == failed:
        return Words(f"{en}, {how.en}", f"{ro}, {how.ro}")
    return Words(f"{en}, {like} of them {how.en}", f"{ro}, {like} dintre ele {how.ro}")


def slowness(account: str, route: str, mean_ms: float) -> Words:
    return Words(
        f"{route} of {account} takes {mean_ms:.0f} ms on average",
        f"{route} al contului {account} durează în medie {mean_ms:.0f} ms",
    )


def fullness(gauge: PoolGauge, route: str | None, share: float, job: str | None, job_share: float) -> Words:
    """Who spends a pool's minute. Shares are 0..1 of the pool's requests."""
    pool = _POOLS[gauge.pool]
    en = f"{pool.en} of {gauge.account}: {gauge.minute_used} of {gauge.minute_limit} this minute"
    ro = f"{pool.ro} ale contului {gauge.account}: {gauge.minute_used} din {gauge.minute_limit} în acest minut"
    if route is not None:
        en, ro = f"{en}, {route} {_percent(share)} of it", f"{ro}, {route} {_percent(share)} din ele"
    if job is not None:
        en, ro = f"{en}, {job} {_percent(job_share)}", f"{ro}, {job} {_percent(job_share)}"
    return Words(en, ro)


def unfinished(run: Run) -> Words:
    """Which run did not complete, and why."""
    resource, result = _RESOURCES[run.resource], _RESULTS.get(run.result, SILENCE)
    reason = f": {quoted(run.reason)}" if run.reason else ""
    return Words(
        f"{resource.en} sync of {run.account} (run {run.run_id}) {result.en}{reason}",
        f"sincronizarea de {resource.ro} a contului {run.account} (rularea {run.run_id}) {result.ro}{reason}",
    )


def standing(account: str, status: AccountStatus, silent: int, note: str | None) -> Words:
    """How the marketplace treats an account, and what it said."""
    said = f": {quoted(note)}" if note else ""
    match status:
        case "unauthorised":
            return Words(
                f"The marketplace refuses user or password of {account}{said}",
                f"Marketplace-ul refuză utilizatorul sau parola contului {account}{said}",
            )
        case "refused_ip":
            return Words(
                f"The marketplace refuses the address of this machine for {account}{said}",
                f"Marketplace-ul refuză adresa acestei mașini pentru contul {account}{said}",
            )
        case "unreachable":
            return Words(
                f"The marketplace does not answer {account}, {silent} requests in a row{said}",
                f"Marketplace-ul nu răspunde contului {account}, {silent} cereri la rând{said}",
            )
        case _:
            return SILENCE


def refusals(refused: Refused) -> Words:
    """429 answers of a pool, and who met most of them."""
    pool, account = _POOLS[refused.pool], refused.account
    of_job = f" ({refused.job})" if refused.job else ""
    return Words(
        f"{refused.count} {pool.en} of {account} were refused in 60 s (429), {refused.most} of them "
        f"{refused.route}{of_job}",
        f"{refused.count} dintre {pool.ro} ale contului {account} au fost refuzate în 60 s (429), {refused.most} "
        f"dintre ele {refused.route}{of_job}",
    )


def lateness(late: Overdue) -> Words:
    """Which sync has not completed for how long."""
    resource, sync = _RESOURCES[late.sync.resource], late.sync
    waited, every = _minutes(late.seconds), _minutes(sync.every.total_seconds())
    if sync.last_completed is None:
        return Words(
            f"{resource.en} of {sync.account} have never been synced completely, for {waited} (due every {every})",
            f"sincronizarea de {resource.ro} a contului {sync.account} nu s-a încheiat niciodată, de {waited} "
            f"(prevăzută la {every})",
        )
    return Words(
        f"{resource.en} of {sync.account} have not been synced completely for {waited} (due every {every})",
        f"sincronizarea de {resource.ro} a contului {sync.account} nu s-a mai încheiat cu bine de {waited} "
        f"(prevăzută la {every})",
    )


def room(free_mb: int, needed_mb: int) -> Words:
    """How little of the disk is left."""
    return Words(
        f"{free_mb} MB are left on the disk of the data folder (at least {needed_mb} MB)",
        f"Au rămas {free_mb} MB pe discul dosarului de date (cel puțin {needed_mb} MB)",
    )


def quoted(said: str) -> str:
    """What somebody else said, in one line of a bearable length."""
    line = " ".join(said.split()).rstrip(".")
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 1]}…"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _minutes(seconds: float) -> str:
    """`90 s`, `17 min`, `6 h`: whole, rounded down."""
    whole = int(seconds)
    if whole < 120:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3 * 3600 else f"{whole // 3600} h"
