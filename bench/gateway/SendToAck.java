import java.io.FileInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends records of 1 KiB at a fixed rate, each at the time that it is scheduled for and with no linger, and prints how long acknowledgements
 * took, in microseconds. Kafka's own tools print whole milliseconds.
 *
 * Arguments: bootstrap, topic, records a second, seconds, properties file (may be empty).
 */
public final class SendToAck {
    private static final int RECORD_BYTES = 1024;
    private static final int WARM_UP_SECONDS = 3;
    private static final long WAIT_FOR_LAST_SECONDS = 30;
    /** A parked thread comes back about this late, so the rest is waited for awake. */
    private static final long WAKE_UP_NANOS = 60_000;

    public static void main(String[] args) throws Exception {
        int rate = Integer.parseInt(args[2]);
        int warmUp = rate * WARM_UP_SECONDS;
        int measured = rate * Integer.parseInt(args[3]);
        Properties properties = new Properties();
        if (!args[4].isEmpty()) {
            try (InputStream file = new FileInputStream(args[4])) {
                properties.load(file);
            }
        }
        properties.setProperty("bootstrap.servers", args[0]);
        properties.setProperty("linger.ms", "0");
        byte[] value = new byte[RECORD_BYTES];
        new Random(1).nextBytes(value);
        long[] fromSend = new long[measured];
        long[] fromSchedule = new long[measured];
        AtomicInteger failed = new AtomicInteger();
        CountDownLatch unanswered = new CountDownLatch(warmUp + measured);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(args[1]);
            long startedAt = System.nanoTime();
            long interval = TimeUnit.SECONDS.toNanos(1) / rate;
            for (int index = 0; index < warmUp + measured; index++) {
                long scheduledAt = startedAt + index * interval;
                awaitTime(scheduledAt);
                int slot = index - warmUp;
                long sentAt = System.nanoTime();
                producer.send(new ProducerRecord<>(args[1], value), (metadata, error) -> {
                    long answeredAt = System.nanoTime();
                    if (error != null) failed.incrementAndGet();
                    if (slot >= 0) {
                        fromSend[slot] = answeredAt - sentAt;
                        fromSchedule[slot] = answeredAt - scheduledAt;
                    }
                    unanswered.countDown();
                });
            }
            if (!unanswered.await(WAIT_FOR_LAST_SECONDS, TimeUnit.SECONDS)) throw new IllegalStateException(unanswered.getCount() + " records were not answered");
        }
        Arrays.sort(fromSend);
        Arrays.sort(fromSchedule);
        System.out.printf("{\"p50\":%d,\"p99\":%d,\"scheduledP50\":%d,\"scheduledP99\":%d,\"failed\":%d}%n",
            micros(fromSend, 0.50), micros(fromSend, 0.99), micros(fromSchedule, 0.50), micros(fromSchedule, 0.99), failed.get());
    }

    private static void awaitTime(long at) {
        for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
            if (left > 2 * WAKE_UP_NANOS) LockSupport.parkNanos(left - WAKE_UP_NANOS);
            else Thread.onSpinWait();
        }
    }

    private static long micros(long[] sortedNanos, double quantile) {
        return sortedNanos[(int) (quantile * (sortedNanos.length - 1))] / 1000;
    }
}
