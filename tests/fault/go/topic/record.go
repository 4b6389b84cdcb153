// Package topic reads topic dumps and folds them by the published rule of libs/eventlog/README.md,
// apart from the engine's own reader.
package topic

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Int64 is an int64 as the protobuf JSON mapping has it: written as a string, read as a string or a
// number.
type Int64 int64

func (n Int64) MarshalJSON() ([]byte, error) {
	return []byte(`"` + strconv.FormatInt(int64(n), 10) + `"`), nil
}

func (n *Int64) UnmarshalJSON(text []byte) error {
	if len(text) >= 2 && text[0] == '"' {
		text = text[1 : len(text)-1]
	}
	value, err := strconv.ParseInt(string(text), 10, 64)
	*n = Int64(value)
	return err
}

// Header is one header of a record.
type Header struct {
	Name  string `json:"name"`
	Value []byte `json:"value"`
}

// Record is one line of a dump: the protobuf JSON mapping of
//
//	{int32 partition; int64 offset; bytes key; bytes value; repeated Header{string name; bytes value}}
type Record struct {
	Partition int32    `json:"partition"`
	Offset    Int64    `json:"offset"`
	Key       []byte   `json:"key"`
	Value     []byte   `json:"value"`
	Headers   []Header `json:"headers"`
}

// Header is the first header with this name; empty when there is none.
func (r *Record) Header(name string) string {
	for i := range r.Headers {
		if r.Headers[i].Name == name {
			return string(r.Headers[i].Value)
		}
	}
	return ""
}

// Writer writes a dump. Flush it at the end.
type Writer struct {
	buffer *bufio.Writer
	lines  *json.Encoder
}

func NewWriter(to io.Writer) *Writer {
	buffer := bufio.NewWriterSize(to, 1<<20)
	lines := json.NewEncoder(buffer)
	lines.SetEscapeHTML(false)
	return &Writer{buffer, lines}
}

// Write appends one record. The mapping has no null for bytes or lists, so absent ones are written
// as empty.
func (w *Writer) Write(record Record) error {
	record.Key = present(record.Key)
	record.Value = present(record.Value)
	headers := make([]Header, len(record.Headers))
	for i, header := range record.Headers {
		headers[i] = Header{header.Name, present(header.Value)}
	}
	record.Headers = headers
	return w.lines.Encode(record)
}

func (w *Writer) Flush() error { return w.buffer.Flush() }

func present(bytes []byte) []byte {
	if bytes == nil {
		return []byte{}
	}
	return bytes
}

// ReadRecords calls each for every record of a dump, in its order. Fields that are missing have
// their default, as the mapping says; fields that the message does not have are an error.
func ReadRecords(from io.Reader, each func(*Record)) error {
	lines := json.NewDecoder(bufio.NewReaderSize(from, 1<<20))
	lines.DisallowUnknownFields()
	for number := 1; ; number++ {
		var record Record
		err := lines.Decode(&record)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("record %d: %w", number, err)
		}
		each(&record)
	}
}
