"""Where does the admin set up WeChat sign-in? The list of providers, and the page of one; start reading in `page`."""
