package artifact

import (
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// Hash writes the names, sizes and bytes of those files of a folder that keep
// wants into a hash, in the order of their names. It never holds a whole file:
// every command does this first, for the folders that it carries.
func Hash(into hash.Hash, folder fs.FS, keep func(name string) bool) error {
	buffer := make([]byte, 16<<10)
	return fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !keep(name) {
			return err
		}
		file, err := folder.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		fmt.Fprintf(into, "%s\x00%d\x00", name, info.Size())
		_, err = io.CopyBuffer(into, file, buffer)
		return err
	})
}
