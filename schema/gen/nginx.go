package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// directives makes the table of nginx's directives from the tables in its
// sources: a name, where it may stand, how many arguments it takes. Several
// folders, parted by commas, are several releases; what any of them knows is
// known.
func directives(folders string) (string, error) {
	found := map[string]bool{}
	for folder := range strings.SplitSeq(folders, ",") {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".c" {
				return err
			}
			data, err := os.ReadFile(path)
			if err == nil {
				addDirectives(found, string(data))
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	lines := slices.Sorted(func(yield func(string) bool) {
		for line := range found {
			if !yield(line) {
				return
			}
		}
	})
	return "# Made by schema/gen from the sources of nginx: directive, places, arguments.\n" + strings.Join(lines, "\n") + "\n", nil
}

// command is an entry of a table of directives.
var command = regexp.MustCompile(`ngx_string\("([a-z0-9_]+)"\),\s*((?:NGX_[A-Z0-9_]+[\s|]*)+),`)

// places are the blocks that a flag lets a directive stand in.
var places = map[string][]string{
	"NGX_MAIN_CONF": {"main"}, "NGX_DIRECT_CONF": nil, "NGX_EVENT_CONF": {"events"}, "NGX_ANY_CONF": {"*"},
	"NGX_HTTP_MAIN_CONF": {"http"}, "NGX_HTTP_SRV_CONF": {"http/server"}, "NGX_HTTP_LOC_CONF": {"http/location"},
	"NGX_HTTP_UPS_CONF": {"http/upstream"}, "NGX_HTTP_SIF_CONF": {"http/server/if"}, "NGX_HTTP_LIF_CONF": {"http/location/if"},
	"NGX_HTTP_LMT_CONF":    {"http/limit_except"},
	"NGX_STREAM_MAIN_CONF": {"stream"}, "NGX_STREAM_SRV_CONF": {"stream/server"}, "NGX_STREAM_UPS_CONF": {"stream/upstream"},
	"NGX_MAIL_MAIN_CONF": {"mail"}, "NGX_MAIL_SRV_CONF": {"mail/server"},
}

// counts are the numbers of arguments that a flag stands for.
var counts = map[string]string{
	"NGX_CONF_NOARGS": "0", "NGX_CONF_TAKE1": "1", "NGX_CONF_TAKE2": "2", "NGX_CONF_TAKE3": "3", "NGX_CONF_TAKE4": "4",
	"NGX_CONF_TAKE5": "5", "NGX_CONF_TAKE6": "6", "NGX_CONF_TAKE7": "7", "NGX_CONF_TAKE12": "1,2", "NGX_CONF_TAKE13": "1,3",
	"NGX_CONF_TAKE23": "2,3", "NGX_CONF_TAKE123": "1,2,3", "NGX_CONF_TAKE1234": "1,2,3,4",
	"NGX_CONF_1MORE": "1+", "NGX_CONF_2MORE": "2+", "NGX_CONF_ANY": "0+", "NGX_CONF_FLAG": "flag", "NGX_CONF_BLOCK": "block",
}

func addDirectives(found map[string]bool, source string) {
	for _, match := range command.FindAllStringSubmatch(source, -1) {
		var where, arguments []string
		for flag := range strings.SplitSeq(match[2], "|") {
			flag = strings.TrimSpace(flag)
			where = append(where, places[flag]...)
			if count := counts[flag]; count != "" {
				arguments = append(arguments, count)
			}
		}
		if len(where) > 0 {
			found[match[1]+" "+strings.Join(where, ",")+" "+strings.Join(arguments, ",")] = true
		}
	}
}
