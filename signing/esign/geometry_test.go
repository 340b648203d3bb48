package esign_test

import (
	"strconv"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// The height of the test letters' pages, A4 as their producer writes it.
const pageHeight = 841.89

func blockOf(visible bool) *appearance.Block {
	if !visible {
		return nil
	}
	return &appearance.Block{Lines: []appearance.Line{{Text: "Budi Contoh"}}}
}

// placementV1 reads the form as the manual's drawing has it: corners, y
// upwards.
func placementV1(parts map[string][]string) signing.Placement {
	if parts["tampilan"][0] != "visible" {
		return signing.Placement{}
	}
	n := func(key string) float64 {
		if len(parts[key]) == 0 {
			return 0
		}
		return must(strconv.ParseFloat(parts[key][0], 64))
	}
	if len(parts["tag_koordinat"]) > 0 {
		return signing.Placement{Anchor: parts["tag_koordinat"][0], Which: signing.LastTag, Width: n("width"), Height: n("height")}
	}
	return signing.Placement{Page: int(n("page")),
		Rect: signing.Rect{X: n("xAxis"), Y: n("yAxis"), Width: n("width") - n("xAxis"), Height: n("height") - n("yAxis")}}
}

// placementV2 reads a property: sizes, y downwards.
func placementV2(p map[string]any) signing.Placement {
	if p["tampilan"] != "VISIBLE" {
		return signing.Placement{}
	}
	n := func(key string) float64 { v, _ := p[key].(float64); return v }
	return signing.Placement{Page: int(n("page")),
		Rect: signing.Rect{X: n("originX"), Y: pageHeight - n("originY") - n("height"), Width: n("width"), Height: n("height")}}
}
