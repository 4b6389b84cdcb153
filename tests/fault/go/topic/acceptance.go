package topic

import (
	"strconv"
	"strings"
)

const (
	claimType   = "crm.eventlog.v1.PartitionClaimed"
	skippedType = "crm.eventlog.v1.RecordSkipped"
	passedType  = "crm.eventlog.v1.ReactionPassed"
)

// ParseNumber is a fence or a revision: exactly 20 decimal digits that fit an int64. -1 for
// anything else.
func ParseNumber(text string) int64 {
	if len(text) != 20 {
		return -1
	}
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return -1
		}
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return number
}

// NumberOf is the number of a record under its claim: 1 to 18 digits behind the last '-' of its
// ce_id. -1: there are none.
func NumberOf(id string) int64 {
	dash := strings.LastIndexByte(id, '-')
	digits := id[dash+1:]
	if dash < 0 || len(digits) > 18 || strings.Trim(digits, "0123456789") != "" {
		return -1
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return -1
	}
	return number
}

// Verdict is what the rule says of one record.
type Verdict int

const (
	Rejected Verdict = iota
	Claim            // It counts, and raised the fence.
	Accepted
)

// Acceptance folds the rule over one partition's records, from the first on.
type Acceptance struct {
	fence  int64
	number int64 // The highest that counted under that fence.
}

// Judge decides one record by its headers alone: a claim counts if its epoch is higher than the
// highest so far, any other record if its fence equals the highest claimed epoch and its number, if
// it has one, is higher than all that counted under that claim.
func (a *Acceptance) Judge(record *Record) Verdict {
	fence := ParseNumber(record.Header("ce_fence"))
	if record.Header("ce_type") == claimType {
		if fence <= a.fence {
			return Rejected
		}
		a.fence, a.number = fence, 0
		return Claim
	}
	if fence < 1 || fence != a.fence {
		return Rejected
	}
	number := NumberOf(record.Header("ce_id"))
	if number >= 0 && number <= a.number {
		return Rejected
	}
	if number > a.number {
		a.number = number
	}
	return Accepted
}
