package check

import (
	"fmt"
	"sort"
	"time"

	"crm/fault/history"
)

// Limits of the write gap by kind of mark, for its 99th percentile.
type Limits map[string]time.Duration

// checkGaps measures, for each mark, the time until for every partition a write called after the mark
// was acknowledged. A partition that nobody wrote to any more has no gap that could be told: that is
// a violation, as the mark then proves nothing.
func (x *index) checkGaps(h *history.History, limits Limits) Report {
	c := &Check{Name: "write-gaps", Checked: len(h.Marks)}
	writes := x.acknowledged(h)
	gaps := map[string][]time.Duration{}
	for kind := range limits {
		gaps[kind] = nil
	}
	for _, m := range h.Marks {
		if gap, err := gapOf(m, writes[x.topicOf(m.Topic)]); err != nil {
			c.fail("mark %s %s at %d: %s", m.Mark, m.Target, m.AtNs, err)
		} else {
			gaps[m.Mark] = append(gaps[m.Mark], gap)
		}
	}
	kinds := make([]string, 0, len(gaps))
	for kind := range gaps {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	for _, kind := range kinds {
		tellGaps(c, kind, gaps[kind], limits)
	}
	return Report{c}
}

func tellGaps(c *Check, kind string, gaps []time.Duration, limits Limits) {
	limit, limited := limits[kind]
	if len(gaps) == 0 {
		c.fail("%s: a limit without a mark that could be measured", kind)
		return
	}
	sort.Slice(gaps, func(i, j int) bool { return gaps[i] < gaps[j] })
	p99 := percentile(gaps, 99)
	c.note("%s: %d marks, p50 %s, p99 %s, max %s", kind, len(gaps), round(percentile(gaps, 50)),
		round(p99), round(gaps[len(gaps)-1]))
	if limited && p99 > limit {
		c.fail("%s: the 99th percentile of the gaps is %s, at most %s", kind, round(p99), limit)
	}
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// percentile is the nearest rank of sorted values.
func percentile(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1]
}

// span is one acknowledged write, from its first send to its answer.
type span struct{ call, end int64 }

// acknowledged is the acknowledged writes of each topic and partition by their calls; each `end` is the
// first answer to any write called then or later.
func (x *index) acknowledged(h *history.History) map[string]map[int32][]span {
	writes := map[string]map[int32][]span{}
	for _, o := range h.Operations {
		if !o.IsWrite() || o.Outcome != history.OK {
			continue
		}
		of := x.topicOf(o.Topic)
		if writes[of] == nil {
			writes[of] = map[int32][]span{}
		}
		partition := x.partitionOf(o)
		writes[of][partition] = append(writes[of][partition], span{o.CallNs, o.ReturnNs})
	}
	for _, partitions := range writes {
		for _, spans := range partitions {
			sort.Slice(spans, func(i, j int) bool { return spans[i].call < spans[j].call })
			for i := len(spans) - 2; i >= 0; i-- {
				if spans[i+1].end < spans[i].end {
					spans[i].end = spans[i+1].end
				}
			}
		}
	}
	return writes
}

func gapOf(m *history.Mark, writes map[int32][]span) (time.Duration, error) {
	partitions := m.Partitions
	if len(partitions) == 0 {
		for partition := range writes {
			partitions = append(partitions, partition)
		}
	}
	if len(partitions) == 0 {
		return 0, fmt.Errorf("no write was acknowledged at all")
	}
	var gap int64
	for _, partition := range partitions {
		spans := writes[partition]
		i := sort.Search(len(spans), func(i int) bool { return spans[i].call >= m.AtNs })
		if i == len(spans) {
			return 0, fmt.Errorf("no write to partition %d called after it was acknowledged", partition)
		}
		if after := spans[i].end - m.AtNs; after > gap {
			gap = after
		}
	}
	return time.Duration(gap), nil
}
