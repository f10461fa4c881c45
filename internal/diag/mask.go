package diag

import (
	"regexp"
	"strings"
	"sync"
)

// userinfo and assignment are where passwords stand in texts that nobody
// meant to be secret: addresses and connection strings.
var (
	userinfo   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`//\S*@`) })
	assignment = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(password|passwd|pwd|secret|token)=('[^']*'|[^\s,;&"]+)`)
	})
)

// Mask hides what may be a password in a text: what stands between // and @,
// and after password= and the like.
func Mask(s string) string {
	if strings.Contains(s, "//") {
		s = userinfo().ReplaceAllString(s, "//***@")
	}
	if strings.Contains(s, "=") {
		s = assignment().ReplaceAllString(s, "$1=***")
	}
	return s
}
