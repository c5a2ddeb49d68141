"""A small site to show signing in with WeChat to somebody, in thirty seconds: `python -m django_wechat.demo`.

The site is on the left, a pretend phone on the right, and nothing in it is real. It is a program of its own, which no
site has among its apps: nothing of the product imports it, and it refuses to start inside another project. `history`
also fills the admin of the example project.
"""
