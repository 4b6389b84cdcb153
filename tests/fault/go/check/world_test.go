package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"crm/fault/history"
	"crm/fault/topic"
)

const partitions = 12

// world is a log and a history that agree, until a test breaks them.
type world struct {
	topic *topic.Topic
	h     *history.History
	clock int64
}

func newWorld() *world {
	return &world{topic: &topic.Topic{Name: "customer", Records: 1, Claims: 1}, h: &history.History{}}
}

// logged appends an accepted event.
func (w *world) logged(name, requestID, value string) *topic.Event {
	key := topic.KeyOf(name)
	revision := int64(1)
	for _, e := range w.topic.Events {
		if e.Subject == name {
			revision = e.Revision + 1
		}
	}
	e := &topic.Event{Partition: topic.PartitionOf(key, partitions), Offset: int64(w.topic.Records), Key: key,
		Subject: name, Revision: revision, RequestID: requestID, Actor: "user:ann", Value: []byte("\n" + value)}
	w.topic.Records++
	w.topic.Accepted++
	w.topic.Events = append(w.topic.Events, e)
	return e
}

// did appends an operation that came after all before it, and took 10.
func (w *world) did(o history.Operation) *history.Operation {
	w.clock += 20
	o.CallNs, o.ReturnNs = w.clock, w.clock+10
	if o.Etag != "" {
		o.Revision, _ = history.RevisionOf(o.Etag)
	}
	if o.ExpectedEtag != "" {
		o.Expected, _ = history.RevisionOf(o.ExpectedEtag)
	}
	w.h.Operations = append(w.h.Operations, &o)
	return &o
}

// wrote appends an acknowledged write and its event; request_id and value are `id`.
func (w *world) wrote(name, id string) *history.Operation {
	e := w.logged(name, id, id)
	op := history.Update
	if e.Revision == 1 {
		op = history.Create
	}
	return w.did(history.Operation{Op: op, Name: name, RequestID: id, Value: id, Outcome: history.OK,
		Etag: etag(e.Revision), Position: &history.Position{Partition: e.Partition, Next: e.Offset + 1}})
}

func (w *world) read(how, name string, revision int64, value string) *history.Operation {
	o := history.Operation{Op: history.Get, Read: how, Name: name, Outcome: history.OK, SeenValue: value}
	if revision == 0 {
		o.Outcome, o.Code = history.Refused, notFound
	} else {
		o.Etag = etag(revision)
	}
	return w.did(o)
}

func (w *world) refused(op, name, expected, code string) *history.Operation {
	return w.did(history.Operation{Op: op, Name: name, RequestID: fmt.Sprintf("refused-%d", w.clock),
		Value: "never", ExpectedEtag: expected, Read: history.Barrier, Outcome: history.Refused, Code: code})
}

func etag(revision int64) string { return "r" + string(rune('0'+revision)) }

func (w *world) check(t *testing.T, options Options) Report {
	t.Helper()
	options.Partitions, options.Timeout = partitions, 10*time.Second
	report, err := All([]*topic.Topic{w.topic}, w.h, options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// good expects no violation.
func (w *world) good(t *testing.T) Report {
	t.Helper()
	report := w.check(t, Options{})
	if !report.OK() {
		t.Errorf("violations in a good world:\n%s", print(report))
	}
	return report
}

// bad expects violations of exactly these checks.
func (w *world) bad(t *testing.T, names ...string) {
	t.Helper()
	var found []string
	report := w.check(t, Options{})
	for _, c := range report {
		if c.Violations > 0 {
			found = append(found, c.Name)
		}
	}
	if strings.Join(found, " ") != strings.Join(names, " ") {
		t.Errorf("violations of %q, not of %q:\n%s", found, names, print(report))
	}
}

func print(r Report) string {
	var text strings.Builder
	r.Print(&text)
	return text.String()
}

const a, b = "customers/a", "customers/b"

// full is a good world with something for every check.
func full() *world {
	w := newWorld()
	w.wrote(a, "a1")
	w.wrote(b, "b1")
	w.read(history.Barrier, a, 1, "a1")
	w.wrote(a, "a2")
	w.refused(history.Create, a, "", "ALREADY_EXISTS")
	w.refused(history.Update, a, "r1", "ABORTED")
	w.refused(history.Update, "customers/none", "", notFound)
	w.read(history.Plain, a, 1, "a1").Position = &history.Position{Partition: w.partition(a), Next: 2}
	w.read(history.After, a, 2, "a2").Token = map[int32]int64{w.partition(a): 4}
	w.read(history.Plain, "customers/none", 0, "")
	w.did(history.Operation{Op: history.Update, Name: a, RequestID: "lost", Value: "lost", Outcome: history.Unknown})
	landed := w.did(history.Operation{Op: history.Update, Name: a, RequestID: "landed", Value: "landed",
		Outcome: history.Unknown})
	w.logged(a, "landed", "landed")
	w.read(history.Barrier, a, 3, "landed")
	landed.ReturnNs = 0
	w.h.Marks = append(w.h.Marks, &history.Mark{Mark: "kill-9 owner", AtNs: 0})
	return w
}

func (w *world) partition(name string) int32 { return topic.PartitionOf(topic.KeyOf(name), partitions) }
