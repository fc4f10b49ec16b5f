"""The demo's post office: speaks real SMTP and a real HTTP SMS gateway, and keeps everything on this machine.

    python -m omsportal.demo.sinks --smtp-port 2525 --sms-port 2526

Mails become `var/sink/mail/*.eml`, SMS lines of `var/sink/sms.jsonl`; `omsportal.demo.inbox` reads them.
The gateway's contract is told in `omsportal.demo.sms_gateway`.
"""

import argparse
import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from omsportal.demo.places import PLACES
from omsportal.demo.sms_gateway import Behaviour, Gateway, serve
from omsportal.demo.sms_receipts import ReceiptSender

_LARGEST_MAIL = 30 * 1024 * 1024


class MailFolder:
    """aiosmtpd's handler: each accepted mail becomes one file, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        self._count += 1
        # Names sort by time; the counter keeps mails of one moment apart and in order.
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{os.getpid()}-{self._count:06d}"
        recipients = ", ".join(envelope.rcpt_tos).replace("\n", " ").replace("\r", " ")
        head = f"X-Envelope-To: {recipients}\r\n".encode("utf-8", "replace")
        draft = self._folder / f".{name}.part"
        draft.write_bytes(head + content)
        draft.rename(self._folder / f"{name}.eml")
        return "250 OK"


async def run(*, smtp_port: int, sms_port: int, token: str, secret: str, callback: str, folder: Path) -> None:
    """Serve until SIGTERM or SIGINT. Ports are of 127.0.0.1; 0 takes a free one."""
    mail = folder / "mail"
    mail.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    handler = MailFolder(mail)

    def conversation() -> SMTP:
        return SMTP(
            handler, hostname="localhost", data_size_limit=_LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop
        )

    server = await loop.create_server(conversation, host="127.0.0.1", port=smtp_port)
    receipts = ReceiptSender(callback=callback, secret=secret)
    gateway = Gateway(
        folder / "sms.jsonl", token=token, receipts=receipts, behaviour=Behaviour.from_environment(os.environ)
    )
    web = serve(gateway, port=sms_port)
    ports = server.sockets[0].getsockname()[1], web.server_address[1]
    print(f"SMTP on 127.0.0.1:{ports[0]}, SMS on http://127.0.0.1:{ports[1]}/sms", flush=True)
    try:
        await stopping.wait()
    finally:
        server.close()
        web.shutdown()
        web.server_close()
        receipts.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m omsportal.demo.sinks", description="Local mail and SMS.")
    parser.add_argument("--smtp-port", type=int, default=2525)
    parser.add_argument("--sms-port", type=int, default=2526)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args(arguments)
    token = os.environ.get("SMS_GATEWAY_TOKEN", "")
    if not token:
        print("SMS_GATEWAY_TOKEN is not set: the gateway would take messages from anybody.", file=sys.stderr)
        return 2
    asyncio.run(
        run(
            smtp_port=options.smtp_port,
            sms_port=options.sms_port,
            token=token,
            secret=os.environ.get("SMS_RECEIPT_SECRET", ""),
            callback=os.environ.get("SMS_RECEIPT_URL", ""),
            folder=options.folder or PLACES.in_var("sink"),
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
