"""How does somebody get into a mini program from outside? Round codes, ordinary QR codes with a rule, links.

What is asked at WeChat's addresses is checked and remembered here; `scenes` says what the program hears of it.
"""
