package site

import "strings"

// Reloading is a page that loads again when the server says so at an address.
func Reloading(page []byte, address string) []byte {
	reload := `new EventSource("` + address + `").onmessage=()=>location.reload()`
	text := strings.Replace(string(page), "; base-uri 'none'", " "+digest(reload)+"; connect-src 'self'; base-uri 'none'", 1)
	return []byte(strings.Replace(text, "</body>", "<script>"+reload+"</script></body>", 1))
}
