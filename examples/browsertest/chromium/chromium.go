// Package chromium drives a headless Chromium in browser tests. It lives in a
// module of its own, so that the driver is no dependency of who uses sertel.
//
// Screenshots go to the folder that SERTEL_SHOTS names, to be looked at; without
// it they go to the test's own folder.
package chromium

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is the time limit of one step. It is generous: it only bounds a test
// that fails.
const patience = time.Minute

// Browser is a running Chromium.
type Browser struct{ ctx context.Context }

// Start starts Chromium with a new profile and ends it with the test. Without
// Chromium the test is skipped, or fails where SERTEL_CI=1 asks for everything.
func Start(t testing.TB) *Browser {
	t.Helper()
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(flags(), chromedp.ExecPath(find(t)))...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the browser's end
		end()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	return &Browser{ctx}
}

func flags() []chromedp.ExecAllocatorOption {
	list := slices.Clone(chromedp.DefaultExecAllocatorOptions[:])
	list = append(list, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("lang", "id"))
	for _, name := range []string{"disable-quic", "disable-component-update", "hide-scrollbars"} {
		list = append(list, chromedp.Flag(name, true))
	}
	return list
}

func find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("SERTEL_CI") == "1" {
		t.Fatal("chromium is missing")
	}
	t.Skip("chromium is not installed")
	return ""
}
