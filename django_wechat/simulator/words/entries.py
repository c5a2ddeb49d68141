"""In which words are codes and links of mini programs shown? On the phone, on WeChat's page, in the consoles."""

ENTRY_TEXTS = {
    # on the phone
    "round_code": ("Mini-program code", "小程序码"),
    "way_camera": ("Scan", "扫一扫"),
    "way_album": ("From the album", "从相册选取"),
    "way_long_press": ("Long press in a chat", "在聊天中长按"),
    "way_forwarded": ("By a forwarded link", "点开转发的链接"),
    "way_trial": ("As a trial version", "从体验版入口"),
    "way_browser": ("From the phone’s browser", "从手机浏览器"),
    "way_usual": ("The usual way", "通常方式"),
    "opened_how": ("How", "打开方式"),
    "other_ways": ("Opened another way", "用其他方式打开"),
    "open_something": ("Open a link or a QR code of a program", "打开小程序链接或普通二维码"),
    "open_something_hint": (
        "A URL Link, a Scheme (weixin://…), or the address in an ordinary QR code that a program’s rule is about.",
        "可以是 URL Link、URL Scheme（weixin://…），或小程序规则所对应的普通二维码里的网址。",
    ),
    "did_not_open": ("WeChat opened nothing.", "微信没有打开任何内容。"),
    "came_by": ("Opened with scene value", "打开场景值"),
    "ask_the_site": ("Ask the site what it is about", "询问网站"),
    "confirm_title": ("Sign in elsewhere?", "在其他设备上登录？"),
    "row_site": ("Site", "网站"),
    "row_host": ("Address", "网址"),
    "row_browser": ("Browser", "浏览器"),
    "row_system": ("System", "系统"),
    "row_place": ("Place", "地点"),
    "row_time": ("Time", "时间"),
    "compare_digits": ("The same two digits have to stand on the other screen:", "请与另一屏幕上的两位数字核对："),
    "type_digits": ("The other screen asks for:", "另一屏幕要求输入："),
    "confirm": ("Confirm", "确认登录"),
    "refuse_entry": ("It is not me", "不是我"),
    "reply_confirmed": ("Confirmed. Look at the other screen.", "已确认，请查看另一屏幕。"),
    "reply_refused": ("Refused: nobody was signed in.", "已拒绝：没有人被登录。"),
    "site_refused": ("The site refuses:", "网站拒绝："),
    # WeChat's page between a browser and a program
    "open_in_wechat": ("打开小程序 Open in WeChat", "打开小程序"),
    "opened_in_wechat": ("Opened in WeChat", "已在微信中打开"),
    "go_on_there": ("Go on on the phone, then come back to this browser.", "请在手机上继续，然后回到此浏览器。"),
    # in the consoles
    "program_pages": ("页面 (pages of the released version)", "页面"),
    "program_pages_hint": (
        "One a line, the first is the home page. Codes and links of other pages are refused with 41030 and 40165.",
        "每行一个，第一个为首页。其他页面的小程序码和链接会返回 41030 和 40165。",
    ),
    "qr_rules": ("扫普通链接二维码打开小程序 (rules for ordinary QR codes)", "扫普通链接二维码打开小程序"),
    "qr_rules_hint": (
        "An address and a page a line. With a slash at its end the address means everything below it.",
        "每行一个网址和页面，以空格分隔。网址以斜杠结尾时包括其下所有路径。",
    ),
    "plain_schemes": ("明文 Scheme (pages that a Scheme by hand opens)", "明文 Scheme 拉起此小程序"),
    "plain_schemes_hint": ("Empty: such a Scheme opens nothing (85405).", "为空：明文 Scheme 打不开小程序（85405）。"),
    "links_left": ("URL Link, Scheme (links left today)", "今日可生成的链接"),
    "links_left_hint": (
        "URL Links and Schemes together; none left is 44993.",
        "URL Link 与 Scheme 合计，用完后返回 44993。",
    ),
    "links_not_for_individuals": (
        "An individual: has round codes, but no links (40002) and no rules (85075).",
        "个人：可以生成小程序码，但不能生成链接（40002），也没有规则（85075）。",
    ),
}
