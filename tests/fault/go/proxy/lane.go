package proxy

import (
	"math/rand"
	"sync"
	"time"
)

// Lane is one direction of a link: how bytes that go this way are treated, for all connections of
// the link together. Up is from who connected to the target.
type lane struct {
	mutex   sync.Mutex
	random  *rand.Rand
	delay   time.Duration
	jitter  time.Duration
	rate    int64 // Bytes a second; 0: no limit.
	stalled bool
	healed  int           // Counts heals: what was delayed before one goes at once.
	free    time.Time     // When the throttle lets the next bytes go.
	changed chan struct{} // Closed and replaced at every change.
	counts  laneCounts
}

type laneCounts struct {
	Bytes     int64 `json:"bytes"`     // Handed on.
	Delayed   int64 `json:"delayed"`   // Pieces that waited for a delay.
	Throttled int64 `json:"throttled"` // Pieces that waited for the throttle.
	Stalled   int64 `json:"stalled"`   // Pieces that met a stall, and new connections that did.
}

func newLane(seed int64) *lane {
	return &lane{random: rand.New(rand.NewSource(seed)), changed: make(chan struct{})}
}

// change makes a change and wakes whoever waits.
func (l *lane) change(how func()) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	how()
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *lane) heal() {
	l.change(func() {
		l.delay, l.jitter, l.rate, l.stalled = 0, 0, 0, false
		l.healed++
		l.free = time.Time{}
	})
}

// stamp says when bytes that arrive now are due, and under which heal.
func (l *lane) stamp(extra time.Duration) (time.Time, int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	wait := l.delay + extra
	if l.jitter > 0 {
		wait += time.Duration(l.random.Int63n(int64(l.jitter)))
	}
	if wait == 0 {
		return time.Time{}, l.healed
	}
	l.counts.Delayed++
	return time.Now().Add(wait), l.healed
}

// awaitDue waits until `due` or a heal. False: the connection ended before.
func (l *lane) awaitDue(due time.Time, healed int, end <-chan struct{}) bool {
	for {
		l.mutex.Lock()
		over, changed := l.healed != healed, l.changed
		l.mutex.Unlock()
		wait := time.Until(due)
		if over || due.IsZero() || wait <= 0 {
			return true
		}
		if !pause(wait, changed, end) {
			return false
		}
	}
}

// awaitOpen waits while the lane is stalled. False: the connection ended before.
func (l *lane) awaitOpen(end <-chan struct{}) bool {
	for counted := false; ; counted = true {
		l.mutex.Lock()
		stalled, changed := l.stalled, l.changed
		if stalled && !counted {
			l.counts.Stalled++
		}
		l.mutex.Unlock()
		if !stalled {
			return true
		}
		select {
		case <-changed:
		case <-end:
			return false
		}
	}
}

// awaitRate waits until the throttle lets `bytes` go. False: the connection ended before.
func (l *lane) awaitRate(bytes int, end <-chan struct{}) bool {
	for counted := false; ; counted = true {
		l.mutex.Lock()
		now := time.Now()
		wait, changed := l.free.Sub(now), l.changed
		if l.rate == 0 || wait <= 0 {
			if l.rate > 0 {
				l.free = now.Add(time.Duration(float64(bytes) / float64(l.rate) * float64(time.Second)))
			}
			l.mutex.Unlock()
			return true
		}
		if !counted {
			l.counts.Throttled++
		}
		l.mutex.Unlock()
		if !pause(wait, changed, end) {
			return false
		}
	}
}

// pause waits for the time or a change. False: the connection ended.
func pause(wait time.Duration, changed, end <-chan struct{}) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-end:
		return false
	}
	return true
}

func (l *lane) sent(bytes int) {
	l.mutex.Lock()
	l.counts.Bytes += int64(bytes)
	l.mutex.Unlock()
}

func (l *lane) stats() laneCounts {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.counts
}
