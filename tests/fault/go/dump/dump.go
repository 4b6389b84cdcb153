// Package dump reads a topic off its brokers, whole and raw.
package dump

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"crm/fault/topic"
)

const (
	earliest = -2
	latest   = -1
)

// Topic calls each for every record of every partition, from offset 0 to the end as it is at the
// call, in the order of the offsets of each partition. It fails when the first records are no longer
// there: a log of record is kept for ever.
func Topic(ctx context.Context, brokers []string, name string, each func(topic.Record) error) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		return err
	}
	defer client.Close()
	partitions, err := partitionsOf(ctx, client, name)
	if err != nil {
		return err
	}
	starts, err := offsets(ctx, client, name, partitions, earliest)
	if err != nil {
		return err
	}
	ends, err := offsets(ctx, client, name, partitions, latest)
	if err != nil {
		return err
	}
	for partition, start := range starts {
		if start != 0 {
			return fmt.Errorf("partition %d begins at offset %d, not at 0", partition, start)
		}
		if ends[partition] == 0 {
			delete(ends, partition)
		}
	}
	return read(ctx, brokers, name, ends, each)
}

func partitionsOf(ctx context.Context, client *kgo.Client, name string) ([]int32, error) {
	request := kmsg.NewPtrMetadataRequest()
	asked := kmsg.NewMetadataRequestTopic()
	asked.Topic = kmsg.StringPtr(name)
	request.Topics = []kmsg.MetadataRequestTopic{asked}
	response, err := request.RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	if len(response.Topics) != 1 {
		return nil, fmt.Errorf("the broker spoke of %d topics, not of one", len(response.Topics))
	}
	if err := kerr.ErrorForCode(response.Topics[0].ErrorCode); err != nil {
		return nil, err
	}
	var partitions []int32
	for _, partition := range response.Topics[0].Partitions {
		partitions = append(partitions, partition.Partition)
	}
	return partitions, nil
}

// offsets asks each partition's leader for its first (earliest) or next (latest) offset.
func offsets(ctx context.Context, client *kgo.Client, name string, partitions []int32,
	which int64) (map[int32]int64, error) {
	request := kmsg.NewPtrListOffsetsRequest()
	request.ReplicaID = -1
	asked := kmsg.NewListOffsetsRequestTopic()
	asked.Topic = name
	for _, partition := range partitions {
		of := kmsg.NewListOffsetsRequestTopicPartition()
		of.Partition = partition
		of.Timestamp = which
		asked.Partitions = append(asked.Partitions, of)
	}
	request.Topics = []kmsg.ListOffsetsRequestTopic{asked}
	response, err := client.Request(ctx, request)
	if err != nil {
		return nil, err
	}
	found := map[int32]int64{}
	for _, t := range response.(*kmsg.ListOffsetsResponse).Topics {
		for _, partition := range t.Partitions {
			if err := kerr.ErrorForCode(partition.ErrorCode); err != nil {
				return nil, fmt.Errorf("partition %d: %w", partition.Partition, err)
			}
			found[partition.Partition] = partition.Offset
		}
	}
	if len(found) != len(partitions) {
		return nil, fmt.Errorf("offsets of %d partitions, not of %d", len(found), len(partitions))
	}
	return found, nil
}

// read reads up to the ends. Control records are asked for so that an end behind one is reached, and
// are not handed on.
func read(ctx context.Context, brokers []string, name string, ends map[int32]int64,
	each func(topic.Record) error) error {
	if len(ends) == 0 {
		return nil
	}
	from := map[int32]kgo.Offset{}
	for partition := range ends {
		from[partition] = kgo.NewOffset().At(0)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.KeepControlRecords(),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{name: from}))
	if err != nil {
		return err
	}
	defer client.Close()
	for len(ends) > 0 {
		fetches := client.PollFetches(ctx)
		if err := failure(fetches); err != nil {
			return err
		}
		for records := fetches.RecordIter(); !records.Done(); {
			r := records.Next()
			end, open := ends[r.Partition]
			if !open || r.Offset >= end {
				continue
			}
			if r.Offset+1 == end {
				delete(ends, r.Partition)
			}
			if r.Attrs.IsControl() {
				continue
			}
			if err := each(recordOf(r)); err != nil {
				return err
			}
		}
	}
	return nil
}

func failure(fetches kgo.Fetches) error {
	var all []string
	fetches.EachError(func(_ string, partition int32, err error) {
		all = append(all, fmt.Sprintf("partition %d: %s", partition, err))
	})
	if len(all) == 0 {
		return nil
	}
	return errors.New(all[0])
}

func recordOf(r *kgo.Record) topic.Record {
	record := topic.Record{Partition: r.Partition, Offset: topic.Int64(r.Offset), Key: r.Key, Value: r.Value}
	for _, header := range r.Headers {
		record.Headers = append(record.Headers, topic.Header{Name: header.Key, Value: header.Value})
	}
	return record
}
