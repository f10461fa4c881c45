package artifact

import "testing"

func TestQuantity(t *testing.T) {
	for text, want := range map[string]float64{
		"5": 5, "1.5": 1.5, "1e3": 1000, "250m": 0.25, "5k": 5000, "200M": 200e6, "5Gi": 5 << 30, "1Pi": 1 << 50,
	} {
		if got, ok := Quantity(text); !ok || got != want {
			t.Errorf("%s is %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "m", "Gi", "5GB", "5gi", "5 Gi", "5ki", "5im", "lots"} {
		if got, ok := Quantity(text); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}
