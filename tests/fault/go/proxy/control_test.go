package proxy

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	answer, err := http.Post(url, "", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, strings.TrimSpace(string(text))
}

func TestALinkIsMadeHurtAndCounted(t *testing.T) {
	proxy := New(1)
	defer proxy.Close()
	control := httptest.NewServer(proxy.Handler())
	defer control.Close()
	status, text := post(t, control.URL+"/links",
		fmt.Sprintf(`{"name":"r1-b1","listen":"127.0.0.1:0","target":"%s","kafka":true}`, echo(t)))
	var made struct{ Name, Listen string }
	if json.Unmarshal([]byte(text), &made) != nil || status != 200 || made.Name != "r1-b1" {
		t.Fatal(status, text)
	}
	status, text = post(t, control.URL+"/faults", `{"links":"r1-*","fault":"cut"}`)
	if status != 200 || text != `{"links":["r1-b1"]}` {
		t.Error(status, text)
	}
	if _, err := net.Dial("tcp", made.Listen); err == nil {
		t.Error("the cut did nothing")
	}
	answer, err := http.Get(control.URL + "/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var stats struct{ Links map[string]linkStats }
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		t.Fatal(err)
	}
	if s := stats.Links["r1-b1"]; !s.Cut || s.Listen != made.Listen || s.Kafka[dropResponse] != 0 || len(s.Kafka) != 3 {
		t.Errorf("%+v", stats)
	}
}

func TestWhatIsWrongIsRefused(t *testing.T) {
	proxy := New(1)
	defer proxy.Close()
	control := httptest.NewServer(proxy.Handler())
	defer control.Close()
	plain := `{"name":"plain","listen":"127.0.0.1:0","target":"127.0.0.1:1"}`
	if status, text := post(t, control.URL+"/links", plain); status != 200 {
		t.Fatal(status, text)
	}
	for _, test := range []struct {
		path, body string
		status     int
	}{
		{"/links", plain, 400},
		{"/links", `{"name":"a*","listen":"127.0.0.1:0","target":"127.0.0.1:1"}`, 400},
		{"/links", `{"name":"b","listen":"127.0.0.1:0"}`, 400},
		{"/links", `{"name":"b","listen":"256.0.0.1:0","target":"127.0.0.1:1"}`, 400},
		{"/links", `{"nmae":"b"}`, 400},
		{"/faults", `{"links":"nobody","fault":"cut"}`, 404},
		{"/faults", `{"links":"","fault":"cut"}`, 404},
		{"/faults", `{"links":"[","fault":"cut"}`, 400},
		{"/faults", `{"links":"*","fault":"explode"}`, 400},
		{"/faults", `{"links":"*","fault":"delay"}`, 400},
		{"/faults", `{"links":"*","fault":"delay","delay_ms":-1,"jitter_ms":2}`, 400},
		{"/faults", `{"links":"*","fault":"delay","delay_ms":1,"direction":"left"}`, 400},
		{"/faults", `{"links":"*","fault":"cut","direction":"up"}`, 400},
		{"/faults", `{"links":"*","fault":"throttle"}`, 400},
		{"/faults", `{"links":"*","fault":"stall","api_key":0}`, 400},
		{"/faults", `{"links":"*","fault":"drop_request"}`, 400},
		{"/faults", `{"links":"*","fault":"drop_request","api_key":0}`, 400}, // Not to a broker.
		{"/faults", `{"links":"*","fault":"drop_request","api_key":0,"probability":1.5}`, 400},
		{"/faults", `{"links":"*","fault":"drop_request","api_key":0,"count":0}`, 400},
		{"/faults", strings.Repeat(" ", requestBytesMax) + `{}`, 400},
		{"/stats", `{}`, 405},
		{"/other", `{}`, 404},
	} {
		if status, text := post(t, control.URL+test.path, test.body); status != test.status {
			t.Errorf("%s %s: %d %s", test.path, test.body, status, text)
		}
	}
	answer, err := http.Get(control.URL + "/faults")
	if err != nil || answer.StatusCode != 405 {
		t.Error(answer, err)
	}
	answer.Body.Close()
}
