import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * kafka-clients as an application uses it: for each "name=mode" in MATRIX_CLIENTS a producer and a group consumer.
 * Settings, events and how it is stopped: test/support/client-matrix/client-event.ts.
 */
public final class MatrixClient {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int BATCH_RECORDS = 50;
  private static final int ERRORS_TO_GIVE_UP = 50;

  private static volatile boolean producing = true;
  private static volatile boolean consuming = true;

  private final String name;
  private final String mode;

  private MatrixClient(String name, String mode) {
    this.name = name;
    this.mode = mode;
  }

  public static void main(String[] args) throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (String pair : env("MATRIX_CLIENTS").split(",")) {
      MatrixClient client = new MatrixClient(pair.split("=")[0], pair.split("=")[1]);
      threads.addAll(client.start());
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    while (in.readLine() != null) producing = false;
    producing = false;
    consuming = false;
    for (Thread thread : threads) thread.join(15_000);
    System.exit(0);
  }

  private List<Thread> start() {
    boolean transactional = mode.equals("transactional");
    List<Thread> threads = new ArrayList<>();
    threads.add(new Thread(() -> guard("producer", transactional ? "in" : "", () -> produce(transactional ? "in" : ""))));
    if (transactional) threads.add(new Thread(() -> guard("processor", "in", this::process)));
    threads.add(new Thread(() -> guard("consumer", "", () -> consume(transactional ? name + "-out" : name))));
    for (Thread thread : threads) thread.start();
    return threads;
  }

  /** Whatever ends a thread before it was told to stop is what the application sees of a dead client. */
  private void guard(String role, String stage, Runnable work) {
    try {
      work.run();
    } catch (Throwable reason) {
      event("error", stage, "\"fatal\":true,\"m\":" + quote(role + ": " + reason));
    }
  }

  private void produce(String stage) {
    Properties config = common();
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, String.valueOf(!mode.equals("eager")));
    int partitions = Integer.parseInt(env("MATRIX_PARTITIONS"));
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      Pace pace = new Pace();
      for (long sequence = 0; producing; sequence++) {
        String value = name + "/p1/" + sequence;
        int partition = (int) (sequence % partitions);
        event("sent", stage, "\"v\":" + quote(value) + ",\"p\":" + partition);
        try {
          producer.send(new ProducerRecord<>(name, partition, null, value), (metadata, failure) -> {
            if (failure != null) event("send-failed", stage, "\"v\":" + quote(value) + ",\"m\":" + quote(failure.toString()));
            else event("acked", stage, "\"v\":" + quote(value) + ",\"p\":" + metadata.partition() + ",\"o\":" + metadata.offset());
          });
        } catch (KafkaException failure) {
          event("send-failed", stage, "\"v\":" + quote(value) + ",\"m\":" + quote(failure.toString()));
        }
        pace.next();
      }
      producer.flush();
    }
    event("producer-stopped", stage, null);
  }

  private void consume(String topic) {
    Properties config = consumerConfig(name);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, String.valueOf(!mode.equals("assign")));
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      if (mode.equals("assign")) consumer.assign(allOf(topic));
      else consumer.subscribe(List.of(topic), listener(""));
      int failures = 0;
      while (consuming) {
        try {
          for (ConsumerRecord<String, String> record : consumer.poll(POLL)) received("", record);
        } catch (KafkaException failure) {
          event("error", "", "\"m\":" + quote("consumer: " + failure));
          if (++failures > ERRORS_TO_GIVE_UP) throw failure;
        }
      }
    }
  }

  /** Consume, process, produce: copies records from one topic to the other, in transactions that commit what was read, too. */
  private void process() {
    Properties consumerConfig = consumerConfig(name + "-in");
    consumerConfig.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    Properties producerConfig = common();
    producerConfig.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, name);
    producerConfig.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "30000");
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(consumerConfig, new StringDeserializer(), new StringDeserializer());
        KafkaProducer<String, String> producer = new KafkaProducer<>(producerConfig, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      consumer.subscribe(List.of(name), listener("in"));
      while (consuming) {
        ConsumerRecords<String, String> records = consumer.poll(POLL);
        if (records.isEmpty()) continue;
        for (ConsumerRecord<String, String> record : records) received("in", record);
        try {
          transact(consumer, producer, records);
        } catch (ProducerFencedException | OutOfOrderSequenceException | AuthorizationException failure) {
          throw failure;
        } catch (KafkaException failure) {
          event("error", "", "\"abortable\":true,\"m\":" + quote("processor: " + failure));
          producer.abortTransaction();
          rewind(consumer);
        }
      }
    }
  }

  private void transact(KafkaConsumer<String, String> consumer, KafkaProducer<String, String> producer, ConsumerRecords<String, String> records) {
    producer.beginTransaction();
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    List<String> values = new ArrayList<>();
    for (ConsumerRecord<String, String> record : records) {
      event("sent", "", "\"v\":" + quote(record.value()) + ",\"p\":" + record.partition());
      producer.send(new ProducerRecord<>(name + "-out", record.partition(), null, record.value()));
      values.add(record.value());
      offsets.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
    }
    producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
    for (int attempt = 1; ; attempt++) {
      try {
        producer.commitTransaction();
        break;
      } catch (TimeoutException slow) {
        // Documented as safe to repeat: whether it was committed is not known until it is.
        if (attempt == 3) throw slow;
      }
    }
    for (String value : values) event("acked", "", "\"v\":" + quote(value));
  }

  private static void rewind(KafkaConsumer<String, String> consumer) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(consumer.assignment());
    for (TopicPartition partition : consumer.assignment()) {
      OffsetAndMetadata offset = committed.get(partition);
      if (offset != null) consumer.seek(partition, offset.offset());
      else consumer.seekToBeginning(List.of(partition));
    }
  }

  private Properties consumerConfig(String group) {
    Properties config = common();
    if (!mode.equals("assign")) config.put(ConsumerConfig.GROUP_ID_CONFIG, "g-" + group);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG, "1000");
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, String.valueOf(BATCH_RECORDS));
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, mode.equals("transactional") ? "read_committed" : "read_uncommitted");
    config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        "org.apache.kafka.clients.consumer." + (mode.equals("cooperative") ? "CooperativeStickyAssignor" : "RangeAssignor"));
    if (mode.equals("static")) config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, name);
    if (mode.equals("kip848")) {
      config.remove(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG);
      config.put("group.protocol", "consumer");
    }
    return config;
  }

  private ConsumerRebalanceListener listener(String stage) {
    return new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        event("assigned", stage, null);
      }

      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        event("revoked", stage, null);
      }
    };
  }

  private Properties common() {
    Properties config = new Properties();
    config.put("bootstrap.servers", env("MATRIX_BOOTSTRAP"));
    config.put("client.id", name);
    if (env("MATRIX_USERNAME").isEmpty()) return config;
    config.put("security.protocol", "SASL_PLAINTEXT");
    config.put("sasl.mechanism", "PLAIN");
    config.put("sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required username='"
        + env("MATRIX_USERNAME") + "' password='" + env("MATRIX_TOKEN") + "';");
    return config;
  }

  private static List<TopicPartition> allOf(String topic) {
    return IntStream.range(0, Integer.parseInt(env("MATRIX_PARTITIONS"))).mapToObj(index -> new TopicPartition(topic, index)).toList();
  }

  private void received(String stage, ConsumerRecord<String, String> record) {
    event("received", stage, "\"v\":" + quote(record.value()) + ",\"p\":" + record.partition() + ",\"o\":" + record.offset());
  }

  private void event(String kind, String stage, String fields) {
    String line = "{\"t\":" + System.currentTimeMillis() + ",\"c\":" + quote(name) + ",\"e\":\"" + kind + "\""
        + (stage.isEmpty() ? "" : ",\"s\":\"" + stage + "\"") + (fields == null ? "" : "," + fields) + "}";
    synchronized (System.out) {
      System.out.println(line);
    }
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') quoted.append('\\').append(c);
      else if (c < ' ') quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      else quoted.append(c);
    }
    return quoted.append('"').toString();
  }

  private static String env(String key) {
    String value = System.getenv(key);
    if (value == null) throw new IllegalStateException(key + " is not set");
    return value;
  }

  /** One step each 1000 / MATRIX_RATE ms, however long the work between them took. */
  private static final class Pace {
    private final double intervalMs = 1000.0 / Double.parseDouble(env("MATRIX_RATE"));
    private final long startNs = System.nanoTime();
    private long steps = 0;

    void next() {
      long waitMs = (long) (++steps * intervalMs) - (System.nanoTime() - startNs) / 1_000_000;
      if (waitMs <= 0) return;
      try {
        Thread.sleep(waitMs);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
