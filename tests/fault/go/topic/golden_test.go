package topic

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

// The topic that every reader must take alike, ours and others': ../../golden.
func TestTheGoldenTopicIsJudgedAsExpected(t *testing.T) {
	records, err := os.Open("../../golden/topic.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer records.Close()
	expected, err := os.Open("../../golden/expected.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer expected.Close()
	verdicts := bufio.NewScanner(expected)
	rules := map[int32]*Acceptance{}
	judged := 0
	err = ReadRecords(records, func(record *Record) {
		if !verdicts.Scan() {
			t.Fatal("a record without a verdict")
		}
		var want struct{ Verdict, Why string }
		if err := json.Unmarshal(verdicts.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if rules[record.Partition] == nil {
			rules[record.Partition] = &Acceptance{}
		}
		got := rules[record.Partition].Judge(record)
		ok := got == map[string]Verdict{"claim": Claim, "accepted": Accepted, "rejected": Rejected,
			"skipped": Accepted}[want.Verdict]
		if !ok {
			t.Errorf("partition %d offset %d: %v, %s", record.Partition, record.Offset, got, want.Why)
		}
		judged++
	})
	if err != nil {
		t.Fatal(err)
	}
	if judged < 20 {
		t.Errorf("only %d records", judged)
	}
}
