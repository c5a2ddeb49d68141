"""What is wrong with a page that a visitor sees? Words of another language, codes, cut or lost things."""

import re
from typing import Any

SEEN = """() => {
  const seen = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const name = (element) => element.tagName.toLowerCase() + (element.className ? '.' + element.className : '');
  const all = [...document.body.querySelectorAll('*')].filter(seen);
  const spoken = all.flatMap((element) =>
    ['aria-label', 'alt', 'title', 'placeholder'].map((key) => element.getAttribute(key)).filter(Boolean));
  const foreign = document.title + ' ' + document.body.innerText;
  const edge = document.documentElement.clientWidth;
  const cut = all.filter((element) => {
    const {overflowX, overflowY} = getComputedStyle(element);
    // What is shown trims the white edge of WeChat's frame, whose width is fixed, to a narrow screen.
    if (element.clientWidth <= 1 || element.matches('.wechat-shown')) return false;
    return (overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1 && element.tagName !== 'INPUT')
      || (overflowY !== 'visible' && element.scrollHeight > element.clientHeight + 1);
  });
  const covers = all.filter((element) => element.matches('.wechat-cover')
    && element.scrollHeight > element.clientHeight + 1);
  const beyond = all.filter((element) => element.getBoundingClientRect().right > edge + 1 && !element.closest('svg'));
  const headings = all.filter((element) => element.matches('h1, h2, .wechat-cover .wechat-strong'));
  return {
    headings: headings.map((heading) => heading.innerText.trim()),
    text: foreign + '\\n' + spoken.join('\\n'),
    wide: document.documentElement.scrollWidth > edge ? beyond.slice(0, 3).map(name).concat('page') : [],
    cut: [...cut, ...covers].map(name),
    lost: [...document.images].filter((image) => !image.complete || !image.naturalWidth).map((image) => image.src),
  };
}"""
"""Run in the page; `faults` reads what it returns."""

RAW = re.compile(
    r"\bNone\b|\bnull\b|\bundefined\b|\bNaN\b|\[object |\{\{|\{%|%\(|%s|&(?:lt|gt|amp|quot|#\d+);|<[a-zA-Z!/][^>]*>"
    r"|\b[a-z]+_[a-z_]+\b|\bdjango_\w+|<\w+ object at|\bTraceback\b"
)
LATIN = re.compile(r"[A-Za-z][A-Za-z.'’-]*[A-Za-z]")
ADDRESS = re.compile(r"https?://\S+|\b[\w.+-]+@[\w.-]+|(?<![A-Za-z])example\.com(?![A-Za-z])")
KNOWN = {
    "EN",  # the switch to English
    "QR Code",
    "JavaScript",
    "Cookie",
    "Acme",
    "Edge",
    "Windows",
    "API",
    "7f3k2m9q",
}
"""What is written in Latin letters in Chinese, too."""


def faults(seen: dict[str, Any], language: str) -> list[str]:
    """Return in words what is wrong with what `SEEN` saw in `language`."""
    text = ADDRESS.sub(" ", seen["text"])
    for known in KNOWN:
        text = text.replace(known, " ")
    found = [f"raw: {match!r}" for match in sorted(set(RAW.findall(text)))]
    if language != "en":
        found += [f"not translated: {word!r}" for word in sorted(set(LATIN.findall(text)))]
    found += [f"full stop after a heading: {words!r}" for words in seen["headings"] if words.endswith((".", "。"))]
    found += [f"wider than the window: {name}" for name in seen["wide"]]
    found += [f"cut off: {name}" for name in seen["cut"]]
    return found + [f"picture missing: {source}" for source in seen["lost"]]
