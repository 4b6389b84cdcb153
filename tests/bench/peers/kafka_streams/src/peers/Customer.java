package peers;

import peers.Records.Command;
import peers.Records.Event;
import peers.Records.State;

/** The rules of a customer. Pure: no clock, no topic, no store. */
final class Customer {
  private Customer() {}

  enum Outcome { UPDATED, REPEATED, REFUSED }

  /** A customer before its first update: as many bytes as a customer of ours has. */
  static final State NEW = new State(0, "", "", """
      {"kind":"COMPANY","industry":"mechanical engineering","region":"region-000000000000",\
      "branch":"branch-stuttgart","team":"team-industry","owner":"staff-0042",\
      "website":"https://www.hartmann-precision.example","employees":240,\
      "tags":["machine-tools","trade-fair"],"phones":["+497110000000"],\
      "emails":["purchasing0000000@hartmann-precision.example"],"address":{"country":"DE",\
      "locality":"Stuttgart","postal_code":"70173","lines":["Industriestrasse 12"]}}""");

  static Outcome decide(State customer, Command command) {
    if (command.requestId().equals(customer.lastRequestId())) return Outcome.REPEATED;
    boolean fits = command.expectedRevision() < 0
        || command.expectedRevision() == customer.revision();
    return fits ? Outcome.UPDATED : Outcome.REFUSED;
  }

  static State evolve(State customer, Event event) {
    return new State(event.revision(), event.requestId(), event.name(), customer.document());
  }
}
