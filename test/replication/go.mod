module hagen/test/replication

go 1.26.0
