// Package check judges logs and histories: each check counts what it looked at and what was wrong.
package check

import (
	"fmt"
	"io"
)

// How many violations of one check are told; all are counted.
const detailsMax = 20

// Check is one line of the report.
type Check struct {
	Name       string
	Checked    int
	Violations int
	Details    []string
	Notes      []string
}

func (c *Check) fail(format string, arguments ...any) {
	c.Violations++
	if len(c.Details) < detailsMax {
		c.Details = append(c.Details, fmt.Sprintf(format, arguments...))
	}
}

func (c *Check) note(format string, arguments ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, arguments...))
}

// Report is what a run found.
type Report []*Check

// Print writes one line for each check, and below it what was wrong.
func (r Report) Print(to io.Writer) {
	for _, c := range r {
		fmt.Fprintf(to, "%s: checked %d, violations %d\n", c.Name, c.Checked, c.Violations)
		for _, note := range c.Notes {
			fmt.Fprintf(to, "  %s\n", note)
		}
		for _, detail := range c.Details {
			fmt.Fprintf(to, "  VIOLATION %s\n", detail)
		}
		if more := c.Violations - len(c.Details); more > 0 {
			fmt.Fprintf(to, "  and %d more\n", more)
		}
	}
}

// Need counts as a violation that a check had nothing to look at, or that there is none of the name:
// what checks nothing proves nothing.
func (r Report) Need(name string) Report {
	for _, c := range r {
		if c.Name == name {
			if c.Checked == 0 {
				c.fail("nothing was checked")
			}
			return r
		}
	}
	missing := &Check{Name: name}
	missing.fail("there is no such check")
	return append(r, missing)
}

// OK is true when nothing was wrong.
func (r Report) OK() bool {
	for _, c := range r {
		if c.Violations > 0 {
			return false
		}
	}
	return true
}

// Look counts what a source gave; a source that gave nothing is a violation.
func (c *Check) Look(count int, source string) {
	c.Checked += count
	if count == 0 {
		c.fail("%s: nothing in it", source)
	}
}
