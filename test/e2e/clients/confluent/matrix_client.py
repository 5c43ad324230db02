"""librdkafka as an application uses it: for each "name=mode" in MATRIX_CLIENTS a producer and a group consumer.

Settings, events and how it is stopped: test/support/client-matrix/client-event.ts.
"""
import json
import os
import sys
import threading
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

PARTITIONS = int(os.environ["MATRIX_PARTITIONS"])
INTERVAL_S = 1 / float(os.environ["MATRIX_RATE"])
POLL_S = 0.2
BATCH_RECORDS = 50
TRANSACTION_TIMEOUT_S = 30

producing = threading.Event()
consuming = threading.Event()
out_lock = threading.Lock()


def emit(name, kind, stage="", **fields):
    event = {"t": int(time.time() * 1000), "c": name, "e": kind, **fields}
    if stage:
        event["s"] = stage
    with out_lock:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def credentials():
    if not os.environ["MATRIX_USERNAME"]:
        return {}
    return {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": os.environ["MATRIX_USERNAME"],
        "sasl.password": os.environ["MATRIX_TOKEN"],
    }


def config_of(name, **extra):
    return {
        "bootstrap.servers": os.environ["MATRIX_BOOTSTRAP"],
        "client.id": name,
        **credentials(),
        "error_cb": lambda error: emit(name, "error", m=f"callback: {error}", fatal=error.fatal()),
        **extra,
    }


def consumer_config(name, group, **extra):
    return config_of(
        name,
        **{"group.id": f"g-{group}", "auto.offset.reset": "earliest", "auto.commit.interval.ms": 1000, **extra},
    )


def subscribe(consumer, name, topic, stage=""):
    consumer.subscribe(
        [topic],
        on_assign=lambda _consumer, _partitions: emit(name, "assigned", stage),
        on_revoke=lambda _consumer, _partitions: emit(name, "revoked", stage),
    )


def produce(name, mode, stage):
    producer = Producer(config_of(name, acks="all", **{"enable.idempotence": mode != "plain", "linger.ms": 0}))

    def answered(value):
        def callback(error, message):
            if error is not None:
                emit(name, "send-failed", stage, v=value, m=str(error))
            else:
                emit(name, "acked", stage, v=value, p=message.partition(), o=message.offset())
        return callback

    started = time.monotonic()
    sequence = 0
    while producing.is_set():
        value = f"{name}/p1/{sequence}"
        partition = sequence % PARTITIONS
        emit(name, "sent", stage, v=value, p=partition)
        try:
            producer.produce(name, value.encode(), partition=partition, on_delivery=answered(value))
        except (KafkaException, BufferError) as failure:
            emit(name, "send-failed", stage, v=value, m=str(failure))
        sequence += 1
        while (wait := started + sequence * INTERVAL_S - time.monotonic()) > 0:
            producer.poll(wait)
    producer.flush(20)
    emit(name, "producer-stopped", stage)


def next_records(consumer, name, stage):
    for message in consumer.consume(BATCH_RECORDS, POLL_S):
        if message.error() is None:
            emit(name, "received", stage, v=message.value().decode(), p=message.partition(), o=message.offset())
            yield message
        elif message.error().code() != KafkaError._PARTITION_EOF:
            emit(name, "error", stage, m=f"consumer: {message.error()}", fatal=message.error().fatal())


def consume(name, mode, topic):
    protocol = {"group.protocol": "consumer"} if mode == "kip848" else {}
    consumer = Consumer(consumer_config(name, name, **{"isolation.level": "read_committed"}, **protocol))
    subscribe(consumer, name, topic)
    while consuming.is_set():
        for _ in next_records(consumer, name, ""):
            pass
    consumer.close()


def process(name):
    """Copies records from one topic to the other, in transactions that commit what was read, too."""
    consumer = Consumer(consumer_config(name, f"{name}-in", **{"enable.auto.commit": False}))
    producer = Producer(config_of(name, **{"transactional.id": name, "transaction.timeout.ms": TRANSACTION_TIMEOUT_S * 1000}))
    until_settled(producer.init_transactions, TRANSACTION_TIMEOUT_S)
    subscribe(consumer, name, name, "in")
    while consuming.is_set():
        messages = list(next_records(consumer, name, "in"))
        if not messages:
            producer.poll(0)
            continue
        try:
            transact(name, consumer, producer, messages)
        except KafkaException as failure:
            error = failure.args[0]
            emit(name, "error", m=f"processor: {error}", abortable=error.txn_requires_abort(), fatal=error.fatal())
            if not error.txn_requires_abort():
                raise
            until_settled(producer.abort_transaction, TRANSACTION_TIMEOUT_S)
            rewind(consumer)
    consumer.close()


def transact(name, consumer, producer, messages):
    producer.begin_transaction()
    for message in messages:
        emit(name, "sent", v=message.value().decode(), p=message.partition())
        producer.produce(f"{name}-out", message.value(), partition=message.partition())
    # Of the records and not of the assignment: a batch may be handed out whose partitions were revoked meanwhile.
    offsets = {(message.topic(), message.partition()): message.offset() + 1 for message in messages}
    positions = [TopicPartition(topic, partition, offset) for (topic, partition), offset in offsets.items()]
    until_settled(producer.send_offsets_to_transaction, positions, consumer.consumer_group_metadata(), TRANSACTION_TIMEOUT_S)
    until_settled(producer.commit_transaction, TRANSACTION_TIMEOUT_S)
    for message in messages:
        emit(name, "acked", v=message.value().decode())


def until_settled(call, *arguments):
    """A call of the transactional API that failed for the moment is made again, as its documentation says."""
    while True:
        try:
            return call(*arguments)
        except KafkaException as failure:
            error = failure.args[0]
            if not error.retriable() or error.txn_requires_abort() or not consuming.is_set():
                raise


def rewind(consumer):
    for partition in consumer.committed(consumer.assignment(), TRANSACTION_TIMEOUT_S):
        offset = partition.offset if partition.offset >= 0 else 0
        consumer.seek(TopicPartition(partition.topic, partition.partition, offset))


def guarded(name, role, work, *arguments):
    """Whatever ends a thread before it was told to stop is what the application sees of a dead client."""
    try:
        work(*arguments)
    except Exception as reason:
        emit(name, "error", m=f"{role}: {reason}", fatal=True)


def threads_of(name, mode):
    if mode == "transactional":
        yield "producer", produce, name, mode, "in"
        yield "processor", process, name
        yield "consumer", consume, name, mode, f"{name}-out"
    else:
        yield "producer", produce, name, mode, ""
        yield "consumer", consume, name, mode, name


def main():
    producing.set()
    consuming.set()
    threads = []
    for pair in os.environ["MATRIX_CLIENTS"].split(","):
        name, mode = pair.split("=")
        threads += [threading.Thread(target=guarded, args=(name, *parts), daemon=True) for parts in threads_of(name, mode)]
    for thread in threads:
        thread.start()
    for _line in sys.stdin:
        producing.clear()
    producing.clear()
    consuming.clear()
    for thread in threads:
        thread.join(20)


main()
