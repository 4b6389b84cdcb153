package peers;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What a team puts before a Streams application so that others can call it: a call appends its
 * command and is answered with the event, when a read_committed consumer has it. The messages are
 * those of the topics, the request's with the customer's key before it. A command that adds no event
 * is not answered before its deadline.
 */
final class Front implements AutoCloseable {
  static final String METHOD = "peers.Customers/Update";

  private final String commands;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final ConcurrentHashMap<String, StreamObserver<byte[]>> waiting =
      new ConcurrentHashMap<>();
  private final Server server;
  private final Thread reader;
  private volatile boolean closing;

  Front(Settings settings) throws IOException {
    commands = settings.commands();
    producer = Clients.producer(settings, Serdes.ByteArray().serializer());
    consumer = Clients.events(settings, Serdes.ByteArray().deserializer());
    MethodDescriptor<byte[], byte[]> update =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(METHOD)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
        .directExecutor()
        .addService(ServerServiceDefinition.builder("peers.Customers")
            .addMethod(update, ServerCalls.asyncUnaryCall(this::update))
            .build())
        .build()
        .start();
    reader = new Thread(this::answerAll, "events");
    reader.start();
  }

  int port() {
    return server.getPort();
  }

  private void update(byte[] request, StreamObserver<byte[]> caller) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(request));
      String key = in.readUTF();
      byte[] command = in.readAllBytes();
      String requestId = new DataInputStream(new ByteArrayInputStream(command)).readUTF();
      waiting.put(requestId, caller);
      producer.send(new ProducerRecord<>(commands, key, command), (metadata, error) -> {
        if (error != null && waiting.remove(requestId) != null) {
          caller.onError(Status.UNAVAILABLE.withCause(error).asRuntimeException());
        }
      });
    } catch (IOException e) {
      caller.onError(Status.INVALID_ARGUMENT.withCause(e).asRuntimeException());
    }
  }

  private void answerAll() {
    while (!closing) {
      for (ConsumerRecord<String, byte[]> event : consumer.poll(Duration.ofMillis(100))) {
        StreamObserver<byte[]> caller = waiting.remove(requestIdOf(event.value()));
        if (caller == null) continue;
        caller.onNext(event.value());
        caller.onCompleted();
      }
    }
    consumer.close();
  }

  private static String requestIdOf(byte[] event) {
    try {
      return new DataInputStream(new ByteArrayInputStream(event)).readUTF();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    closing = true;
    reader.join();
    producer.close(Duration.ofSeconds(5));
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
