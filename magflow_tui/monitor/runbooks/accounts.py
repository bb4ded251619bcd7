"""What to do about accounts that the marketplace does not serve, refusals, overdue syncs, and a full disk."""

from __future__ import annotations

from magflow_tui.contract.alerts import Runbook
from magflow_tui.monitor.runbooks.form import runbook
from magflow_tui.monitor.runbooks.steps import (
    CAP,
    CLOSES,
    CREDENTIALS,
    DOCTOR,
    MUTE,
    RESERVE,
    RESTART,
    RESUME,
    SEE_FAILURES,
    SELLER_PANEL,
    TEST_ACCOUNT,
    WAIT,
)
from magflow_tui.rules.findings import Words

_STALE = Words("A sync is overdue", "O sincronizare întârzie")

ACCOUNT_RUNBOOKS: tuple[Runbook, ...] = (
    runbook(
        "account.unauthorised",
        Words("User or password are refused", "Utilizatorul sau parola sunt refuzate"),
        Words(
            "The marketplace does not let the account in. Nothing of it is synced and no action of it can succeed.",
            "Marketplace-ul nu lasă contul să intre. Nimic din el nu se sincronizează și nicio acțiune nu poate reuși.",
        ),
        TEST_ACCOUNT,
        SELLER_PANEL,
        CREDENTIALS,
        RESTART,
        RESUME,
    ),
    runbook(
        "account.refused_ip",
        Words("The address of this machine is refused", "Adresa acestei mașini este refuzată"),
        Words(
            "User and password are right, but calls from this address are not allowed: it is new, or the list changed.",
            "Utilizatorul și parola sunt bune, dar apelurile de la această adresă nu sunt permise: e nouă sau lista "
            "s-a schimbat.",
        ),
        Words(
            "Read the address in the alert's message: it is what the marketplace sees, not what the machine has.",
            "Citiți adresa din mesajul alertei: e cea văzută de marketplace, nu cea a mașinii.",
        ),
        Words(
            "Add it in the seller panel under the API settings. Behind a line whose address changes, ask for a fixed "
            "one or go through a machine that has it.",
            "Adăugați-o în panoul de vânzător, la setările API. În spatele unei linii cu adresă schimbătoare, cereți "
            "una fixă sau treceți printr-o mașină care o are.",
        ),
        TEST_ACCOUNT,
        RESUME,
    ),
    runbook(
        "account.unreachable",
        Words("The marketplace does not answer", "Marketplace-ul nu răspunde"),
        Words(
            "Several requests in a row got no usable answer: the network of this machine, the line, or "
            "the marketplace.",
            "Mai multe cereri la rând nu au primit un răspuns de folos: rețeaua acestei mașini, linia sau "
            "marketplace-ul.",
        ),
        DOCTOR,
        Words(
            "If other addresses cannot be reached from this machine either, look at its network; if one account alone "
            "cannot, at `accounts.NAME.base_url`.",
            "Dacă de pe această mașină nu se ajunge nici la alte adrese, verificați rețeaua; dacă nu ajunge doar un "
            "cont, `accounts.NAME.base_url`.",
        ),
        WAIT,
        TEST_ACCOUNT,
        MUTE,
    ),
    runbook(
        "account.unreachable",
        Words("The marketplace is out of order", "Marketplace-ul este nefuncțional"),
        Words(
            "It can be reached, but answers with errors of its own (HTTP 5xx) or with pages that are no answer.",
            "Se ajunge la el, dar răspunde cu erori proprii (HTTP 5xx) sau cu pagini care nu sunt un răspuns.",
        ),
        Words(
            "Look whether the marketplace announces trouble or works on its systems; other sellers meet it too.",
            "Vedeți dacă marketplace-ul anunță probleme sau lucrări; și alți vânzători le întâmpină.",
        ),
        WAIT,
        TEST_ACCOUNT,
        SEE_FAILURES,
        MUTE,
        cause="server_error",
    ),
    runbook(
        "limit.refused",
        Words("Requests are refused: too many (429)", "Cereri refuzate: prea multe (429)"),
        Words(
            "The marketplace refused several requests within a minute although MagFlow keeps to the limits: another "
            "program uses the same account.",
            "Marketplace-ul a refuzat mai multe cereri într-un minut deși MagFlow respectă limitele: alt program "
            "folosește același cont.",
        ),
        Words(
            "See on 2 Limits which pool is refused and how full it is by MagFlow's own count: the difference is "
            "somebody else's.",
            "Vedeți în 2 Limite ce grup este refuzat și cât de plin e după numărătoarea MagFlow: diferența e a "
            "altcuiva.",
        ),
        Words(
            "Find that program (a shop's plugin, an ERP, an old script, a second MagFlow) and slow it down.",
            "Găsiți acel program (un modul de magazin, un ERP, un script vechi, un al doilea MagFlow) și încetiniți-l.",
        ),
        CAP,
        RESERVE,
        Words(
            "MagFlow does the rest: the pool pauses as long as it is told to, goes slower, repeats what was refused, "
            "and comes back to full pace when it has been quiet.",
            "MagFlow face restul: grupul face pauză cât i se cere, merge mai încet, repetă ce a fost refuzat și revine "
            "la viteza întreagă după ce a fost liniște.",
        ),
    ),
    runbook(
        "sync.stale",
        _STALE,
        Words(
            "A scheduled sync has not been complete for three of its intervals: what is shown of it is old.",
            "O sincronizare programată nu s-a mai încheiat cu bine de trei intervale: ce se arată din ea e vechi.",
        ),
        Words(
            "Press 3 for Sync: its last runs say why they are not complete; a run that waits says for what.",
            "Apăsați 3 pentru Sincro: ultimele ei rulări spun de ce nu sunt complete; o rulare care așteaptă spune ce.",
        ),
        RESUME,
        Words(
            "Or start it anew: 3 Sync, then n. From a shell: `magflow sync orders --account NAME`.",
            "Sau porniți-o din nou: 3 Sincro, apoi n. Din linia de comandă: `magflow sync orders --account NAME`.",
        ),
        Words(
            "If its runs are complete but take longer than their interval, let it start less often "
            "(`sync.orders_every`), or see on 2 Limits what it waits for.",
            "Dacă rulările ei se încheie, dar durează mai mult decât intervalul, lăsați-o să pornească mai rar "
            "(`sync.orders_every`) sau vedeți în 2 Limite ce așteaptă.",
        ),
        CLOSES,
    ),
    runbook(
        "sync.stale",
        Words("A sync is overdue: the account has no access", "O sincronizare întârzie: contul nu are acces"),
        Words(
            "It cannot complete because the marketplace refuses the account: first the access, then the sync.",
            "Nu se poate încheia pentru că marketplace-ul refuză contul: întâi accesul, apoi sincronizarea.",
        ),
        TEST_ACCOUNT,
        SELLER_PANEL,
        CREDENTIALS,
        RESTART,
        RESUME,
        cause="credentials",
    ),
    *(
        runbook(
            "sync.stale",
            Words(
                "A sync is overdue: the marketplace does not answer",
                "O sincronizare întârzie: marketplace-ul nu răspunde",
            ),
            Words(
                "It cannot complete because nothing usable comes back: first the answers, then the sync.",
                "Nu se poate încheia pentru că nu vine nimic de folos: întâi răspunsurile, apoi sincronizarea.",
            ),
            DOCTOR,
            TEST_ACCOUNT,
            WAIT,
            RESUME,
            cause=kind,
        )
        for kind in ("no_answer", "server_error")
    ),
    runbook(
        "store.disk",
        Words("The disk is nearly full", "Discul este aproape plin"),
        Words(
            "Less than 500 MB or 2 % are free where the data folder is. When nothing is left, syncs stop; what is "
            "stored stays whole.",
            "Sunt liberi sub 500 MB sau 2 % pe discul dosarului de date. Când nu mai rămâne nimic, sincronizările se "
            "opresc; ce e salvat rămâne întreg.",
        ),
        Words(
            "See what is left and what takes it: `magflow doctor` names the folder and the size of the store.",
            "Vedeți cât a rămas și ce ocupă: `magflow doctor` numește dosarul și mărimea bazei de date.",
        ),
        Words(
            "Remove what is not MagFlow's, or old backups and logs of yours; touch nothing in the data folder itself.",
            "Ștergeți ce nu e al MagFlow sau copii și jurnale vechi ale dumneavoastră; nu umblați în dosarul de date.",
        ),
        Words(
            "Or move to a larger disk: `magflow engine stop`, copy the whole data folder, and set `data_dir` (or "
            "MAGFLOW_DATA_DIR) to its new place.",
            "Sau mutați pe un disc mai mare: `magflow engine stop`, copiați întregul dosar de date și puneți în "
            "`data_dir` (sau MAGFLOW_DATA_DIR) noul loc.",
        ),
        CLOSES,
    ),
)
