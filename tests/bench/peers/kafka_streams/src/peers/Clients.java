package peers;

import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Who sends commands and reads the events that are committed. */
final class Clients {
  private Clients() {}

  static <T> KafkaProducer<String, T> producer(Settings settings, Serializer<T> values) {
    Properties properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return new KafkaProducer<>(properties, Serdes.String().serializer(), values);
  }

  /** Of all partitions, from the first event on. */
  static <T> KafkaConsumer<String, T> events(Settings settings, Deserializer<T> values) {
    Properties properties = new Properties();
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    KafkaConsumer<String, T> consumer =
        new KafkaConsumer<>(properties, Serdes.String().deserializer(), values);
    List<TopicPartition> partitions = IntStream.range(0, Settings.PARTITIONS)
        .mapToObj(partition -> new TopicPartition(settings.events(), partition)).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }
}
