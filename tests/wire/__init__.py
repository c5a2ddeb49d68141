"""Recorded shapes and the wire itself: what WeChat sends, byte for byte."""
