package conform

import (
	"crypto/sha256"
	"sync"

	"hagen/internal/diag"
)

// cleanTexts remembers texts with nothing wrong in them: sites share most, and
// parsing them is a third of a check. It is safe for concurrent use.
type cleanTexts struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]bool
}

// mostClean bounds the memory of a build of very many sites.
const mostClean = 1 << 14

// read returns the findings on a text, which key stands for.
func (c *cleanTexts) read(key string, parse func() []diag.Diagnostic) []diag.Diagnostic {
	sum := sha256.Sum256([]byte(key))
	c.mu.Lock()
	known := c.known[sum]
	c.mu.Unlock()
	if known {
		return nil
	}
	found := parse()
	if len(found) == 0 {
		c.add(sum)
	}
	return found
}

func (c *cleanTexts) add(sum [sha256.Size]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= mostClean {
		c.known = map[[sha256.Size]byte]bool{}
	}
	c.known[sum] = true
}
