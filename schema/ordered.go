package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Table is a JSON object that keeps the order of its keys.
type Table struct {
	Keys   []string
	values map[string]any
}

// Get returns the value of a key, nil when it is absent: a string, a bool, a
// json.Number, a []any or a *Table.
func (t *Table) Get(key string) any {
	if t == nil {
		return nil
	}
	return t.values[key]
}

// decodeOrdered reads one JSON value with its objects as *Table.
func decodeOrdered(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return nextValue(decoder)
}

func nextValue(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return nextTable(decoder)
	case json.Delim('['):
		return nextList(decoder)
	}
	return token, nil
}

func nextTable(decoder *json.Decoder) (*Table, error) {
	table := &Table{values: map[string]any{}}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key := token.(string)
		if _, twice := table.values[key]; twice {
			return nil, fmt.Errorf("the key %q stands twice in one object", key)
		}
		value, err := nextValue(decoder)
		if err != nil {
			return nil, err
		}
		table.Keys = append(table.Keys, key)
		table.values[key] = value
	}
	_, err := decoder.Token()
	return table, err
}

func nextList(decoder *json.Decoder) ([]any, error) {
	list := []any{}
	for decoder.More() {
		value, err := nextValue(decoder)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token()
	return list, err
}
