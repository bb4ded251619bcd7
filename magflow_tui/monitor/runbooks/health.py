"""What to do when points of the score are lost."""

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

_ERRORS = Words("Too many requests fail", "Prea multe cereri eșuează")
_SYNCS = Words("Syncs do not complete", "Sincronizările nu se încheie cu bine")

HEALTH_RUNBOOKS: tuple[Runbook, ...] = (
    runbook(
        "health.error_rate",
        _ERRORS,
        Words(
            "More than 5 % of the requests of the last 5 minutes were not answered well.",
            "Peste 5 % din cererile ultimelor 5 minute nu au primit un răspuns bun.",
        ),
        SEE_FAILURES,
        Words(
            "See whether one route fails or all do: the cause names the worst, 2 Limits has the errors of each.",
            "Vedeți dacă eșuează o singură rută sau toate: cauza o numește pe cea mai rea, 2 Limite are erorile "
            "fiecăreia.",
        ),
        TEST_ACCOUNT,
        CLOSES,
    ),
    runbook(
        "health.error_rate",
        Words("Requests are refused: the limit is used up by others", "Cereri refuzate: limita e consumată de alții"),
        Words(
            "The marketplace answers 429 although MagFlow keeps to the limits: another program uses the same account.",
            "Marketplace-ul răspunde 429 deși MagFlow respectă limitele: alt program folosește același cont.",
        ),
        Words(
            "See on 2 Limits which pool is refused, and how full it is by MagFlow's own count: the difference is "
            "somebody else's.",
            "Vedeți în 2 Limite ce grup este refuzat și cât de plin e după numărătoarea MagFlow: diferența e a "
            "altcuiva.",
        ),
        Words(
            "Find that program (a shop's plugin, an ERP, an old script) and slow it down or give it hours of its own.",
            "Găsiți acel program (un modul de magazin, un ERP, un script vechi) și încetiniți-l sau dați-i ore numai "
            "ale lui.",
        ),
        Words(
            "Nothing is to be done in MagFlow meanwhile: the pool pauses as long as it is told to, goes slower, and "
            "comes back to full pace when it has been quiet.",
            "În MagFlow nu e nimic de făcut între timp: grupul face pauză cât i se cere, merge mai încet și revine la "
            "viteza întreagă după ce a fost liniște.",
        ),
        CAP,
        CLOSES,
        cause="rate_limited",
    ),
    runbook(
        "health.error_rate",
        Words("The marketplace's servers fail", "Serverele marketplace-ului eșuează"),
        Words(
            "Requests come back with errors of the marketplace's own (HTTP 5xx) or with answers that cannot be read.",
            "Cererile se întorc cu erori ale marketplace-ului (HTTP 5xx) sau cu răspunsuri care nu se pot citi.",
        ),
        SEE_FAILURES,
        WAIT,
        Words(
            "Look whether the marketplace announces trouble or works on its systems; other sellers meet it too.",
            "Vedeți dacă marketplace-ul anunță probleme sau lucrări; și alți vânzători le întâmpină.",
        ),
        TEST_ACCOUNT,
        MUTE,
        cause="server_error",
    ),
    runbook(
        "health.error_rate",
        Words("Requests get no answer", "Cererile nu primesc răspuns"),
        Words(
            "Connections fail or time out: the network of this machine, the line, or the marketplace itself.",
            "Conexiunile eșuează sau expiră: rețeaua acestei mașini, linia sau marketplace-ul însuși.",
        ),
        DOCTOR,
        Words(
            "If no account gets through, look at the network: name service, firewall, proxy, the line itself.",
            "Dacă niciun cont nu ajunge, verificați rețeaua: serviciul de nume, firewall-ul, proxy-ul, linia.",
        ),
        Words(
            "If one account does not, see its address in the settings: `accounts.NAME.base_url`.",
            "Dacă un singur cont nu ajunge, vedeți adresa lui în setări: `accounts.NAME.base_url`.",
        ),
        WAIT,
        MUTE,
        cause="no_answer",
    ),
    runbook(
        "health.error_rate",
        Words("Credentials or address are refused", "Accesul sau adresa sunt refuzate"),
        Words(
            "The marketplace refuses user, password or the address of this machine. Repeating does not help.",
            "Marketplace-ul refuză utilizatorul, parola sau adresa acestei mașini. Reluarea nu ajută.",
        ),
        TEST_ACCOUNT,
        SELLER_PANEL,
        CREDENTIALS,
        RESTART,
        RESUME,
        cause="credentials",
    ),
    runbook(
        "health.error_rate",
        Words("The marketplace finds requests wrong", "Marketplace-ul consideră cererile greșite"),
        Words(
            "Requests are understood and refused: a value that is not allowed, something that does not exist, a rule.",
            "Cererile sunt înțelese și refuzate: o valoare nepermisă, ceva ce nu există, o regulă.",
        ),
        SEE_FAILURES,
        Words(
            "If actions on orders are refused, open the order (4 Orders): its findings and its history say what was "
            "sent and what was answered.",
            "Dacă sunt refuzate acțiuni pe comenzi, deschideți comanda (4 Comenzi): constatările și istoricul ei spun "
            "ce s-a trimis și ce s-a răspuns.",
        ),
        Words(
            "If reads of syncs are refused, copy one as curl (6 API log, y) for the marketplace's support: no secret "
            "is in it.",
            "Dacă sunt refuzate citirile sincronizărilor, copiați una drept curl (6 Jurnal API, y) pentru suportul "
            "marketplace-ului: nu conține niciun secret.",
        ),
        CLOSES,
        cause="refused",
    ),
    runbook(
        "health.response_time",
        Words("Responses are slow", "Răspunsurile sunt lente"),
        Words(
            "The mean response of the last 5 minutes is above 2 s. Syncs take longer; nothing else is wrong.",
            "Răspunsul mediu al ultimelor 5 minute depășește 2 s. Sincronizările durează mai mult; altceva nu e în "
            "neregulă.",
        ),
        Words(
            "See whether one route is slow or all are: 2 Limits has the mean and p95 of each, the cause names the "
            "worst.",
            "Vedeți dacă e lentă o rută sau toate: 2 Limite are media și p95 ale fiecăreia, cauza o numește pe cea mai "
            "rea.",
        ),
        Words(
            "Press 6 for the API log, then f for requests slower than 2 s; enter tells how long the first byte took: "
            "that is the marketplace's part, the rest is the line's.",
            "Apăsați 6 pentru jurnalul API, apoi f pentru cererile mai lente de 2 s; enter spune cât a durat până la "
            "primul octet: atât e al marketplace-ului, restul al liniei.",
        ),
        DOCTOR,
        Words(
            "If it is the marketplace, wait. If a big sync hurts, stop it behind its page (3 Sync, x) and let it go on "
            "at night (r).",
            "Dacă e marketplace-ul, așteptați. Dacă deranjează o sincronizare mare, opriți-o după pagina ei (3 Sincro, "
            "x) și lăsați-o să continue noaptea (r).",
        ),
        MUTE,
    ),
    runbook(
        "health.limit_use",
        Words("A minute's limit is nearly used up", "Limita unui minut este aproape consumată"),
        Words(
            "Over 80 % of the requests that a pool allows in a minute are used: others will wait for their slot.",
            "Peste 80 % din cererile permise unui grup într-un minut sunt folosite: celelalte își vor aștepta rândul.",
        ),
        Words(
            "See on 2 Limits who spends it: the route, the job, and when the job ends. During a full sync this is as "
            "it should be.",
            "Vedeți în 2 Limite cine o consumă: ruta, lucrarea și când se termină ea. În timpul unei sincronizări "
            "totale e normal.",
        ),
        RESERVE,
        CAP,
        Words(
            "If it is so every day, let that sync start less often (`sync.offers_every` and the like, `magflow config "
            "show`).",
            "Dacă e așa în fiecare zi, lăsați acea sincronizare să pornească mai rar (`sync.offers_every` și "
            "celelalte, `magflow config show`).",
        ),
        MUTE,
    ),
    runbook(
        "health.sync_success",
        _SYNCS,
        Words(
            "Less than 95 % of the last runs are complete. A failed one counts until the same sync is complete again.",
            "Sub 95 % din ultimele rulări sunt complete. Una eșuată contează până când aceeași sincronizare se încheie "
            "din nou cu bine.",
        ),
        Words(
            "Open the run that the cause names: `:run N`, or 3 Sync and enter. It says which pages are missing "
            "and why.",
            "Deschideți rularea pe care o numește cauza: `:run N`, sau 3 Sincro și enter. Spune ce pagini lipsesc și "
            "de ce.",
        ),
        RESUME,
        Words(
            "If items could not be read, they are kept raw and their findings are on 4 Orders: the run is partial "
            "until the marketplace sends them right.",
            "Dacă unele elemente nu s-au putut citi, sunt păstrate brut, iar constatările lor sunt în 4 Comenzi: "
            "rularea e parțială până când marketplace-ul le trimite corect.",
        ),
        SEE_FAILURES,
        CLOSES,
    ),
    runbook(
        "health.sync_success",
        Words("Syncs fail: the account has no access", "Sincronizările eșuează: contul nu are acces"),
        Words(
            "Runs end at once because the marketplace refuses the account: first the access, then the runs.",
            "Rulările se termină imediat pentru că marketplace-ul refuză contul: întâi accesul, apoi rulările.",
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
            "health.sync_success",
            Words("Syncs fail: the marketplace does not answer", "Sincronizările eșuează: marketplace-ul nu răspunde"),
            Words(
                "Runs gave up because nothing usable came back for long: first the answers, then the runs.",
                "Rulările au renunțat pentru că mult timp nu a venit nimic de folos: întâi răspunsurile, apoi "
                "rulările.",
            ),
            DOCTOR,
            TEST_ACCOUNT,
            WAIT,
            RESUME,
            cause=kind,
        )
        for kind in ("no_answer", "server_error")
    ),
)
