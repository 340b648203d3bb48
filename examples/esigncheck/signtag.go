package main

import (
	"context"
	"errors"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// The names of the tag field in version 2: the manual has both.
const tagKey, otherTagKey = "tag_koordinat", "tag"

// signAtTags lets the box look for tags: one character by each version, under
// either name of the field in version 2, and a longer tag by the newest version
// that took the short one. It ends when nobody knows what the box did.
func (c *checker) signAtTags(ctx context.Context, document []byte, secret passphrase.Secret, picture []byte, found *profile) []byte {
	req := esign.Request{Picture: picture, ServerTag: tag, MoreSigners: true}
	req.Credential, req.Reason, req.Purpose = signing.Credential{Passphrase: secret}, reason, "uji tag"
	req.Placement = signing.Placement{Width: tagBlock, Height: tagBlock / 2}
	var newest *esign.Client
	for _, version := range c.cfg.versions {
		signed, client, err := c.signAtTag(ctx, version, document, req, found)
		switch {
		case err == nil:
			document, newest = signed, client
		case unknown(err):
			return document
		}
	}
	if newest == nil {
		return document
	}
	req.ServerTag = longTag
	signed, _, err := c.signOnce(ctx, newest, document, req, "Tag "+longTag, warned)
	if err != nil {
		if !unknown(err) {
			found.longTag = "ditolak"
		}
		return document
	}
	found.longTag = "diterima"
	return signed
}

// signAtTag signs at the short tag and returns the client that it went by.
func (c *checker) signAtTag(ctx context.Context, version esign.Version, document []byte, req esign.Request, found *profile) ([]byte, *esign.Client, error) {
	client, title := c.clients[version], "Tag "+tag+" "+version.String()
	refused := failed
	if version == esign.V2 {
		refused = warned // there is another name to try
	}
	signed, s, err := c.signOnce(ctx, client, document, req, title, refused)
	key := tagKey
	if err != nil && version == esign.V2 && !unknown(err) {
		client, key = c.byTag, otherTagKey
		signed, s, err = c.signOnce(ctx, client, document, req, title, failed)
	}
	if err != nil {
		return nil, nil, err
	}
	found.noteTag(version, s.Place)
	if version == esign.V2 {
		found.tagKey = key
	}
	return signed, client, nil
}

// unknown reports that the page was perhaps signed.
func unknown(err error) bool {
	var e *esign.Error
	return !errors.As(err, &e) || e.Outcome == esign.OutcomeUnknown
}
