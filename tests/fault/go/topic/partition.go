package topic

import (
	"encoding/binary"
	"strings"
)

// KeyOf is the id of the first segment of a resource name, which is the Kafka key; empty when the
// name has no second segment.
func KeyOf(name string) string {
	segments := strings.SplitN(name, "/", 3)
	if len(segments) < 2 {
		return ""
	}
	return segments[1]
}

// PartitionOf is the partition that Kafka's Java client picks for a key.
func PartitionOf(key string, partitions int) int32 {
	return int32(javaMurmur2([]byte(key)) & 0x7fffffff % uint32(partitions))
}

func javaMurmur2(data []byte) uint32 {
	const seed, multiplier = 0x9747b28c, 0x5bd1e995
	hash := uint32(seed) ^ uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		word := binary.LittleEndian.Uint32(data) * multiplier
		word ^= word >> 24
		hash = hash*multiplier ^ word*multiplier
	}
	if len(data) >= 3 {
		hash ^= uint32(data[2]) << 16
	}
	if len(data) >= 2 {
		hash ^= uint32(data[1]) << 8
	}
	if len(data) >= 1 {
		hash = (hash ^ uint32(data[0])) * multiplier
	}
	hash = (hash ^ hash>>13) * multiplier
	return hash ^ hash>>15
}
