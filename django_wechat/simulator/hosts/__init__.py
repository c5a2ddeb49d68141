"""What do the real host names answer? open.weixin.qq.com, api.weixin.qq.com and mp.weixin.qq.com, as path prefixes."""
