// An iPhone goes on into WeChat by itself.
document.querySelector("form[data-at-once]")?.submit();
