package peers;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What ./peer asks for: `--name value` pairs, all of them required. `front` is yes or no. */
record Settings(String bootstrap, String stateDirectory, String applicationId,
    long commitIntervalMillis, int threads, boolean front, double seconds, double warmUpSeconds,
    List<Integer> inFlight) {

  static final int PARTITIONS = 12;
  static final int CUSTOMERS = 4096;

  static Settings of(String[] arguments) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      values.put(arguments[i].substring(2), arguments[i + 1]);
    }
    List<Integer> inFlight = Arrays.stream(values.get("in-flight").split(","))
        .map(Integer::valueOf).toList();
    return new Settings(values.get("bootstrap"), values.get("state-dir"),
        "bench-peer-" + System.currentTimeMillis(),
        Long.parseLong(values.get("commit-interval-ms")), Integer.parseInt(values.get("threads")),
        values.get("front").equals("yes"),
        Double.parseDouble(values.get("seconds")),
        Double.parseDouble(values.get("warm-up-seconds")), inFlight);
  }

  /** At N in flight before measuring, as with the other peers. */
  static double settleSeconds(int inFlight) {
    return 2 + inFlight / 100.0;
  }

  String commands() {
    return applicationId + "-commands";
  }

  String events() {
    return applicationId + "-events";
  }
}
