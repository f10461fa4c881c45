package accept

import "strings"

// Load reads a rendering: its files, those of a bundle with the names and variables
// that hold there, and the files that ConfigMaps mount into containers.
func Load(root string) ([]File, error) {
	files, err := Read(root)
	if err != nil {
		return nil, err
	}
	bundles, err := readBundles(files)
	if err != nil {
		return nil, err
	}
	for i := range files {
		for _, bundle := range bundles {
			dir := strings.TrimSuffix(bundle.file.Path, bundle.file.Base())
			if below, ok := strings.CutPrefix(files[i].Path, dir); ok {
				files[i].Hosts = bundle.hosts()
				files[i].Env = bundle.environmentOf(below)
			}
		}
	}
	return append(files, readCluster(files).mounted(root)...), nil
}
