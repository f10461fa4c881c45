package diff

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Impact is what a change does to a running registry; the worst is the
// smallest.
type Impact int

// The impacts, worst first.
const (
	Data     Impact = iota // stored data is at risk
	Outage                 // all instances at once
	Refused                // the API does not take it
	Recreate               // a container or a pod is replaced
	Restart                // pods are replaced one after the other
	Manual                 // nothing happens until somebody acts
	Live                   // takes effect by itself
	None                   // changes nothing that runs
)

// Impacts returns the names of all impacts, worst first.
func Impacts() []string {
	return []string{"data", "outage", "refused", "recreate", "restart", "manual", "live", "none"}
}

// String returns the name.
func (i Impact) String() string { return Impacts()[i] }

// ParseImpact reads the name of an impact.
func ParseImpact(name string) (Impact, error) {
	at := slices.Index(Impacts(), name)
	if at < 0 {
		return None, fmt.Errorf("%q is no impact", name)
	}
	return Impact(at), nil
}

// MarshalJSON writes the name.
func (i Impact) MarshalJSON() ([]byte, error) { return json.Marshal(i.String()) }

// UnmarshalJSON reads the name.
func (i *Impact) UnmarshalJSON(data []byte) error {
	var name string
	if err := json.Unmarshal(data, &name); err != nil {
		return err
	}
	found, err := ParseImpact(name)
	*i = found
	return err
}
