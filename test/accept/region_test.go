package accept

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/docker/distribution/registry/storage/driver/factory"
)

// Rule HG165 lists the regions that the registry's driver knows; this is that driver,
// with the release of Amazon's library that Harbor's registry is built with.
func TestRegions(t *testing.T) {
	rule, err := os.ReadFile("../../schema/rules/HG165.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, lists, _ := strings.Cut(string(rule), "\nlet:\n")
	lists, _, _ = strings.Cut(lists, "\nwhen:")
	known := regexp.MustCompile(`"([a-z]+-[a-z-]+-\d)"`).FindAllStringSubmatch(lists, -1)
	if len(known) < 18 {
		t.Errorf("only %d regions", len(known))
	}
	create := func(parameters map[string]any) error {
		_, err := factory.Create("s3", parameters)
		return err
	}
	for _, match := range known {
		if err := create(map[string]any{"bucket": "b", "region": match[1]}); err != nil {
			t.Errorf("%s: %v", match[1], err)
		}
	}
	for _, region := range []string{"eu-north-1", "eu-south-1", "ap-east-1", "me-south-1", "af-south-1", "us-gov-east-1", "ca-west-1"} {
		err := create(map[string]any{"bucket": "b", "region": region})
		if err == nil || !strings.Contains(err.Error(), "invalid region provided: "+region) {
			t.Errorf("%s: %v", region, err)
		}
		if err := create(map[string]any{"bucket": "b", "region": region, "regionendpoint": "https://s3." + region + ".amazonaws.com"}); err != nil {
			t.Errorf("%s with its server: %v", region, err)
		}
	}
}
