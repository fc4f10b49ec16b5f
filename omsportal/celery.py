"""Celery: the queues, and the beat schedule in code.

PostgreSQL is the truth and Celery only a hint: every task can be lost or run twice without harm, and a
sweep in the schedule finds what a lost hint left behind.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "omsportal.settings")


app = Celery("omsportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=600,
    task_soft_time_limit=540,
    worker_prefetch_multiplier=4,
    worker_max_memory_per_child=300_000,  # KiB
    worker_cancel_long_running_tasks_on_connection_loss=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 900,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        # Whoever sends a task does not wait for a broker that is down; workers have a reconnection of their own.
        "max_retries": 0,
    },
    task_publish_retry=False,
    timezone="UTC",
    task_default_queue="default",
    task_queues=[Queue("default"), Queue("appeals"), Queue("messages"), Queue("campaigns")],
    task_routes={
        "appeals.*": {"queue": "appeals"},
        "notifications.*": {"queue": "messages"},
        "dispensary.*": {"queue": "campaigns"},
    },
    # A beat that no worker took in time is dropped: the next one finds the same rows.
    beat_schedule={
        "notifications.dispatch": {
            "task": "notifications.dispatch",
            "schedule": 10,
            "options": {"expires": 10},
        },
        "appeals.route_waiting": {
            "task": "appeals.route_waiting",
            "schedule": 15,
            "options": {"expires": 15},
        },
        "appeals.send_held": {"task": "appeals.send_held", "schedule": 5, "options": {"expires": 5}},
        "appeals.escalate": {"task": "appeals.escalate", "schedule": 300, "options": {"expires": 300}},
        "appeals.scan_files": {"task": "appeals.scan_files", "schedule": 30, "options": {"expires": 30}},
        "appeals.turn_answers": {
            "task": "appeals.turn_answers",
            "schedule": 300,
            "options": {"expires": 300},
        },
        "notifications.sweep": {"task": "notifications.sweep", "schedule": 60, "options": {"expires": 60}},
        "dispensary.advance": {"task": "dispensary.advance", "schedule": 30.0, "options": {"expires": 60}},
        "dispensary.collect": {"task": "dispensary.collect", "schedule": 30.0, "options": {"expires": 60}},
        "dispensary.remind_visits": {
            "task": "dispensary.remind_visits",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "dispensary.follow_advice": {
            "task": "dispensary.follow_advice",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "appeals.tell_of_views": {
            "task": "appeals.tell_of_views",
            "schedule": 900,
            "options": {"expires": 900},
        },
        "appeals.tell_of_notices": {
            "task": "appeals.tell_of_notices",
            "schedule": 900,
            "options": {"expires": 900},
        },
        "appeals.draw_sample": {
            "task": "appeals.draw_sample",
            "schedule": 6 * 3600,
            "options": {"expires": 3600},
        },
        "appeals.forget_searches": {
            "task": "appeals.forget_searches",
            "schedule": 6 * 3600,
            "options": {"expires": 3600},
        },
        "dispensary.prove": {"task": "dispensary.prove", "schedule": 3600.0, "options": {"expires": 3600}},
        "dispensary.read_files": {
            "task": "dispensary.read_files",
            "schedule": 30.0,
            "options": {"expires": 60},
        },
        "dispensary.forget_files": {
            "task": "dispensary.forget_files",
            "schedule": 3600.0,
            "options": {"expires": 3600},
        },
        "appeals.end_waits": {"task": "appeals.end_waits", "schedule": 3600, "options": {"expires": 3600}},
        "appeals.remind_asked": {
            "task": "appeals.remind_asked",
            "schedule": 3600,
            "options": {"expires": 3600},
        },
        "appeals.close_rested": {
            "task": "appeals.close_rested",
            "schedule": 3600,
            "options": {"expires": 3600},
        },
        "appeals.count": {"task": "appeals.count", "schedule": 900, "options": {"expires": 900}},
        "appeals.forget_drafts": {
            "task": "appeals.forget_drafts",
            "schedule": 24 * 3600,
            "options": {"expires": 3600},
        },
        "portal.send_reports": {
            "task": "portal.send_reports",
            "schedule": 1800,
            "options": {"expires": 1800},
        },
        "portal.count_incoming": {
            "task": "portal.count_incoming",
            "schedule": 3600,
            "options": {"expires": 3600},
        },
        "portal.hand_over_left": {
            "task": "portal.hand_over_left",
            "schedule": 3600,
            "options": {"expires": 3600},
        },
        "portal.forget_unconfirmed_accounts": {
            "task": "portal.forget_unconfirmed_accounts",
            "schedule": 24 * 3600,
            "options": {"expires": 3600},
        },
    },
)
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery would replace the logging that Django's settings configured."""
