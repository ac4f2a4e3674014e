"""What Prefect's server does by itself: marks runs that died, starts them anew, and tells people of what failed.

It does so though no worker runs. What is registered already, as it is, is left alone; nothing is there twice.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import cast
from uuid import UUID

from prefect.automations import AutomationCore, EventTrigger, Posture
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.notifications import CustomWebhookNotificationBlock, SlackWebhook
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, ChangeFlowRunState, SendNotification
from pydantic import SecretStr

from flows.alerting.settings import expanded, read_notified
from flows.operations.superseded import STARTED_ANEW, SUPERSEDED

PREFIX = "tasador: "

RUN = "prefect.flow-run."
HEARTBEAT = f"{RUN}heartbeat"
# Three heartbeats of 30 seconds (prefect.yaml) were not heard.
SILENCE = timedelta(seconds=90)

# The names of the states in which a run has ended.
ENDED = ("Completed", "Failed", "TimedOut", "Cancelled", SUPERSEDED, "Crashed")

# How often a run had begun that died: it is picked up twice. One that dies a third time has failed, and so has one that
# died before it began: the machine is at fault, and it would die again at once.
PICKED_UP = ["1", "2"]
GIVEN_UP = ["[!12]", "??*"]

# A client that got no answer in time sends a state again, and a run fails twice: the second is not told.
ONCE_WITHIN = timedelta(minutes=5)

# How long a deployment may be without a run that was completed: its interval and two hours.
STALE = {"daily": timedelta(hours=26), "weekly": timedelta(days=7, hours=2)}

SUBJECT = "Tasador: {{ deployment.name }} {{ flow_run.state.name | lower }}"
BODY = "{{ flow_run.state.message }}\n\nRun {{ flow_run.name }}: {{ flow_run | ui_url }}"


def register_automations(client: SyncPrefectClient) -> list[str]:
    """Register all automations with the server of Prefect's settings, which is the client's; return their names.

    What we registered formerly and do not want any more is removed.

    Those who are told are ``[notify]`` of tasador.toml. What $NAME stands for in an address is read now, and kept
    encrypted in Prefect's database.

    Raises:
        UsageError: an address of ``[notify]`` is none.
        TasadorError: the environment lacks a part of an address.
    """
    blocks = [_saved_block(number, address) for number, address in enumerate(read_notified(), start=1)]
    wanted = {each.name: each for each in (_mark_silent(), _pick_up(), *(_notifications(blocks) if blocks else ()))}
    there = {each.name: each for each in client.read_automations() if each.name.startswith(PREFIX)}
    for name, automation in wanted.items():
        if name not in there:
            client.create_automation(automation)
        elif _content(there[name]) != _content(automation):  # an update forgets what a trigger has seen so far
            client.update_automation(there[name].id, automation)
    for name in there.keys() - wanted.keys():
        client.delete_automation(there[name].id)
    return list(wanted)


def notification_block(address: str) -> NotificationBlock:
    """Return what of Prefect's sends to a whole address, encrypted where it is kept.

    Raises:
        UsageError: Apprise knows no such address.
    """
    if address.startswith(("http://", "https://")):
        message = {"title": "{{subject}}", "text": "{{subject}}\n{{body}}"}
        # of this block only `secrets` are encrypted
        values = {"name": "tasador", "url": "{{url}}", "json_data": message, "secrets": {"url": address}}
        return CustomWebhookNotificationBlock.model_validate(values)
    from flows.alerting.services import service

    service(address)  # refuses what Apprise does not know, which the block would take and never send
    # Of Prefect's blocks the one that hands on to Apprise whatever address it gets.
    return SlackWebhook(url=SecretStr(address))


def _mark_silent() -> AutomationCore:
    return AutomationCore(
        name=f"{PREFIX}a run whose heartbeat is lost has crashed",
        trigger=EventTrigger(
            match={"prefect.resource.id": f"{RUN}*"},
            match_related={"prefect.resource.role": "deployment"},
            for_each={"prefect.resource.id"},
            after={HEARTBEAT},
            expect={HEARTBEAT, *(f"{RUN}{state}" for state in ENDED)},
            posture=Posture.Proactive,
            within=SILENCE,
        ),
        actions=[_change(StateType.CRASHED, "Crashed", "its heartbeat was lost")],
    )


def _pick_up() -> AutomationCore:
    return AutomationCore(
        name=f"{PREFIX}a run that crashed is started anew, twice",
        trigger=_entered({"Crashed"}, PICKED_UP),
        actions=[_change(StateType.SCHEDULED, "AwaitingRetry", STARTED_ANEW)],
    )


def _notifications(blocks: Collection[UUID]) -> list[AutomationCore]:
    failed = _actions(blocks, SUBJECT, BODY)
    return [
        AutomationCore(
            name=f"{PREFIX}tell of a failure",
            trigger=_entered({"Failed", "TimedOut"}, once_within=ONCE_WITHIN),
            actions=failed,
        ),
        AutomationCore(
            name=f"{PREFIX}tell of a crash", trigger=_entered({"Crashed"}, GIVEN_UP, ONCE_WITHIN), actions=failed
        ),
        *(_tell_stale(blocks, deployment, limit) for deployment, limit in STALE.items()),
    ]


def _tell_stale(blocks: Collection[UUID], deployment: str, limit: timedelta) -> AutomationCore:
    """Tell when a deployment was not completed for so long since its last completed run, or since one was late.

    While it stays so the server tells it again, after twice that time.
    """
    hours = f"{limit / timedelta(hours=1):.0f} hours"
    return AutomationCore(
        name=f"{PREFIX}tell that {deployment} is stale",
        trigger=EventTrigger(
            match={"prefect.resource.id": f"{RUN}*"},
            match_related={"prefect.resource.role": "deployment", "prefect.resource.name": deployment},
            after={f"{RUN}Completed", f"{RUN}Late"},
            expect={f"{RUN}Completed"},
            posture=Posture.Proactive,
            within=limit,
        ),
        actions=_actions(
            blocks,
            f"Tasador: {deployment} has not been completed for {hours}",
            "Look at `tasador up --status`: does the worker run, and what did it say last?",
        ),
    )


def _entered(
    states: Collection[str], starts: Collection[str] = ("*",), once_within: timedelta = timedelta(0)
) -> EventTrigger:
    """Return what fires when a deployment's run, started so often, enters a state: once within some time."""
    return EventTrigger(
        match={"prefect.resource.id": f"{RUN}*", "prefect.run-count": list(starts)},
        match_related={"prefect.resource.role": "deployment"},
        for_each={"prefect.resource.id"},
        expect={f"{RUN}{state}" for state in states},
        posture=Posture.Reactive,
        within=once_within,
    )


def _change(state: StateType, name: str, message: str) -> ChangeFlowRunState:
    return ChangeFlowRunState(state=state, name=name, message=message, force=False)


def _actions(blocks: Collection[UUID], subject: str, body: str) -> list[ActionTypes]:
    return [SendNotification(block_document_id=block, subject=subject, body=body) for block in blocks]


def _saved_block(number: int, address: str) -> UUID:
    return cast(UUID, notification_block(expanded(address)).save(f"tasador-notify-{number}", overwrite=True))


def _content(automation: AutomationCore) -> object:
    """Return an automation without the names that the server gave to it and its trigger."""
    content = automation.model_dump(mode="json", include={"name", "enabled", "trigger", "actions"})
    content["trigger"].pop("id", None)
    return content
