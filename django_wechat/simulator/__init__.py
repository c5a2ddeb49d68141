"""A pretend WeChat for development and tests: an island that neither imports the product nor is imported by it.

By hand: the phone page at the root of the mount. From Python: `platform.get_platform()`, or the fixture of
`pytest_plugin`. From elsewhere: JSON under `control/`. What it holds at the start, with AppIDs and secrets: `seeds`.

Mounted in a site, it shares the site's host, so its QR frame is same-site. To see what WeChat's foreign frame does
to cookies, run it alone on `localhost` beside a site on `127.0.0.1`: browsers take those two for different sites.
"""
