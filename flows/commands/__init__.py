"""The commands of `tasador`, one file each. Only what a command runs is imported, and only when it runs."""

import click

from flows.commands.alerts import alerts
from flows.commands.appraise import appraise
from flows.commands.backup import backup
from flows.commands.compact import compact
from flows.commands.crawl import crawl
from flows.commands.demo import demo
from flows.commands.doctor import doctor
from flows.commands.export import export
from flows.commands.extract import extract
from flows.commands.forget import forget
from flows.commands.import_table import import_table
from flows.commands.models import models
from flows.commands.publish import publish
from flows.commands.refresh import refresh
from flows.commands.reparse import reparse
from flows.commands.report import report
from flows.commands.restore import restore
from flows.commands.retrain import retrain
from flows.commands.run import run
from flows.commands.score import score
from flows.commands.sites import sites
from flows.commands.sql import sql
from flows.commands.study import study
from flows.commands.tune import tune
from flows.commands.up import up

COMMANDS: tuple[click.Command, ...] = (
    demo,
    sites,
    crawl,
    extract,
    reparse,
    import_table,
    refresh,
    retrain,
    tune,
    score,
    publish,
    run,
    up,
    sql,
    export,
    report,
    alerts,
    appraise,
    forget,
    models,
    study,
    doctor,
    backup,
    restore,
    compact,
)
