package proxy

import (
	"encoding/json"
	"errors"
	"net/http"
)

const requestBytesMax = 64 << 10

// Handler is the control port: JSON over HTTP.
//
//	POST /links   Spec   -> {"name", "listen"}, with the port that was taken
//	POST /faults  Fault  -> {"links": [names that were hit]}
//	GET  /stats          -> {"links": {name: counts}}
//
// What is wrong is answered with 400 (404: no such link) and {"error"}.
func (p *Proxy) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/links", func(out http.ResponseWriter, in *http.Request) {
		var spec Spec
		if !take(out, in, &spec) {
			return
		}
		address, err := p.Add(spec)
		answer(out, map[string]string{"name": spec.Name, "listen": address}, err)
	})
	mux.HandleFunc("/faults", func(out http.ResponseWriter, in *http.Request) {
		var fault Fault
		if !take(out, in, &fault) {
			return
		}
		names, err := p.Apply(fault)
		answer(out, map[string][]string{"links": names}, err)
	})
	mux.HandleFunc("/stats", func(out http.ResponseWriter, in *http.Request) {
		if in.Method != http.MethodGet {
			refuse(out, http.StatusMethodNotAllowed, errors.New("GET only"))
			return
		}
		answer(out, map[string]map[string]linkStats{"links": p.stats()}, nil)
	})
	return mux
}

func take(out http.ResponseWriter, in *http.Request, into any) bool {
	if in.Method != http.MethodPost {
		refuse(out, http.StatusMethodNotAllowed, errors.New("POST only"))
		return false
	}
	body := json.NewDecoder(http.MaxBytesReader(out, in.Body, requestBytesMax))
	body.DisallowUnknownFields()
	if err := body.Decode(into); err != nil {
		refuse(out, http.StatusBadRequest, err)
		return false
	}
	return true
}

func answer(out http.ResponseWriter, value any, err error) {
	switch {
	case errors.Is(err, ErrNoLink):
		refuse(out, http.StatusNotFound, err)
	case err != nil:
		refuse(out, http.StatusBadRequest, err)
	default:
		say(out, http.StatusOK, value)
	}
}

func refuse(out http.ResponseWriter, status int, err error) {
	say(out, status, map[string]string{"error": err.Error()})
}

func say(out http.ResponseWriter, status int, value any) {
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(status)
	json.NewEncoder(out).Encode(value) // Who asked is gone when this fails.
}
