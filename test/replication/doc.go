// Package replication runs what hagen writes for copies between sites, the
// script with the bodies that it sends, as its container does. Harbor's own
// programs cannot be had; harbor1_test.go and harbor2_test.go stand in for the
// part of their API that is asked. They take and refuse what the sources of
// Harbor 1.2.0 and 2.15.0 do, and know no other field.
package replication
