package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crm/fault/topic"
)

// write writes the dump of a log with one claim and one create of customers/a.
func write(t *testing.T, path string, events int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	writer := topic.NewWriter(file)
	number := []byte("00000000000000000001")
	claim := topic.Record{Partition: topic.PartitionOf("a", 12), Headers: []topic.Header{
		{Name: "ce_type", Value: []byte("crm.eventlog.v1.PartitionClaimed")}, {Name: "ce_fence", Value: number}}}
	records := []topic.Record{claim}
	for i := 1; i <= events; i++ {
		records = append(records, topic.Record{Partition: claim.Partition, Offset: topic.Int64(i), Key: []byte("a"),
			Value: []byte("Ann"), Headers: []topic.Header{{Name: "ce_fence", Value: number},
				{Name: "ce_revision", Value: number}, {Name: "ce_subject", Value: []byte("customers/a")},
				{Name: "ce_requestid", Value: []byte("q")}, {Name: "ce_id", Value: fmt.Appendf(nil, "e-%d", i)}}})
	}
	for _, record := range records {
		if err := writer.Write(record); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Flush(); err != nil {
		t.Fatal(err)
	}
}

const operations = `{"op":"create","name":"customers/a","request_id":"q","value":"Ann",
 "call_ns":1,"return_ns":2,"outcome":"ok","etag":"r1"}
{"mark":"kill","at_ns":0}`

func TestTheStatusSaysWhatWasFound(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	write(t, in("good"), 1)
	write(t, in("doubled"), 2)
	write(t, in("empty"), 0)
	for name, text := range map[string]string{"h": operations, "none": "", "cut": operations[:30]} {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		arguments string
		status    int
		says      string
	}{
		{"--topic c=good --history h --gap kill=1s", 0, "writes-acknowledged: checked 1, violations 0"},
		{"--topic c=good", 0, "log-accepted: checked 1, violations 0"},
		{"--topic c=good --need log-requests", 0, "log-requests: checked 1, violations 0"},
		{"--topic c=good --history h --need reads-plain", 1, "VIOLATION nothing was checked"},
		{"--topic c=good --history h --gap stop=1s", 1, "VIOLATION stop"},
		{"--topic c=doubled --history h", 1, "VIOLATION topic c"},
		{"--topic c=good --topic d=doubled", 1, "VIOLATION topic d"},
		{"--topic c=empty", 1, "VIOLATION topic c has no accepted record"},
		{"--topic c=good --topic d=empty", 1, "VIOLATION topic d has no accepted record"},
		{"--topic c=good --history h --history none", 1, "VIOLATION none: nothing in it"},
		{"--topic c=good --history cut", 2, ""},
		{"--topic c=missing", 2, ""},
		{"--topic good", 2, ""},
		{"--history h", 2, ""},
		{"--topic c=good --gap kill", 2, ""},
		{"--topic c=good stray", 2, ""},
	} {
		var arguments []string
		for _, word := range strings.Fields(test.arguments) {
			for _, name := range []string{"good", "doubled", "empty", "missing", "h", "none", "cut"} {
				if word == name {
					word = in(name)
				} else if strings.HasSuffix(word, "="+name) {
					word = strings.TrimSuffix(word, name) + in(name)
				}
			}
			arguments = append(arguments, word)
		}
		var out, errors bytes.Buffer
		if status := run(arguments, &out, &errors); status != test.status || !strings.Contains(out.String(), test.says) {
			t.Errorf("%s: %d\n%s%s", test.arguments, status, out.String(), errors.String())
		}
	}
}
