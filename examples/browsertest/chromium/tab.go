package chromium

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Phone is the size of a small phone, in CSS pixels.
var Phone = Size{360, 740}

// Desk is the size of a window on a desk.
var Desk = Size{1280, 900}

// Size is the width and height of a window in CSS pixels.
type Size struct{ Width, Height int64 }

// Tab is a window with cookies of its own. Its methods end the test when
// something does not work within a minute.
type Tab struct {
	t     testing.TB
	ctx   context.Context
	shots string
}

// Tab opens a window.
func (b *Browser) Tab(t testing.TB, size Size) *Tab {
	t.Helper()
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	tab := &Tab{t: t, ctx: ctx, shots: os.Getenv("SERTEL_SHOTS")}
	if tab.shots == "" {
		tab.shots = t.TempDir()
	}
	if err := os.MkdirAll(tab.shots, 0o755); err != nil {
		t.Fatal(err)
	}
	// The first Run attaches to the window and may have no time limit: the
	// window would end with it.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(size.Width, size.Height, chromedp.EmulatePortrait)); err != nil {
		t.Fatal(err)
	}
	return tab
}

// Run does anything that the driver can.
func (tab *Tab) Run(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.t.Fatalf("%v", err)
	}
}

// get returns what an action finds.
func get[T any](tab *Tab, action chromedp.Action[T]) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	found, err := chromedp.Run(ctx, action)
	if err != nil {
		tab.t.Fatalf("%v", err)
	}
	return found
}

// load does something that leads to another page, waits for the page and returns
// the status of its answer.
func (tab *Tab) load(actions ...chromedp.Action[chromedp.Void]) int {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		tab.t.Fatalf("%v", err)
	}
	return int(answer.Status)
}

// Open goes to an address and returns the status of the answer.
func (tab *Tab) Open(address string) int {
	tab.t.Helper()
	return tab.load(chromedp.Navigate(address))
}

// Click clicks what leads to another page, waits for it and returns the status
// of its answer.
func (tab *Tab) Click(selector string) int {
	tab.t.Helper()
	return tab.load(chromedp.Click(chromedp.CSS(selector)))
}

// Tick clicks what stays on the page, such as a box or a summary.
func (tab *Tab) Tick(selector string) {
	tab.t.Helper()
	tab.Run(chromedp.Click(chromedp.CSS(selector)))
}

// Fill replaces what a field holds, by typing.
func (tab *Tab) Fill(selector, text string) {
	tab.t.Helper()
	tab.Run(chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Upload chooses files in a field.
func (tab *Tab) Upload(selector string, files ...string) {
	tab.t.Helper()
	tab.Run(chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// Type types into whatever has the focus.
func (tab *Tab) Type(text string) {
	tab.t.Helper()
	tab.Run(chromedp.KeyEvent(text))
}

// Space presses the space bar, which ticks a box and presses a button.
func (tab *Tab) Space() {
	tab.t.Helper()
	tab.Run(chromedp.KeyEvent(" "))
}

// Enter presses Enter, waits for the page that follows and returns the status of
// its answer.
func (tab *Tab) Enter() int {
	tab.t.Helper()
	return tab.load(chromedp.KeyEvent(kb.Enter))
}

// TabTo presses the Tab key until the element has the focus.
func (tab *Tab) TabTo(selector string) {
	tab.t.Helper()
	for range 60 {
		tab.Run(chromedp.KeyEvent(kb.Tab))
		if tab.Is("document.activeElement !== null && document.activeElement.matches(" + quote(selector) + ")") {
			return
		}
	}
	tab.t.Fatalf("the Tab key does not reach %s", selector)
}

// Text returns the visible text of the first element that matches, with blanks
// run together.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return strings.Join(strings.Fields(get(tab, chromedp.Text(chromedp.CSS(selector)))), " ")
}

// Has reports whether an element matches.
func (tab *Tab) Has(selector string) bool {
	tab.t.Helper()
	return tab.Is("document.querySelector(" + quote(selector) + ") !== null")
}

// Address returns the address of the page.
func (tab *Tab) Address() string {
	tab.t.Helper()
	return get(tab, chromedp.Location())
}

// Is evaluates an expression that is true or false. The page's own policy for
// scripts does not bind it.
func (tab *Tab) Is(expression string) bool {
	tab.t.Helper()
	return get(tab, chromedp.Evaluate[bool](expression))
}

// Narrow fails the test unless the page fits the window's width.
func (tab *Tab) Narrow() {
	tab.t.Helper()
	if !tab.Is("document.documentElement.scrollWidth <= document.documentElement.clientWidth") {
		tab.t.Errorf("%s has to be scrolled sideways", tab.Address())
	}
}

// FocusSeen fails the test unless what has the focus is outlined.
func (tab *Tab) FocusSeen() {
	tab.t.Helper()
	if !tab.Is(`(s => s.outlineStyle === "auto" || s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2)(getComputedStyle(document.activeElement))`) {
		tab.t.Errorf("%s: the focus is not seen", tab.Address())
	}
}

// Screenshot writes the whole page as name.png and returns the file's path.
func (tab *Tab) Screenshot(name string) string {
	tab.t.Helper()
	path := filepath.Join(tab.shots, name+".png")
	if err := os.WriteFile(path, get(tab, chromedp.FullScreenshot(100)), 0o644); err != nil {
		tab.t.Fatal(err)
	}
	return path
}

func quote(selector string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(selector) + "'"
}
