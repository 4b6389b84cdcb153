package check

import "crm/fault/topic"

// Log checks what a topic promises whatever was asked of the service: revisions without gap or
// double, one event of a request, records where their keys belong.
func Log(t *topic.Topic, partitions int) Report {
	accepted := &Check{Name: "log-accepted", Checked: t.Accepted}
	accepted.note("topic %s: %d records, %d claims, %d accepted, %d rejected, %d skipped", t.Name,
		t.Records, t.Claims, t.Accepted, t.Rejected, t.Skipped)
	if t.Accepted == 0 {
		accepted.fail("topic %s has no accepted record", t.Name)
	}
	offsets := &Check{Name: "log-offsets", Checked: t.Records}
	for _, d := range t.Disorders {
		offsets.fail("topic %s partition %d: offset %d after %d", t.Name, d.Partition, d.Offset,
			d.Previous)
	}
	return Report{accepted, offsets, revisions(t), requests(t), places(t, partitions)}
}

func revisions(t *topic.Topic) *Check {
	c := &Check{Name: "log-revisions"}
	last := map[string]int64{}
	for _, e := range t.Events {
		if e.Passed {
			continue
		}
		c.Checked++
		if e.Subject == "" || e.Revision < 1 {
			c.fail("topic %s %s: event without subject or revision", t.Name, e.Place())
			continue
		}
		if want := last[e.Subject] + 1; e.Revision != want {
			c.fail("topic %s %s: %s has revision %d after %d", t.Name, e.Place(), e.Subject,
				e.Revision, want-1)
		}
		// One gap is told once, not for every event behind it.
		last[e.Subject] = e.Revision
	}
	return c
}

// identity is what may have one event: a request of a key, or what a reaction asked of a target.
type identity struct{ kind, of, id string }

func identityOf(e *topic.Event) (identity, bool) {
	switch {
	case e.Reaction != "":
		return identity{"reaction", e.Subject, e.Reaction}, true
	case e.RequestID != "" && !e.Passed:
		return identity{"request_id", topic.KeyOf(e.Subject), e.RequestID}, true
	}
	return identity{}, false
}

func requests(t *topic.Topic) *Check {
	c := &Check{Name: "log-requests"}
	first := map[identity]*topic.Event{}
	for _, e := range t.Events {
		id, has := identityOf(e)
		if !has {
			continue
		}
		c.Checked++
		if before := first[id]; before != nil {
			c.fail("topic %s: %s %s of %s has two events: %s and %s", t.Name, id.kind, id.id, id.of,
				before.Place(), e.Place())
			continue
		}
		first[id] = e
	}
	return c
}

func places(t *topic.Topic, partitions int) *Check {
	c := &Check{Name: "log-keys"}
	for _, e := range t.Events {
		if e.Passed || e.Subject == "" {
			continue
		}
		c.Checked++
		key := topic.KeyOf(e.Subject)
		if want := topic.PartitionOf(key, partitions); e.Key != key || e.Partition != want {
			c.fail("topic %s %s: %s has key %q; it belongs to key %q, partition %d of %d", t.Name,
				e.Place(), e.Subject, e.Key, key, want, partitions)
		}
	}
	return c
}
