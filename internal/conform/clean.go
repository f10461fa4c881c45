package conform

import (
	"hash/maphash"
	"sync"

	"hagen/internal/diag"
)

// cleanTexts remembers texts with nothing wrong in them: sites share most, and
// parsing them is a third of a check. It is safe for concurrent use.
type cleanTexts struct {
	// seeds make two hashes of a text, which together no two texts share.
	seeds [2]maphash.Seed
	mu    sync.Mutex
	known map[[2]uint64]bool
}

// mostClean bounds the memory of a build of very many sites.
const mostClean = 1 << 14

// read returns the findings on a text.
func (c *cleanTexts) read(r reading, parse func(reading) []diag.Diagnostic) []diag.Diagnostic {
	sum := [2]uint64{maphash.Comparable(c.seeds[0], r), maphash.Comparable(c.seeds[1], r)}
	c.mu.Lock()
	known := c.known[sum]
	c.mu.Unlock()
	if known {
		return nil
	}
	found := parse(r)
	if len(found) == 0 {
		c.add(sum)
	}
	return found
}

func (c *cleanTexts) add(sum [2]uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= mostClean {
		c.known = map[[2]uint64]bool{}
	}
	c.known[sum] = true
}
