"""Sphinx's settings: Markdown pages, warnings are errors (`make docs`)."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

project = "django-wechat-login"
author = "django-wechat-login contributors"
project_copyright = "django-wechat-login contributors"
release = re.search(r'__version__ = "(.+)"', (ROOT / "django_wechat" / "__init__.py").read_text())[1]

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"{project} {release}"
