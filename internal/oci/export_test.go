package oci

// WithLayer is an artifact of which only the layer matters.
func WithLayer(layer []byte) Image { return Image{layer: layer} }

// Raw is an artifact with a manifest that Pack does not make.
func Raw(manifest string) Image {
	i, _ := Pack(nil, nil)
	i.manifest = []byte(manifest)
	return i
}

// Text is the manifest.
func (i Image) Text() string { return string(i.manifest) }

// LayerSize is that of the layer in bytes.
func (i Image) LayerSize() int { return len(i.layer) }
