package topic

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
)

// Event is an accepted record of an aggregate, or a ReactionPassed (then Passed, without revision).
type Event struct {
	Partition int32
	Offset    int64
	Key       string
	Subject   string
	Revision  int64 // -1: the header is there and is none.
	RequestID string
	Reaction  string
	Actor     string
	Passed    bool
	Value     []byte
}

// Place names the event in messages.
func (e *Event) Place() string { return fmt.Sprintf("partition %d offset %d", e.Partition, e.Offset) }

// Disorder is a record whose offset is not above that of the one before it in its partition.
type Disorder struct {
	Partition        int32
	Previous, Offset int64
}

// Topic is what a dump says by the rule.
type Topic struct {
	Name      string
	Records   int // All of them.
	Claims    int // That count.
	Accepted  int // Other records that count.
	Rejected  int
	Skipped   int // Accepted, and passed over by word of the log; not among the events.
	Events    []*Event
	Disorders []Disorder
}

// Read folds one dump.
func Read(name string, from io.Reader) (*Topic, error) {
	f := folder{topic: &Topic{Name: name}, rules: map[int32]*Acceptance{}, last: map[int32]int64{},
		skips: map[skip]int64{}}
	if err := ReadRecords(from, f.add); err != nil {
		return nil, fmt.Errorf("topic %s: %w", name, err)
	}
	f.dropSkipped()
	return f.topic, nil
}

type skip struct {
	partition int32
	sha256    string
}

type folder struct {
	topic *Topic
	rules map[int32]*Acceptance
	last  map[int32]int64 // Offset of the last record of a partition.
	skips map[skip]int64  // Offset of the last record that says so.
}

func (f *folder) add(record *Record) {
	f.topic.Records++
	offset := int64(record.Offset)
	if last, seen := f.last[record.Partition]; seen && offset <= last {
		f.topic.Disorders = append(f.topic.Disorders, Disorder{record.Partition, last, offset})
	}
	f.last[record.Partition] = offset
	rule := f.rules[record.Partition]
	if rule == nil {
		rule = &Acceptance{}
		f.rules[record.Partition] = rule
	}
	switch rule.Judge(record) {
	case Rejected:
		f.topic.Rejected++
	case Claim:
		f.topic.Claims++
	case Accepted:
		f.topic.Accepted++
		f.accept(record)
	}
}

func (f *folder) accept(record *Record) {
	kind := record.Header("ce_type")
	if kind == skippedType {
		if hash := skippedSha256(record.Value); hash != "" {
			f.skips[skip{record.Partition, hash}] = int64(record.Offset)
		}
		return
	}
	revision, passed := record.Header("ce_revision"), kind == passedType
	if revision == "" && !passed {
		return // The log's own, or not of an aggregate.
	}
	event := &Event{Partition: record.Partition, Offset: int64(record.Offset), Key: string(record.Key),
		Subject: record.Header("ce_subject"), RequestID: record.Header("ce_requestid"),
		Reaction: record.Header("ce_reaction"), Actor: record.Header("ce_actor"),
		Passed: passed, Value: record.Value}
	if !passed {
		event.Revision = ParseNumber(revision)
	}
	f.topic.Events = append(f.topic.Events, event)
}

// dropSkipped takes out what a later record of its partition says may be skipped. Readers skip only
// what they cannot read; nobody names anything else, so the word of the log is taken as it stands.
func (f *folder) dropSkipped() {
	if len(f.skips) == 0 {
		return
	}
	kept := f.topic.Events[:0]
	for _, event := range f.topic.Events {
		sum := sha256.Sum256(event.Value)
		said, named := f.skips[skip{event.Partition, hex.EncodeToString(sum[:])}]
		if named && event.Offset < said {
			f.topic.Skipped++
			continue
		}
		kept = append(kept, event)
	}
	f.topic.Events = kept
}

// skippedSha256 is LogEvent.record_skipped.sha256 (fields 3 and 2), the one thing that no header
// says; empty when the value cannot be read.
func skippedSha256(value []byte) string { return string(field(field(value, 3), 2)) }

// field is the last length-delimited field of this number in a protobuf message; nil when there is
// none or the message cannot be read.
func field(message []byte, number uint64) []byte {
	var found []byte
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 {
			return nil
		}
		message = message[n:]
		value, n := binary.Uvarint(message)
		if n <= 0 {
			return nil
		}
		message = message[n:]
		switch tag & 7 {
		case 0:
		case 2:
			if value > uint64(len(message)) {
				return nil
			}
			if tag>>3 == number {
				found = message[:value]
			}
			message = message[value:]
		default:
			return nil // Neither message has fixed-width fields or groups.
		}
	}
	return found
}
