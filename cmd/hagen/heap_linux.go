package main

import (
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// heapOfABuild is what one build allocates, near enough.
const heapOfABuild = 52 << 20

// enlargeHeap grows the heap to the size of a build in one piece and asks for
// large pages. Small ones come one page fault each, thousands of them, which
// took a quarter of a build. Nothing is taken from the system before it is
// used; where there are no large pages, nothing changes.
func enlargeHeap() {
	// A builder does not clear what it grows by. Make would, wherever a page of
	// the piece has been used before, and so touch all of it in small pages.
	var heap strings.Builder
	heap.Grow(heapOfABuild)
	heap.WriteByte(0)
	piece := unsafe.Slice(unsafe.StringData(heap.String()), heapOfABuild)
	// An error means that the kernel has no large pages to give.
	_ = unix.Madvise(piece, unix.MADV_HUGEPAGE)
	// Collected, the piece is what the program allocates from.
	runtime.GC()
}
