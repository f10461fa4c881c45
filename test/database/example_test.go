package database

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExamples gives every shipped bootstrap.sql to the server that it is for.
func TestExamples(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"../../out/*/database/bootstrap.sql", "../../out/*/*/database/bootstrap.sql"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 5 {
		t.Fatalf("only %d examples", len(files))
	}
	mysql, postgres := mariaDB(t), postgreSQL(t)
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "@password") {
			_, err = mysql.try("SET @password = 'secret'; " + string(data))
		} else {
			_, err = postgres.psql(postgres.dir, "postgres", "postgres", "", "secret\nsecret\n", "-f", name)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
