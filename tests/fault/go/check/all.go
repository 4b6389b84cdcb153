package check

import (
	"time"

	"crm/fault/history"
	"crm/fault/topic"
)

// Options of a run.
type Options struct {
	Partitions int           // Of every topic.
	Timeout    time.Duration // For the linearizability of one name.
	Refusals   bool          // Those without a barrier must be linearizable too.
	HTML       string        // A folder for drawings of what is not linearizable; empty: none.
	Gaps       Limits
	Need       []string // Names of checks that must have something to look at.
}

// All runs every check. Without a history (nil) only those of the logs. An error: the history does not
// fit the topics or itself, so that nothing can be said.
func All(topics []*topic.Topic, h *history.History, options Options) (Report, error) {
	var report Report
	for _, t := range topics {
		report = report.merge(Log(t, options.Partitions))
	}
	if h != nil {
		x, err := makeIndex(topics, h, options.Partitions)
		if err != nil {
			return nil, err
		}
		report = append(report, x.checkWrites(h)...)
		report = append(report, x.checkLinear(h, options))
		report = append(report, x.checkReads(h)...)
		report = append(report, x.checkSessions(h))
		report = append(report, x.checkGaps(h, options.Gaps)...)
		report = report.Need("writes-acknowledged").Need("linearizable")
	}
	for _, name := range options.Need {
		report = report.Need(name)
	}
	return report, nil
}

// merge adds the counts of checks of the same name: one line for all topics.
func (r Report) merge(other Report) Report {
	if len(r) == 0 {
		return other
	}
	for i, c := range other {
		r[i].Checked += c.Checked
		r[i].Violations += c.Violations
		r[i].Notes = append(r[i].Notes, c.Notes...)
		r[i].Details = append(r[i].Details, c.Details...)
	}
	return r
}
