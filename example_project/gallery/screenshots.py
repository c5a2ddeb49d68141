"""`make screenshots`: a picture of every state of the gallery, and an end with 1 where one is not as it should be.

Run as `python -m example_project.gallery.screenshots`. Starts a demo of its own, with a database of its own.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.async_api import Browser, Error, Page, Playwright, async_playwright

from example_project.demo_process import ROOT, served
from example_project.gallery.page_checks import SEEN, faults

LANGUAGES = ("en", "zh-hans", "zh-hant")
LOOKS = tuple(product(("light", "dark"), (1280, 390)))
PAGES_AT_ONCE = 4
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
IS_DRAWN = """() => {
  const panel = document.querySelector('[data-wechat-panel], [data-wechat-phone-link]');
  const drawn = (frame) => frame.contentDocument?.readyState === 'complete' && frame.contentDocument.body.innerText;
  const element = document.querySelector('[data-gallery-element]');
  const reached = element?.querySelector('wechat-login')?.dataset.state === element?.dataset.galleryElement;
  return (!panel || 'ready' in panel.dataset) && reached && [...document.querySelectorAll('iframe')].every(drawn);
}"""


@dataclass(frozen=True)
class Shot:
    """One state in one language, in the looks given as (theme, width)."""

    slug: str
    script: bool
    language: str
    looks: tuple[tuple[str, int], ...]


def main() -> None:
    """Take the pictures, print what is wrong, end with 1 if anything is."""
    options = _options()
    shutil.rmtree(options.out, ignore_errors=True)
    with _address(options.url) as url:
        shots, wrong = asyncio.run(_take_all(url, options))
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    done = f"{shots} looked at" if options.look_only else f"{shots} pictures in {options.out}"
    sys.stdout.write(f"{done}, {len(wrong)} faults\n")
    sys.exit(1 if wrong or not shots else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--url", help="a demo that is running already, such as http://127.0.0.1:8000")
    parser.add_argument("--only", default="", help="only states with this in their name")
    parser.add_argument("--quick", action="store_true", help="one theme and width for each state, in turn")
    parser.add_argument("--look-only", action="store_true", help="look for faults, and take no pictures")
    return parser.parse_args()


@contextmanager
def _address(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), stderr=subprocess.DEVNULL) as (own, _password):
        yield own


async def _take_all(url: str, options: argparse.Namespace) -> tuple[int, list[str]]:
    async with async_playwright() as playwright:
        browser = await _launch(playwright)
        work: asyncio.Queue[Shot] = asyncio.Queue()
        for shot in await _shots(browser, url, options):
            work.put_nowait(shot)
        out = None if options.look_only else options.out
        workers = [_work(browser, url, out, work) for _ in range(PAGES_AT_ONCE)]
        results = [result for done in await asyncio.gather(*workers) for result in done]
        await browser.close()
    return len(results), sorted({line for lines in results for line in lines})


async def _launch(playwright: Playwright) -> Browser:
    """The machine's own Chromium (CHROMIUM=/path picks one), or Playwright's."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"] if root else [])


async def _shots(browser: Browser, url: str, options: argparse.Namespace) -> list[Shot]:
    page = await browser.new_page()
    answer = await page.goto(f"{url}/gallery/", wait_until="domcontentloaded")
    if answer is None or not answer.ok:
        sys.exit(f"{url}/gallery/ does not answer: {await page.locator('body').inner_text()}")
    read = "links => links.map(link => [link.dataset.state, !('noScript' in link.dataset)])"
    states = await page.locator("a[data-state]").evaluate_all(read)
    await page.close()
    wanted = [(slug, script) for slug, script in states if options.only in slug]
    return [
        Shot(slug, script, language, (LOOKS[number % len(LOOKS)],) if options.quick else LOOKS)
        for number, ((slug, script), language) in enumerate(product(wanted, LANGUAGES))
    ]


async def _work(browser: Browser, url: str, out: Path | None, work: asyncio.Queue[Shot]) -> list[list[str]]:
    results = []
    pages = {
        script: await (await browser.new_context(java_script_enabled=script)).new_page() for script in (True, False)
    }
    while not work.empty():
        shot = work.get_nowait()
        results += await _take(pages[shot.script], url, out, shot)
    return results


async def _take(page: Page, url: str, out: Path | None, shot: Shot) -> list[list[str]]:
    """Load the page once, look at it in each theme and width; return the faults of each look."""
    trouble: list[str] = []
    listeners = {
        "pageerror": lambda error: trouble.append(f"script: {error}"),
        "console": lambda said: trouble.append(f"console: {said.text}") if said.type == "error" else None,
        "response": lambda answer: trouble.append(f"{answer.status}: {answer.url}") if answer.status > 399 else None,
    }
    for event, listener in listeners.items():
        page.on(event, listener)  # type: ignore[call-overload]
    await page.goto(f"{url}/gallery/{shot.slug}/?lang={shot.language}")
    if shot.script:
        await page.wait_for_function(IS_DRAWN)
    results = [await _look(page, out, shot, theme, width) for theme, width in shot.looks]
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    return [*results[:-1], results[-1] + [f"{shot.slug} {shot.language}: {line}" for line in trouble]]


async def _look(page: Page, out: Path | None, shot: Shot, theme: str, width: int) -> list[str]:
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await page.set_viewport_size({"width": width, "height": 844})
    if out is not None and (missing := await _picture(page, out / shot.language / f"{shot.slug}-{theme}-{width}.png")):
        return [missing]
    found = faults(await page.evaluate(SEEN), shot.language)
    return [f"{shot.slug} {shot.language} {theme} {width}: {fault}" for fault in found]


async def _picture(page: Page, file: Path) -> str:
    """Take it; return why there is none, or ""."""
    try:
        await page.screenshot(path=file, full_page=True)
    except Error as error:
        return f"{file.stem}: no picture: {error.message}"
    return ""


if __name__ == "__main__":
    main()
