package check

import (
	"strings"
	"testing"
	"time"

	"crm/fault/history"
)

const second = int64(time.Second)

// timed appends an acknowledged write with these times.
func (w *world) timed(name, id string, call, end int64) {
	o := w.wrote(name, id)
	o.CallNs, o.ReturnNs = call, end
}

func (w *world) mark(kind string, at int64, partitions ...int32) {
	w.h.Marks = append(w.h.Marks, &history.Mark{Mark: kind, AtNs: at, Partitions: partitions})
}

// gaps is the check of the write gaps alone.
func (w *world) gaps(t *testing.T, limits Limits) *Check {
	t.Helper()
	for _, c := range w.check(t, Options{Gaps: limits}) {
		if c.Name == "write-gaps" {
			return c
		}
	}
	t.Fatal("no such check")
	return nil
}

func TestAGapEndsWhenEveryPartitionHasAcknowledged(t *testing.T) {
	w := newWorld()
	w.timed(a, "a1", 1*second, 2*second)
	w.timed(b, "b1", 1*second, 2*second)
	w.timed(a, "a2", 3*second, 12*second) // Called before the mark: its answer proves nothing.
	w.timed(b, "b2", 11*second, 20*second)
	w.timed(b, "b3", 12*second, 13*second) // Called later, answered first.
	w.timed(a, "a3", 14*second, 15*second)
	w.mark("kill", 10*second)
	w.mark("kill", 10*second, w.partition(b))
	c := w.gaps(t, Limits{"kill": 5 * time.Second})
	if c.Violations != 0 || c.Checked != 2 || c.Notes[0] != "kill: 2 marks, p50 3s, p99 5s, max 5s" {
		t.Errorf("%+v", c)
	}
	if c = w.gaps(t, Limits{"kill": 5*time.Second - 1}); c.Violations != 1 {
		t.Errorf("a gap over its limit: %+v", c)
	}
	if c = w.gaps(t, Limits{"kill": time.Minute, "stop": time.Minute}); c.Violations != 1 {
		t.Errorf("a limit without marks: %+v", c)
	}
}

func TestAMarkAfterWhichNothingWasAcknowledgedIsAViolation(t *testing.T) {
	w := newWorld()
	w.timed(a, "a1", 1*second, 2*second)
	w.timed(b, "b1", 1*second, 2*second)
	w.timed(b, "b2", 3*second, 4*second)
	w.mark("kill", 2*second)
	if c := w.gaps(t, nil); c.Violations != 1 || !strings.Contains(c.Details[0], "partition") {
		t.Errorf("%+v", c)
	}
}

func TestPercentilesAreTheNearestRank(t *testing.T) {
	var sorted []time.Duration
	for i := 1; i <= 200; i++ {
		sorted = append(sorted, time.Duration(i))
	}
	if percentile(sorted, 50) != 100 || percentile(sorted, 99) != 198 || percentile(sorted[:1], 99) != 1 {
		t.Error(percentile(sorted, 50), percentile(sorted, 99), percentile(sorted[:1], 99))
	}
}
