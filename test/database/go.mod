module hagen/test/database

go 1.26.0
