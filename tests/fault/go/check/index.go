package check

import (
	"fmt"
	"sort"

	"crm/fault/history"
	"crm/fault/topic"
)

// resource names one resource of one topic.
type resource struct{ topic, name string }

// request names one request of one key.
type request struct{ topic, key, id string }

// index finds the events of a name and of a request, and the operation behind an event.
type index struct {
	partitions int
	only       string // The topic of operations that name none; empty when there are several.
	names      map[resource][]*topic.Event
	requests   map[request][]*topic.Event
	writes     map[request]*history.Operation
}

func makeIndex(topics []*topic.Topic, h *history.History, partitions int) (*index, error) {
	x := &index{partitions: partitions, names: map[resource][]*topic.Event{},
		requests: map[request][]*topic.Event{}, writes: map[request]*history.Operation{}}
	known := map[string]bool{}
	for _, t := range topics {
		known[t.Name] = true
		x.addTopic(t)
	}
	if len(topics) == 1 {
		x.only = topics[0].Name
	}
	for _, o := range h.Operations {
		if !known[x.topicOf(o.Topic)] {
			return nil, fmt.Errorf("%s: its topic %q was not given", o, o.Topic)
		}
		if !o.IsWrite() {
			continue
		}
		if other := x.writes[x.requestOf(o)]; other != nil {
			return nil, fmt.Errorf("two operations with one request_id: %s, and %s", other, o)
		}
		x.writes[x.requestOf(o)] = o
	}
	for _, m := range h.Marks {
		if !known[x.topicOf(m.Topic)] {
			return nil, fmt.Errorf("mark %s: its topic %q was not given", m.Mark, m.Topic)
		}
	}
	return x, nil
}

func (x *index) addTopic(t *topic.Topic) {
	for _, e := range t.Events {
		if e.Passed {
			continue
		}
		name := resource{t.Name, e.Subject}
		x.names[name] = append(x.names[name], e)
		if e.Reaction == "" {
			id := request{t.Name, topic.KeyOf(e.Subject), e.RequestID}
			x.requests[id] = append(x.requests[id], e)
		}
	}
}

func (x *index) topicOf(said string) string {
	if said == "" {
		return x.only
	}
	return said
}

func (x *index) resourceOf(o *history.Operation) resource {
	return resource{x.topicOf(o.Topic), o.Name}
}

func (x *index) requestOf(o *history.Operation) request {
	return request{x.topicOf(o.Topic), topic.KeyOf(o.Name), o.RequestID}
}

func (x *index) partitionOf(o *history.Operation) int32 {
	return topic.PartitionOf(topic.KeyOf(o.Name), x.partitions)
}

// eventOf is the accepted event of a write at its own name; nil when there is none.
func (x *index) eventOf(o *history.Operation) *topic.Event {
	for _, e := range x.requests[x.requestOf(o)] {
		if e.Subject == o.Name {
			return e
		}
	}
	return nil
}

// revisionBelow is the revision that the log has for a name below an offset of its partition; 0 when
// it does not exist there.
func (x *index) revisionBelow(name resource, next int64) int64 {
	events := x.names[name]
	count := sort.Search(len(events), func(i int) bool { return events[i].Offset >= next })
	if count == 0 {
		return 0
	}
	return events[count-1].Revision
}

// finalRevision is the last revision of a name; 0 when the log has none.
func (x *index) finalRevision(name resource) int64 {
	events := x.names[name]
	if len(events) == 0 {
		return 0
	}
	return events[len(events)-1].Revision
}

// writeAt is the write that made this revision; nil when no operation of the history did.
func (x *index) writeAt(name resource, revision int64) *history.Operation {
	events := x.names[name]
	if revision < 1 || revision > int64(len(events)) {
		return nil
	}
	e := events[revision-1]
	if e.Revision != revision || e.Reaction != "" {
		return nil
	}
	return x.writes[request{name.topic, topic.KeyOf(name.name), e.RequestID}]
}
