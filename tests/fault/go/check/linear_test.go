package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"crm/fault/history"
	"crm/fault/topic"
)

const missing = "customers/missing"

// future is a get that saw a2 before it was written.
func future(get history.Operation) history.Operation {
	get.Revision, get.SeenValue = 2, "a2"
	return get
}

// Each case is one that the log alone cannot show.
func TestTheModelFindsWhatNoOrderExplains(t *testing.T) {
	for rule, spoil := range map[string]func(*world){
		"a stale barrier read":              func(w *world) { w.read(history.Barrier, a, 2, "a2").Client = 7 },
		"a barrier read of the future":      func(w *world) { *w.h.Operations[2] = future(*w.h.Operations[2]) },
		"NOT_FOUND of what exists":          func(w *world) { w.refused(history.Update, a, "", notFound) },
		"ALREADY_EXISTS of what does not":   func(w *world) { w.refused(history.Create, missing, "", "ALREADY_EXISTS") },
		"ABORTED with the current etag":     func(w *world) { w.refused(history.Update, a, "r3", "ABORTED") },
		"ABORTED without etag":              func(w *world) { w.refused(history.Update, a, "", "ABORTED") },
		"a write that its etag should stop": func(w *world) { w.h.Operations[3].Expected = 7 },
		"a write answered with another's":   func(w *world) { w.h.Operations[3].SeenValue = "a1" },
		"a create of what exists":           func(w *world) { w.h.Operations[3].Op = history.Create },
		"two writes in the wrong order": func(w *world) {
			first, second := w.wrote(b, "b2"), w.wrote(b, "b3")
			first.CallNs, second.CallNs = second.CallNs, first.CallNs
			first.ReturnNs, second.ReturnNs = second.ReturnNs, first.ReturnNs
		},
		"an unknown write before its call": func(w *world) {
			for _, o := range w.h.Operations {
				if o.RequestID == "landed" {
					o.CallNs = w.clock + 100
				}
			}
		},
	} {
		w := full()
		spoil(w)
		x, err := makeIndex([]*topic.Topic{w.topic}, w.h, partitions)
		if err != nil {
			t.Fatal(err)
		}
		if c := x.checkLinear(w.h, Options{Timeout: 10 * time.Second}); c.Violations != 1 {
			t.Errorf("%s: %d violations %q", rule, c.Violations, c.Details)
		}
	}
}

func TestConcurrentOperationsMayBeInAnyOrder(t *testing.T) {
	w := full()
	first, second := w.wrote(b, "b2"), w.wrote(b, "b3")
	first.CallNs, first.ReturnNs = second.CallNs, second.ReturnNs
	read := w.read(history.Barrier, b, 1, "b1")
	read.CallNs, read.ReturnNs, read.Client = second.CallNs, second.ReturnNs, 7
	w.good(t)
}

func TestARefusalWithoutBarrierMayBeBehind(t *testing.T) {
	w := full()
	o := w.refused(history.Update, a, "r3", "ABORTED")
	o.Read = ""
	w.good(t)
	o.Position = &history.Position{Partition: w.partition(a), Next: 100}
	w.bad(t, "writes-refused")
	o.Position = nil
	if report := w.check(t, Options{Refusals: true}); report.OK() {
		t.Error("a stale refusal was taken for a linearizable one")
	}
	o.Expected = 9
	if report := w.check(t, Options{Refusals: true}); !report.OK() {
		t.Error(print(report))
	}
}

// Reads that overlap, and one that no order of them explains: the search would go through all their 2^60 subsets.
func TestNoVerdictIsAFailure(t *testing.T) {
	w := newWorld()
	reads := []*history.Operation{w.read(history.Barrier, a, 5, "never")}
	for i := 0; i < 60; i++ {
		reads = append(reads, w.read(history.Barrier, a, 0, ""))
	}
	for i, o := range reads {
		o.CallNs, o.ReturnNs, o.Client = 1, w.clock, i
	}
	x, err := makeIndex([]*topic.Topic{w.topic}, w.h, partitions)
	if err != nil {
		t.Fatal(err)
	}
	c := x.checkLinear(w.h, Options{Timeout: 10 * time.Millisecond})
	if c.Violations != 1 || !strings.Contains(c.Details[0], "no verdict") {
		t.Errorf("%d violations %q", c.Violations, c.Details)
	}
}

// Many unknown writes of one name must not make the search exponential.
func TestManyUnknownWritesAreJudgedInTime(t *testing.T) {
	w := newWorld()
	w.wrote(a, "first")
	for i := 0; i < 2000; i++ {
		id := fmt.Sprintf("w%d", i)
		o := w.did(history.Operation{Op: history.Update, Name: a, RequestID: id, Value: id,
			Outcome: history.Unknown})
		if i%2 == 0 {
			w.logged(a, id, id)
		}
		if i%10 == 0 {
			revision := int64(2 + i/2)
			get := w.did(history.Operation{Op: history.Get, Read: history.Barrier, Name: a,
				Outcome: history.OK, SeenValue: id})
			get.Revision = revision
		}
		o.ReturnNs = 0
	}
	w.good(t)
}
