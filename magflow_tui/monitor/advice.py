"""What to do about a broken rule or an open alert, in a sentence or two: by its code, and by what stands behind it.

The way in steps is a runbook's; see `magflow_tui.monitor.runbooks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from magflow_tui.contract.alerts import Cause, CauseKind
from magflow_tui.rules.findings import Words

_RATE_LIMITED = Words(
    "Another program uses the limit of {account}: find it and slow it down. MagFlow pauses and goes slower by itself; "
    "a cap of its own jobs (2 Limits, c) leaves room for both.",
    "Alt program folosește limita contului {account}: găsiți-l și încetiniți-l. MagFlow face singur pauze și merge mai "
    "încet; un plafon al propriilor lucrări (2 Limite, c) lasă loc pentru amândouă.",
)
_SERVER_ERROR = Words(
    "The marketplace has trouble of its own: watch its status. Syncs wait and go on by themselves, nothing is lost.",
    "Marketplace-ul are probleme proprii: urmăriți starea lui. Sincronizările așteaptă și continuă singure, nu se "
    "pierde nimic.",
)
_NO_ANSWER = Words(
    "Nothing comes back: check the network of this machine and the address of the account with `magflow doctor`. Syncs "
    "wait and go on by themselves.",
    "Nu vine niciun răspuns: verificați rețeaua acestei mașini și adresa contului cu `magflow doctor`. Sincronizările "
    "așteaptă și continuă singure.",
)
_CREDENTIALS = Words(
    "Set user, password and allowed addresses of {account} right; `magflow accounts test {account}` tries them at "
    "once. No retry helps before.",
    "Corectați utilizatorul, parola și adresele permise ale contului {account}; `magflow accounts test {account}` le "
    "încearcă pe loc. Până atunci reluarea nu ajută.",
)
_FIRST_CREDENTIALS = Words(
    "Set the credentials of {account} right first (`magflow accounts test {account}`), then start run {run} again: it "
    "goes on where it stopped.",
    "Corectați întâi accesul contului {account} (`magflow accounts test {account}`), apoi porniți din nou rularea "
    "{run}: continuă de unde s-a oprit.",
)
_FIRST_ANSWERS = Words(
    "Wait until the marketplace answers {account} again, then start run {run} again: it goes on where it stopped.",
    "Așteptați până când marketplace-ul răspunde din nou contului {account}, apoi porniți din nou rularea {run}: "
    "continuă de unde s-a oprit.",
)
_OTHER_FAILURES = Words(
    "Read in the API log (6, then n) which route fails, and with what answer.",
    "Citiți în jurnalul API (6, apoi n) ce rută eșuează și cu ce răspuns.",
)

#: By code, then by the kind of the cause; None is for every other kind.
ADVICE: Mapping[str, Mapping[CauseKind | None, Words]] = {
    "health.error_rate": {
        "rate_limited": _RATE_LIMITED,
        "server_error": _SERVER_ERROR,
        "no_answer": _NO_ANSWER,
        "credentials": _CREDENTIALS,
        "refused": Words(
            "The marketplace finds these requests wrong, and repeating them does not help: read its answer in the API "
            "log (6, then n) and set right what it names.",
            "Marketplace-ul consideră aceste cereri greșite, iar reluarea nu ajută: citiți răspunsul în jurnalul API "
            "(6, apoi n) și corectați ce numește.",
        ),
        None: _OTHER_FAILURES,
    },
    "health.response_time": {
        None: Words(
            "The marketplace or the line to it is slow: compare the routes on 2 Limits and in the API log (6). Syncs "
            "take longer, no more.",
            "Marketplace-ul sau linia până la el e lentă: comparați rutele în 2 Limite și în jurnalul API (6). "
            "Sincronizările durează mai mult, atât.",
        ),
    },
    "health.limit_use": {
        None: Words(
            "Expected during a full sync. Otherwise cap the job that spends it, or keep a reserve for operators (2 "
            "Limits, c).",
            "De așteptat în timpul unei sincronizări totale. Altfel plafonați lucrarea care o consumă sau păstrați o "
            "rezervă pentru operatori (2 Limite, c).",
        ),
    },
    "health.sync_success": {
        "credentials": _FIRST_CREDENTIALS,
        "no_answer": _FIRST_ANSWERS,
        "server_error": _FIRST_ANSWERS,
        None: Words(
            "Open the run (:run {run}), read why it is not complete, and start it again (r): it goes on where it "
            "stopped.",
            "Deschideți rularea (:run {run}), citiți de ce nu e completă și porniți-o din nou (r): continuă de unde "
            "s-a oprit.",
        ),
    },
    "account.unauthorised": {None: _CREDENTIALS},
    "account.refused_ip": {
        None: Words(
            "Allow the address of this machine in the marketplace's seller panel, under the API settings; `magflow "
            "accounts test {account}` tries it at once.",
            "Permiteți adresa acestei mașini în panoul de vânzător al marketplace-ului, la setările API; `magflow "
            "accounts test {account}` o încearcă pe loc.",
        ),
    },
    "account.unreachable": {"server_error": _SERVER_ERROR, None: _NO_ANSWER},
    "limit.refused": {None: _RATE_LIMITED},
    "sync.stale": {
        "credentials": _CREDENTIALS,
        "no_answer": _NO_ANSWER,
        "server_error": _SERVER_ERROR,
        None: Words(
            "See on 3 Sync what the last runs of it say, and start it (n). Schedules are on; a run that waits says for "
            "what.",
            "Vedeți în 3 Sincro ce spun ultimele ei rulări și porniți-o (n). Programările sunt pornite; o rulare care "
            "așteaptă spune ce așteaptă.",
        ),
    },
    "store.disk": {
        None: Words(
            "Make room on the disk of the data folder before it is full: syncs stop then. `magflow doctor` tells how "
            "much is left, and of what.",
            "Faceți loc pe discul dosarului de date înainte să se umple: atunci sincronizările se opresc. `magflow "
            "doctor` spune cât a rămas și din ce.",
        ),
    },
}  # fmt: skip


def advice_for(code: str, cause: Cause | None, *, account: str | None = None) -> Words:
    """What to do about a code, given what stands behind it. KeyError for a code there is none of."""
    if cause is None:
        return _written(code, None, account, None)
    return _written(code, cause.kind, cause.account or account, cause.run_id)


@lru_cache(maxsize=256)  # asked for every second, of what seldom changes
def _written(code: str, kind: CauseKind | None, account: str | None, run: int | None) -> Words:
    by_kind = ADVICE[code]
    words = by_kind.get(kind, by_kind[None])
    facts = {"account": account or "NAME", "run": "N" if run is None else str(run)}
    return Words(words.of("en", facts), words.of("ro", facts))
