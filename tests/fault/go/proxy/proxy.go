package proxy

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"sort"
	"sync"
	"time"
)

const linksMax = 1000

// Spec describes a link to be made.
type Spec struct {
	Name   string `json:"name"`   // Of a-z, 0-9, '.', '_' and '-'.
	Listen string `json:"listen"` // host:port; port 0: any.
	Target string `json:"target"` // host:port
	Kafka  bool   `json:"kafka"`  // The target is a broker: its frames are followed.
}

// Fault is what is done to links.
type Fault struct {
	Links     string `json:"links"`     // A name, or a pattern with * and ?.
	Fault     string `json:"fault"`     // One of the faults below, or of Kafka links.
	Direction string `json:"direction"` // up, down or both (as empty); of pass, delay, throttle, stall.

	DelayMs        int64 `json:"delay_ms"`         // Of delay and delay_response.
	JitterMs       int64 `json:"jitter_ms"`        // Of delay: up to so much more.
	BytesPerSecond int64 `json:"bytes_per_second"` // Of throttle.

	APIKey      *int16   `json:"api_key"`     // Of Kafka faults: 0 produce, 1 fetch, ...
	Probability *float64 `json:"probability"` // Of Kafka faults; absent: 1.
	Count       *int64   `json:"count"`       // Of Kafka faults: how often on each link; absent: no limit.
}

// Faults of any link. pass ends what was done to the lanes, heal everything.
const (
	pass     = "pass"
	delay    = "delay"
	throttle = "throttle"
	stall    = "stall"
	cut      = "cut"
	heal     = "heal"
)

// ErrNoLink is for a pattern that no link matches: a fault that hits nothing proves nothing.
var ErrNoLink = errors.New("no link has such a name")

// Proxy holds the links. Any goroutine may call it.
type Proxy struct {
	mutex sync.Mutex
	links map[string]*link
	seed  int64
}

// New makes a proxy without links. The seed decides every draw of jitter and probability.
func New(seed int64) *Proxy { return &Proxy{links: map[string]*link{}, seed: seed} }

var nameForm = regexp.MustCompile(`^[a-z0-9._-]{1,100}$`)

// Add makes a link and gives the address it listens on.
func (p *Proxy) Add(spec Spec) (string, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !nameForm.MatchString(spec.Name) || spec.Listen == "" || spec.Target == "" {
		return "", errors.New("a link needs a name of a-z, 0-9, '.', '_', '-', an address and a target")
	}
	if p.links[spec.Name] != nil {
		return "", fmt.Errorf("there is a link %s", spec.Name)
	}
	if len(p.links) >= linksMax {
		return "", fmt.Errorf("there are %d links, which is the most", linksMax)
	}
	made, err := newLink(spec.Name, spec.Listen, spec.Target, spec.Kafka, p.seed+int64(len(p.links))*3)
	if err != nil {
		return "", err
	}
	p.links[spec.Name] = made
	return made.address, nil
}

// Apply does the fault to every link that matches, and gives their names.
func (p *Proxy) Apply(fault Fault) ([]string, error) {
	if err := fault.check(); err != nil {
		return nil, err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var names []string
	for name, l := range p.links {
		match, err := path.Match(fault.Links, name)
		if err != nil {
			return nil, err
		}
		if !match {
			continue
		}
		if fault.ofKafka() && !l.kafka {
			return nil, fmt.Errorf("link %s is none to a broker", name)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, ErrNoLink
	}
	sort.Strings(names)
	var failed error
	for _, name := range names {
		if err := fault.do(p.links[name]); err != nil {
			failed = fmt.Errorf("link %s: %w", name, err)
		}
	}
	return names, failed
}

// Close ends all links.
func (p *Proxy) Close() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, l := range p.links {
		l.close()
	}
}

func (p *Proxy) stats() map[string]linkStats {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	all := map[string]linkStats{}
	for name, l := range p.links {
		all[name] = l.stats()
	}
	return all
}

func (f *Fault) ofKafka() bool {
	return f.Fault == delayResponse || f.Fault == dropResponse || f.Fault == dropRequest
}

func (f *Fault) check() error {
	switch f.Fault {
	case pass, stall, cut, heal:
	case delay, delayResponse:
		if f.DelayMs < 0 || f.JitterMs < 0 || f.DelayMs+f.JitterMs == 0 {
			return errors.New("a delay needs delay_ms or jitter_ms, none negative")
		}
	case throttle:
		if f.BytesPerSecond < 1 {
			return errors.New("a throttle needs bytes_per_second")
		}
	case dropResponse, dropRequest:
	default:
		return fmt.Errorf("there is no fault %q", f.Fault)
	}
	if f.ofKafka() && f.APIKey == nil {
		return errors.New("a fault of Kafka links needs api_key")
	}
	if (f.Probability != nil && !(*f.Probability > 0 && *f.Probability <= 1)) || (f.Count != nil && *f.Count < 1) {
		return errors.New("a probability is above 0 and at most 1, a count is at least 1")
	}
	if !f.ofKafka() && (f.APIKey != nil || f.Probability != nil || f.Count != nil) {
		return fmt.Errorf("%s takes no api_key, probability or count", f.Fault)
	}
	lanes := f.Fault == pass || f.Fault == delay || f.Fault == throttle || f.Fault == stall
	switch {
	case f.Direction == "", lanes && (f.Direction == "up" || f.Direction == "down" || f.Direction == "both"):
		return nil
	}
	return fmt.Errorf("%s takes no direction %q", f.Fault, f.Direction)
}

func (f *Fault) do(l *link) error {
	switch f.Fault {
	case cut:
		l.cut()
	case heal:
		return l.heal()
	case delayResponse, dropResponse, dropRequest:
		one := rule{f.Fault, *f.APIKey, milliseconds(f.DelayMs), 1, -1}
		if f.Probability != nil {
			one.probability = *f.Probability
		}
		if f.Count != nil {
			one.left = *f.Count
		}
		return l.rules.add(one)
	default:
		if f.Direction != "down" {
			f.change(l.up)
		}
		if f.Direction != "up" {
			f.change(l.down)
		}
	}
	return nil
}

func (f *Fault) change(l *lane) {
	switch f.Fault {
	case pass:
		l.heal()
	case delay:
		l.change(func() { l.delay, l.jitter = milliseconds(f.DelayMs), milliseconds(f.JitterMs) })
	case throttle:
		l.change(func() { l.rate, l.free = f.BytesPerSecond, time.Time{} })
	case stall:
		l.change(func() { l.stalled = true })
	}
}

func milliseconds(count int64) time.Duration { return time.Duration(count) * time.Millisecond }
