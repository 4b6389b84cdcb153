package peers;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import peers.Records.Command;
import peers.Records.Event;

/**
 * Keeps N commands in flight, at most one for each customer. A command is done when a read_committed
 * consumer has its event. One thread.
 */
final class Driver implements AutoCloseable {
  private static final long SILENCE_NANOS_MAX = 30_000_000_000L;

  /** Of the commands that ended within the measured time, in order. */
  record Figures(long[] nanos, double seconds, long failures) {
    double perSecond() {
      return nanos.length / seconds;
    }

    double micros(double quantile) {
      if (nanos.length == 0) return 0;
      return nanos[(int) Math.min(nanos.length - 1, (long) (quantile * nanos.length))] / 1000.0;
    }
  }

  private static final class Customer {
    final String key;
    long revision;
    String requestId = "";
    long sentNanos;
    boolean inFlight;

    Customer(int number) {
      key = String.format("customers/b%07d", number);
    }
  }

  private final String commands;
  private final KafkaProducer<String, Command> producer;
  private final KafkaConsumer<String, Event> consumer;
  private final Customer[] customers;
  private final ArrayDeque<Customer> free = new ArrayDeque<>();
  private long serial;
  private int flying;
  private long failures;
  private long lastEventNanos;

  Driver(Settings settings) {
    commands = settings.commands();
    producer = Clients.producer(settings, Command.SERDE.serializer());
    consumer = Clients.events(settings, Event.SERDE.deserializer());
    customers = IntStream.range(0, Settings.CUSTOMERS).mapToObj(Customer::new)
        .toArray(Customer[]::new);
    List<Customer> shuffled = new ArrayList<>(Arrays.asList(customers));
    Collections.shuffle(shuffled, new Random(1));
    free.addAll(shuffled);
  }

  /** Runs `settle` and then `seconds` with N in flight; ends when none is in flight any more. */
  Figures run(int inFlight, double settle, double seconds) {
    long begin = System.nanoTime() + (long) (settle * 1e9);
    long end = begin + (long) (seconds * 1e9);
    long[] nanos = new long[1 << 16];
    int count = 0;
    failures = 0;
    lastEventNanos = System.nanoTime();
    for (int i = 0; i < inFlight; ++i) send(free.remove());
    while (flying > 0 && !silent()) {
      for (ConsumerRecord<String, Event> record : consumer.poll(Duration.ofMillis(100))) {
        long now = System.nanoTime();
        Customer customer = customers[number(record.key())];
        if (!complete(customer, record.value(), now)) continue;
        if (now >= begin && now < end) {
          if (count == nanos.length) nanos = Arrays.copyOf(nanos, 2 * count);
          nanos[count++] = now - customer.sentNanos;
        }
        free.add(customer);
        if (now < end) send(free.remove());
      }
    }
    failures += flying;
    nanos = Arrays.copyOf(nanos, count);
    Arrays.sort(nanos);
    return new Figures(nanos, seconds, failures);
  }

  /** One right update, the same again, one with a revision that was, and one right again. */
  void check(Application application) {
    Customer customer = free.remove();
    send(customer);
    await(customer);
    Command again = new Command(customer.requestId, -1, "again");
    producer.send(new ProducerRecord<>(commands, customer.key, again));
    Command stale = new Command("stale", customer.revision - 1, "stale");
    producer.send(new ProducerRecord<>(commands, customer.key, stale));
    send(customer);
    await(customer);
    free.add(customer);
    if (failures > 0 || customer.revision != 2 || application.repeated.get() != 1
        || application.refused.get() != 1) {
      throw new IllegalStateException(String.format(
          "the application does not keep the rules: %d failures, revision %d, %s repeated, %s refused",
          failures, customer.revision, application.repeated, application.refused));
    }
  }

  private void send(Customer customer) {
    customer.requestId = String.format("bench-update-%012d", ++serial);
    customer.sentNanos = System.nanoTime();
    customer.inFlight = true;
    ++flying;
    producer.send(new ProducerRecord<>(commands, customer.key,
        new Command(customer.requestId, customer.revision, "Hartmann Precision Tools " + serial)));
  }

  /** Whether this is the event that the customer's command was to have: once, with its revision. */
  private boolean complete(Customer customer, Event event, long now) {
    lastEventNanos = now;
    boolean expected = customer.inFlight && event.requestId().equals(customer.requestId)
        && event.revision() == customer.revision + 1;
    if (!expected) {
      ++failures;
      return false;
    }
    customer.revision = event.revision();
    customer.inFlight = false;
    --flying;
    return true;
  }

  private void await(Customer customer) {
    lastEventNanos = System.nanoTime();
    while (customer.inFlight && !silent()) {
      consumer.poll(Duration.ofMillis(100)).forEach(record ->
          complete(customers[number(record.key())], record.value(), System.nanoTime()));
    }
    if (customer.inFlight) ++failures;
  }

  private boolean silent() {
    return System.nanoTime() - lastEventNanos > SILENCE_NANOS_MAX;
  }

  private static int number(String key) {
    return Integer.parseInt(key.substring("customers/b".length()));
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    consumer.close();
  }
}
