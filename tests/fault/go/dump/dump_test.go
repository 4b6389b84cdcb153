package dump

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"reflect"
	"sort"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"crm/fault/topic"
)

// broker is one Kafka broker with one topic, "t". It answers what a reader asks, one batch a fetch.
type broker struct {
	listener net.Listener
	starts   map[int32]int64
	batches  map[int32][]kmsg.RecordBatch
}

func startBroker(t *testing.T, starts map[int32]int64, batches map[int32][]kmsg.RecordBatch) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	b := &broker{listener, starts, batches}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go b.serve(conn)
		}
	}()
	return listener.Addr().String()
}

func (b *broker) serve(conn net.Conn) {
	defer conn.Close()
	for {
		var size [4]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		frame := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(conn, frame); err != nil {
			return
		}
		request := kmsg.RequestForKey(int16(binary.BigEndian.Uint16(frame)))
		request.SetVersion(int16(binary.BigEndian.Uint16(frame[2:])))
		body := frame[10+int16(binary.BigEndian.Uint16(frame[8:])):]
		if request.IsFlexible() {
			body = body[1:]
		}
		if err := request.ReadFrom(body); err != nil {
			return
		}
		response := b.answer(request)
		response.SetVersion(request.GetVersion())
		answer := append([]byte{0, 0, 0, 0}, frame[4:8]...)
		if response.IsFlexible() && response.Key() != 18 {
			answer = append(answer, 0)
		}
		answer = response.AppendTo(answer)
		binary.BigEndian.PutUint32(answer, uint32(len(answer)-4))
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

func (b *broker) answer(request kmsg.Request) kmsg.Response {
	switch r := request.(type) {
	case *kmsg.MetadataRequest:
		return b.metadata(r)
	case *kmsg.ListOffsetsRequest:
		return b.offsets(r)
	case *kmsg.FetchRequest:
		return b.fetch(r)
	}
	versions := kmsg.NewPtrApiVersionsResponse()
	for key, version := range map[int16]int16{1: 11, 2: 4, 3: 7, 18: 0} {
		versions.ApiKeys = append(versions.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: key, MaxVersion: version})
	}
	return versions
}

func (b *broker) metadata(r *kmsg.MetadataRequest) kmsg.Response {
	host, port, _ := net.SplitHostPort(b.listener.Addr().String())
	number, _ := strconv.Atoi(port)
	response := kmsg.NewPtrMetadataResponse()
	response.Brokers = []kmsg.MetadataResponseBroker{{NodeID: 1, Host: host, Port: int32(number)}}
	for _, asked := range r.Topics {
		of := kmsg.MetadataResponseTopic{Topic: asked.Topic}
		if *asked.Topic != "t" {
			of.ErrorCode = 3
			response.Topics = append(response.Topics, of)
			continue
		}
		for partition := range b.starts {
			of.Partitions = append(of.Partitions, kmsg.MetadataResponseTopicPartition{Partition: partition,
				Leader: 1, Replicas: []int32{1}, ISR: []int32{1}})
		}
		response.Topics = append(response.Topics, of)
	}
	return response
}

func (b *broker) end(partition int32) int64 {
	end := b.starts[partition]
	for _, batch := range b.batches[partition] {
		end = batch.FirstOffset + int64(batch.LastOffsetDelta) + 1
	}
	return end
}

func (b *broker) offsets(r *kmsg.ListOffsetsRequest) kmsg.Response {
	response := kmsg.NewPtrListOffsetsResponse()
	of := kmsg.ListOffsetsResponseTopic{Topic: "t"}
	for _, asked := range r.Topics[0].Partitions {
		offset := b.end(asked.Partition)
		if asked.Timestamp == earliest {
			offset = b.starts[asked.Partition]
		}
		of.Partitions = append(of.Partitions, kmsg.ListOffsetsResponseTopicPartition{Partition: asked.Partition,
			Offset: offset})
	}
	response.Topics = append(response.Topics, of)
	return response
}

func (b *broker) fetch(r *kmsg.FetchRequest) kmsg.Response {
	response := kmsg.NewPtrFetchResponse()
	of := kmsg.FetchResponseTopic{Topic: "t"}
	for _, asked := range r.Topics[0].Partitions {
		answer := kmsg.FetchResponseTopicPartition{Partition: asked.Partition,
			HighWatermark: b.end(asked.Partition), PreferredReadReplica: -1}
		for _, batch := range b.batches[asked.Partition] {
			if batch.FirstOffset+int64(batch.LastOffsetDelta) >= asked.FetchOffset {
				answer.RecordBatches = encode(batch)
				break
			}
		}
		of.Partitions = append(of.Partitions, answer)
	}
	response.Topics = append(response.Topics, of)
	return response
}

// batchOf is a batch whose records have these offsets.
func batchOf(attributes int16, offsets ...int64) kmsg.RecordBatch {
	batch := kmsg.RecordBatch{FirstOffset: offsets[0], Attributes: attributes, Magic: 2, ProducerID: -1,
		LastOffsetDelta: int32(offsets[len(offsets)-1] - offsets[0]), NumRecords: int32(len(offsets))}
	for _, offset := range offsets {
		record := kmsg.Record{OffsetDelta: int32(offset - offsets[0]), Key: []byte("k"),
			Value: []byte(fmt.Sprint("v", offset)), Headers: []kmsg.Header{{Key: "ce_type", Value: []byte("x")}}}
		record.Length = int32(len(record.AppendTo(nil)) - 1) // A length of 0 takes one byte.
		batch.Records = record.AppendTo(batch.Records)
	}
	return batch
}

func encode(batch kmsg.RecordBatch) []byte {
	batch.Length = int32(len(batch.AppendTo(nil)) - 12)
	raw := batch.AppendTo(nil)
	sum := crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli))
	batch.CRC = int32(sum)
	return batch.AppendTo(nil)
}

func dumped(t *testing.T, address, name string) ([]topic.Record, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var records []topic.Record
	err := Topic(ctx, []string{address}, name, func(r topic.Record) error {
		records = append(records, r)
		return nil
	})
	sort.SliceStable(records, func(i, j int) bool { return records[i].Partition < records[j].Partition })
	return records, err
}

func TestReadsEveryRecordOfEveryPartition(t *testing.T) {
	const control = 0x20
	address := startBroker(t, map[int32]int64{0: 0, 1: 0, 2: 0}, map[int32][]kmsg.RecordBatch{
		0: {batchOf(0, 0, 1, 2), batchOf(0, 3), batchOf(0, 7, 9)},
		2: {batchOf(0, 0), batchOf(control, 1)},
	})
	records, err := dumped(t, address, "t")
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, r := range records {
		places = append(places, fmt.Sprint(r.Partition, ":", r.Offset, "=", string(r.Value)))
	}
	want := []string{"0:0=v0", "0:1=v1", "0:2=v2", "0:3=v3", "0:7=v7", "0:9=v9", "2:0=v0"}
	if !reflect.DeepEqual(places, want) {
		t.Errorf("%v", places)
	}
	if r := records[0]; string(r.Key) != "k" || r.Header("ce_type") != "x" {
		t.Errorf("%+v", r)
	}
}

func TestALogWithoutItsBeginningIsRefused(t *testing.T) {
	address := startBroker(t, map[int32]int64{0: 5}, map[int32][]kmsg.RecordBatch{0: {batchOf(0, 5)}})
	if records, err := dumped(t, address, "t"); err == nil || len(records) > 0 {
		t.Error(records, err)
	}
}

func TestATopicThatIsNotThereIsAnError(t *testing.T) {
	address := startBroker(t, map[int32]int64{0: 0}, nil)
	if _, err := dumped(t, address, "other"); err == nil {
		t.Error("no error")
	}
	if records, err := dumped(t, address, "t"); err != nil || len(records) > 0 {
		t.Error("an empty topic:", records, err)
	}
}
