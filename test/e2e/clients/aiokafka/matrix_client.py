"""aiokafka as an application uses it: for each "name=mode" in MATRIX_CLIENTS a producer and a group consumer.

Settings, events and how it is stopped: test/support/client-matrix/client-event.ts.
"""
import asyncio
import json
import logging
import os
import sys
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener

PARTITIONS = int(os.environ["MATRIX_PARTITIONS"])
INTERVAL_S = 1 / float(os.environ["MATRIX_RATE"])
POLL_MS = 200
ERRORS_TO_GIVE_UP = 50

producing = asyncio.Event()
consuming = asyncio.Event()


def emit(name, kind, **fields):
    sys.stdout.write(json.dumps({"t": int(time.time() * 1000), "c": name, "e": kind, **fields}) + "\n")
    sys.stdout.flush()


def config_of(name):
    return {
        "bootstrap_servers": os.environ["MATRIX_BOOTSTRAP"],
        "client_id": name,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": os.environ["MATRIX_USERNAME"],
        "sasl_plain_password": os.environ["MATRIX_TOKEN"],
    }


class Listener(ConsumerRebalanceListener):
    def __init__(self, name):
        self.name = name

    async def on_partitions_assigned(self, assigned):
        emit(self.name, "assigned")

    async def on_partitions_revoked(self, revoked):
        emit(self.name, "revoked")


async def produce(name, mode):
    producer = AIOKafkaProducer(**config_of(name), acks="all", enable_idempotence=mode == "idempotent")
    await producer.start()
    answers = set()

    def answered(value, future):
        answers.discard(future)
        if future.cancelled() or future.exception() is not None:
            emit(name, "send-failed", v=value, m="cancelled" if future.cancelled() else repr(future.exception()))
        else:
            emit(name, "acked", v=value, p=future.result().partition, o=future.result().offset)

    started = time.monotonic()
    sequence = 0
    while producing.is_set():
        value = f"{name}/p1/{sequence}"
        partition = sequence % PARTITIONS
        emit(name, "sent", v=value, p=partition)
        try:
            # The queue of a partition is short: while writes are held, an application that awaits here waits, too.
            future = await producer.send(name, value.encode(), partition=partition)
            answers.add(future)
            future.add_done_callback(lambda done, value=value: answered(value, done))
        except Exception as failure:
            emit(name, "send-failed", v=value, m=repr(failure))
        sequence += 1
        await asyncio.sleep(max(0, started + sequence * INTERVAL_S - time.monotonic()))
    if answers:
        await asyncio.wait(answers, timeout=20)
    await producer.stop()
    emit(name, "producer-stopped")


async def consume(name):
    consumer = AIOKafkaConsumer(**config_of(name), group_id=f"g-{name}", auto_offset_reset="earliest", auto_commit_interval_ms=1000)
    consumer.subscribe([name], listener=Listener(name))
    await consumer.start()
    failures = 0
    while consuming.is_set():
        try:
            for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                for record in records:
                    emit(name, "received", v=record.value.decode(), p=record.partition, o=record.offset)
        except Exception as failure:
            emit(name, "error", m=f"consumer: {failure!r}")
            failures += 1
            if failures > ERRORS_TO_GIVE_UP:
                raise
    await consumer.stop()


async def guarded(name, role, work):
    """Whatever ends a task before it was told to stop is what the application sees of a dead client."""
    try:
        await work
    except Exception as reason:
        emit(name, "error", m=f"{role}: {reason!r}", fatal=True)


async def watch_stdin():
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        producing.clear()
    producing.clear()
    consuming.clear()


async def main():
    logging.disable(logging.CRITICAL)
    producing.set()
    consuming.set()
    tasks = [asyncio.create_task(watch_stdin())]
    for pair in os.environ["MATRIX_CLIENTS"].split(","):
        name, mode = pair.split("=")
        tasks.append(asyncio.create_task(guarded(name, "producer", produce(name, mode))))
        tasks.append(asyncio.create_task(guarded(name, "consumer", consume(name))))
    await asyncio.gather(*tasks)


asyncio.run(main())
