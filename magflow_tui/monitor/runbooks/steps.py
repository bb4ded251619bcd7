"""Steps that several runbooks have in common. Names in capitals stand for an account, a pool, a job, a number."""

from __future__ import annotations

from typing import Final

from magflow_tui.rules.findings import Words

SEE_FAILURES: Final = Words(
    "Press 6 for the API log, then n: each time to the next request that failed; enter shows what was asked and what "
    "was answered. From a shell: `magflow requests --faults --since 1h`.",
    "Apăsați 6 pentru jurnalul API, apoi n: de fiecare dată la următoarea cerere eșuată; enter arată ce s-a cerut și "
    "ce s-a răspuns. Din linia de comandă: `magflow requests --faults --since 1h`.",
)
WAIT: Final = Words(
    "Leave running syncs alone: they stay at their page, ask again by themselves at growing intervals, and go on where "
    "they are. Nothing that was stored is lost.",
    "Lăsați sincronizările în pace: rămân la pagina lor, întreabă din nou singure la intervale tot mai mari și "
    "continuă de unde sunt. Nu se pierde nimic din ce a fost salvat.",
)
TEST_ACCOUNT: Final = Words(
    "Ask the marketplace once more by hand: `magflow accounts test NAME` makes one real call and says what came back.",
    "Întrebați marketplace-ul încă o dată manual: `magflow accounts test NAME` face un singur apel real și spune ce a "
    "venit înapoi.",
)
DOCTOR: Final = Words(
    "Run `magflow doctor` on the machine of the engine: it tries each account's address and says how far it gets.",
    "Rulați `magflow doctor` pe mașina motorului: încearcă adresa fiecărui cont și spune până unde ajunge.",
)
MUTE: Final = Words(
    "If you know of it and it will take its time, press m on the alert (1 Health) and choose for how long it is to be "
    "quiet: it stays open and visible.",
    "Dacă știți despre ce e vorba și va dura, apăsați m pe alertă (1 Stare) și alegeți cât să tacă: rămâne deschisă și "
    "vizibilă.",
)
RESUME: Final = Words(
    "Press 3 for Sync, choose the run, and press r to let it go on where it stopped. From a shell: `magflow runs "
    "resume N`.",
    "Apăsați 3 pentru Sincro, alegeți rularea și apăsați r ca să continue de unde s-a oprit. Din linia de comandă: "
    "`magflow runs resume N`.",
)
CAP: Final = Words(
    "Cap the job that can wait: 2 Limits, choose its row, c, and a number a minute. From a shell: `magflow limits cap "
    "NAME POOL JOB N`. x takes it off again.",
    "Plafonați lucrarea care poate aștepta: 2 Limite, alegeți rândul ei, c și un număr pe minut. Din linia de comandă: "
    "`magflow limits cap NAME POOL JOB N`. x îl ridică la loc.",
)
RESERVE: Final = Words(
    "Keep some of each minute for people: 2 Limits, then C, or `magflow limits reserve NAME POOL N`. Syncs leave that "
    "much alone.",
    "Păstrați o parte din fiecare minut pentru oameni: 2 Limite, apoi C, sau `magflow limits reserve NAME POOL N`. "
    "Sincronizările nu se ating de ea.",
)
RESTART: Final = Words(
    "Have the engine read the settings anew: `magflow engine stop`, then `magflow engine start`. Interrupted syncs go "
    "on where they stopped.",
    "Faceți motorul să recitească setările: `magflow engine stop`, apoi `magflow engine start`. Sincronizările "
    "întrerupte continuă de unde s-au oprit.",
)
CREDENTIALS: Final = Words(
    "Set them right in the settings: `accounts.NAME.username`, and the password wherever it comes from; `magflow "
    "config check` tells what is read and from where.",
    "Corectați-le în setări: `accounts.NAME.username` și parola, de oriunde ar veni; `magflow config check` spune ce "
    "se citește și de unde.",
)
SELLER_PANEL: Final = Words(
    "In the marketplace's seller panel, see that the user still exists, has the right to use the API, and that the "
    "address of this machine is among those allowed.",
    "În panoul de vânzător al marketplace-ului, verificați că utilizatorul există încă, are dreptul să folosească "
    "API-ul și că adresa acestei mașini este printre cele permise.",
)
CLOSES: Final = Words(
    "The alert closes by itself after a minute without the fault.",
    "Alerta se închide singură după un minut fără defect.",
)
