package peers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** What the topics and the store hold, each with its bytes: fields in order, by DataOutput. */
final class Records {
  private Records() {}

  /** An update of a customer's name. A negative expected revision fits always. */
  record Command(String requestId, long expectedRevision, String name) {
    static final Serde<Command> SERDE = serde(
        (command, out) -> {
          out.writeUTF(command.requestId);
          out.writeLong(command.expectedRevision);
          out.writeUTF(command.name);
        },
        in -> new Command(in.readUTF(), in.readLong(), in.readUTF()));
  }

  /** The fact that an update adds. */
  record Event(String requestId, long revision, String name, long timeMillis) {
    static final Serde<Event> SERDE = serde(
        (event, out) -> {
          out.writeUTF(event.requestId);
          out.writeLong(event.revision);
          out.writeUTF(event.name);
          out.writeLong(event.timeMillis);
        },
        in -> new Event(in.readUTF(), in.readLong(), in.readUTF(), in.readLong()));
  }

  /** A customer; `document` stands for its other fields. */
  record State(long revision, String lastRequestId, String name, String document) {
    static final Serde<State> SERDE = serde(
        (state, out) -> {
          out.writeLong(state.revision);
          out.writeUTF(state.lastRequestId);
          out.writeUTF(state.name);
          out.writeUTF(state.document);
        },
        in -> new State(in.readLong(), in.readUTF(), in.readUTF(), in.readUTF()));
  }

  private interface Writer<T> {
    void write(T value, DataOutputStream out) throws IOException;
  }

  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  private static <T> Serde<T> serde(Writer<T> writer, Reader<T> reader) {
    return Serdes.serdeFrom(
        (topic, value) -> {
          if (value == null) return null;
          ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
          try {
            writer.write(value, new DataOutputStream(bytes));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return bytes.toByteArray();
        },
        (topic, bytes) -> {
          if (bytes == null) return null;
          try {
            return reader.read(new DataInputStream(new ByteArrayInputStream(bytes)));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
