"""How does a mini program or an app sign its person in? It sends WeChat's code in JSON, and is answered with tokens.

No cookie is read and none is set, so a page of another site can do nothing here. Start with `door`; `asked` reads what
was sent, `tokens` says in which form the answer comes.
"""
