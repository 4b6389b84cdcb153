// Verify judges topic dumps and histories by the published rule, apart from the engine. README.md of
// this module says what it checks.
//
// It ends with 0 when nothing is wrong, 1 when a check found a violation or had nothing to look at, 2
// when it could not be run.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"crm/fault/check"
	"crm/fault/history"
	"crm/fault/topic"
)

type texts []string

func (t *texts) String() string        { return strings.Join(*t, ",") }
func (t *texts) Set(text string) error { *t = append(*t, text); return nil }
func cut(text string) (a, b string, e error) {
	a, b, found := strings.Cut(text, "=")
	if !found || a == "" || b == "" {
		return "", "", fmt.Errorf("%q is not a name, = and a value", text)
	}
	return a, b, nil
}

type limits check.Limits

func (l limits) String() string { return "" }
func (l limits) Set(text string) error {
	kind, value, err := cut(text)
	if err != nil {
		return err
	}
	l[kind], err = time.ParseDuration(value)
	return err
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(arguments []string, out, errors io.Writer) int {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(errors)
	var topics, histories, need texts
	gaps := limits{}
	flags.Var(&topics, "topic", "NAME=FILE, a topic dump; repeated")
	flags.Var(&histories, "history", "FILE of a load driver; repeated")
	flags.Var(&need, "need", "CHECK that must have something to look at; repeated")
	flags.Var(gaps, "gap", "KIND=DURATION, the most that p99 of the write gaps of such marks may be; repeated")
	partitions := flags.Int("partitions", 12, "partitions of each topic")
	timeout := flags.Duration("timeout", time.Minute, "for the linearizability of one name")
	refusals := flags.Bool("refusals", false, "refusals without a barrier must be linearizable too")
	html := flags.String("html", "", "a folder for drawings of what is not linearizable")
	if flags.Parse(arguments) != nil {
		return 2
	}
	if len(topics) == 0 || flags.NArg() > 0 || *partitions < 1 {
		fmt.Fprintln(errors, "verify: needs --topic NAME=FILE, and no other arguments than flags")
		return 2
	}
	report, err := judge(topics, histories, check.Options{Partitions: *partitions, Timeout: *timeout,
		Refusals: *refusals, HTML: *html, Gaps: check.Limits(gaps), Need: need})
	if err != nil {
		fmt.Fprintln(errors, "verify:", err)
		return 2
	}
	report.Print(out)
	if !report.OK() {
		return 1
	}
	return 0
}

func judge(dumps, histories []string, options check.Options) (check.Report, error) {
	var topics []*topic.Topic
	for _, text := range dumps {
		name, path, err := cut(text)
		if err != nil {
			return nil, err
		}
		read, err := readTopic(name, path)
		if err != nil {
			return nil, err
		}
		topics = append(topics, read)
	}
	if len(histories) == 0 {
		return check.All(topics, nil, options)
	}
	h := &history.History{}
	said := &check.Check{Name: "history-operations"}
	for _, path := range histories {
		count, err := readHistory(h, path)
		if err != nil {
			return nil, err
		}
		said.Look(count, filepath.Base(path))
	}
	report, err := check.All(topics, h, options)
	return append(check.Report{said}, report...), err
}

func readTopic(name, path string) (*topic.Topic, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return topic.Read(name, file)
}

func readHistory(h *history.History, path string) (int, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	count, err := h.Read(file)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return count, nil
}
