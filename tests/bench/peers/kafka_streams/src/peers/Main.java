package peers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Topics and application for one commit interval. With the driver in this process: a line of JSON for
 * each N in flight. With a front: its port, and it serves until standard input ends.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Settings settings = Settings.of(arguments);
    Map<String, Object> broker =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
    boolean good;
    try (Admin admin = Admin.create(broker)) {
      admin.createTopics(List.of(topic(settings.commands()), topic(settings.events()))).all()
          .get(30, TimeUnit.SECONDS);
      try {
        good = settings.front() ? serve(settings) : measure(settings);
      } finally {
        // The group goes by itself: its members time out and its offsets went with the topics.
        admin.deleteTopics(List.of(settings.commands(), settings.events(),
            Application.changelog(settings))).all().get(30, TimeUnit.SECONDS);
      }
    }
    System.exit(good ? 0 : 1);
  }

  private static NewTopic topic(String name) {
    return new NewTopic(name, Settings.PARTITIONS, (short) -1);
  }

  /** False when something failed; then nothing more is measured, as commands may be on their way. */
  private static boolean measure(Settings settings) throws Exception {
    try (Application application = new Application(settings);
        Driver driver = new Driver(settings)) {
      driver.check(application);
      driver.run(64, settings.warmUpSeconds(), 0);
      for (int inFlight : settings.inFlight()) {
        Driver.Figures figures =
            driver.run(inFlight, Settings.settleSeconds(inFlight), settings.seconds());
        System.out.println(json(settings, inFlight, figures));
        if (figures.failures() > 0) return false;
      }
      return application.refused.get() == 1 && application.repeated.get() == 1;  // Of the check.
    }
  }

  private static boolean serve(Settings settings) throws Exception {
    try (Application application = new Application(settings);
        Front front = new Front(settings)) {
      System.out.println(front.port());
      while (System.in.read() >= 0) {}
      return application.refused.get() == 0 && application.repeated.get() == 0;
    }
  }

  private static String json(Settings settings, int inFlight, Driver.Figures figures) {
    return String.format(Locale.ROOT,
        "{\"peer\": \"kafka_streams\", \"work\": \"update\", \"setting\": \"commit.interval.ms=%d\","
            + " \"in_flight\": %d, \"per_second\": %.1f, \"p50_us\": %.0f, \"p99_us\": %.0f,"
            + " \"durability\": \"exactly_once_v2, page cache of one broker\","
            + " \"seconds\": %.1f, \"failures\": %d}",
        settings.commitIntervalMillis(), inFlight, figures.perSecond(), figures.micros(0.5),
        figures.micros(0.99), figures.seconds(), figures.failures());
  }
}
