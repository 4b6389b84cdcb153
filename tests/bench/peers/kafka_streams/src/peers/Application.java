package peers;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import peers.Records.Command;
import peers.Records.Event;
import peers.Records.State;

/** Commands in, events out, exactly once: a processor with a persistent store and its changelog. */
final class Application implements AutoCloseable {
  private static final String STORE = "customers";

  final AtomicLong repeated = new AtomicLong();
  final AtomicLong refused = new AtomicLong();
  private final KafkaStreams streams;

  Application(Settings settings) throws InterruptedException {
    streams = new KafkaStreams(topology(settings), properties(settings));
    CountDownLatch running = new CountDownLatch(1);
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.RUNNING) running.countDown();
    });
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.start();
    if (!running.await(60, TimeUnit.SECONDS)) {
      close();
      throw new IllegalStateException("Kafka Streams is not running after 60 s");
    }
  }

  static String changelog(Settings settings) {
    return settings.applicationId() + "-" + STORE + "-changelog";
  }

  private static Properties properties(Settings settings) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitIntervalMillis());
    // A thread waits this long for records before it looks whether a commit is due.
    properties.put(StreamsConfig.POLL_MS_CONFIG, Math.min(100, settings.commitIntervalMillis()));
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory());
    return properties;
  }

  private Topology topology(Settings settings) {
    return new Topology()
        .addSource("commands", Serdes.String().deserializer(), Command.SERDE.deserializer(),
            settings.commands())
        .addProcessor("customer", Step::new, "commands")
        .addStateStore(Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STORE), Serdes.String(), State.SERDE), "customer")
        .addSink("events", settings.events(), Serdes.String().serializer(),
            Event.SERDE.serializer(), "customer");
  }

  private final class Step implements Processor<String, Command, String, Event> {
    private ProcessorContext<String, Event> context;
    private KeyValueStore<String, State> customers;

    @Override
    public void init(ProcessorContext<String, Event> given) {
      context = given;
      customers = given.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, Command> record) {
      State found = customers.get(record.key());
      State customer = found == null ? Customer.NEW : found;
      Command command = record.value();
      switch (Customer.decide(customer, command)) {
        case REPEATED -> repeated.incrementAndGet();
        case REFUSED -> refused.incrementAndGet();
        case UPDATED -> {
          Event event = new Event(command.requestId(), customer.revision() + 1, command.name(),
              record.timestamp());
          customers.put(record.key(), Customer.evolve(customer, event));
          context.forward(record.withValue(event));
        }
      }
    }
  }

  @Override
  public void close() {
    streams.close(Duration.ofSeconds(30));
    streams.cleanUp();
  }
}
