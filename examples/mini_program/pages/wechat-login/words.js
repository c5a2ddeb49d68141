// What is somebody told whose phone is to sign in a computer, or a browser? {site} is its name.
const { language } = require("../../words");

const en = {
  title: "Sign in on a computer",
  purposes: {
    login: "Sign in to {site} on a computer",
    connect: "Connect this WeChat to an account of {site}",
    reauthenticate: "Confirm to {site} that it is you",
  },
  browserTitle: "Sign in in your browser",
  browserLogin: "Sign in to {site} in your browser",
  why: "{site} asks WeChat who you are; it learns an identifier, no name, no phone number.",
  connectWhy: "{site} asks WeChat who you are. From then on this WeChat signs in to that account.",
  sameNumber: "The same number must be on the computer’s screen",
  compare: "Compare the site, the browser and the time: they must be yours.",
  only: "Confirm only if it was you who opened this just now.",
  site: "Site",
  browser: "Browser",
  system: "System",
  place: "Place",
  time: "Opened",
  justNow: "just now",
  minutesAgo: "{n} min ago",
  confirm: "Confirm",
  refuse: "It wasn’t me",
  asking: "Asking the site what this code is for…",
  confirmed: "Confirmed",
  typeNumber: "Type this number on the computer",
  backToComputer: "Go back to the computer: it goes on by itself.",
  backToBrowser: "Go back to your browser: it goes on by itself.",
  typeInBrowser: "Type this number in your browser",
  toNumber: "Go back there, and type the number.",
  refused: "Refused: nobody is signed in",
  afterRefusal: "Somebody may have sent you this code, or shown it to you. There is nothing more to do.",
  over: "Refresh the code on the computer, and scan it again.",
  browserOver: "Go back to your browser, and open WeChat from there again.",
  again: "Try again",
  nothingTitle: "Sign in to {site} on a computer",
  nothing: "Open the sign-in page of {site} on the computer, and scan the code there with WeChat’s camera.",
  here: "Sign in on this phone",
};

const zh = {
  title: "在电脑上登录",
  purposes: {
    login: "在电脑上登录「{site}」",
    connect: "把这个微信关联到「{site}」的账号",
    reauthenticate: "向「{site}」确认是你本人",
  },
  browserTitle: "在浏览器里登录",
  browserLogin: "在手机浏览器里登录「{site}」",
  why: "「{site}」向微信询问你是谁，只得到一个标识，没有名字，也没有手机号。",
  connectWhy: "「{site}」向微信询问你是谁。以后用这个微信就能登录那个账号。",
  sameNumber: "电脑屏幕上必须是同一个数字",
  compare: "请核对网站、浏览器和时间，必须都是你自己的。",
  only: "只有刚才是你自己打开的，才点「确认」。",
  site: "网站",
  browser: "浏览器",
  system: "系统",
  place: "地点",
  time: "打开时间",
  justNow: "刚刚",
  minutesAgo: "{n} 分钟前",
  confirm: "确认",
  refuse: "不是我",
  asking: "正在向网站询问这个码的用途…",
  confirmed: "已确认",
  typeNumber: "在电脑上输入这个数字",
  backToComputer: "请回到电脑，网页会自动继续。",
  backToBrowser: "请回到浏览器，网页会自动继续。",
  typeInBrowser: "在浏览器里输入这个数字",
  toNumber: "请回到那里，输入这个数字。",
  refused: "已拒绝，没有人登录",
  afterRefusal: "这个码可能是别人发给你、或给你看的。不需要再做什么。",
  over: "请在电脑上刷新这个码，再扫一次。",
  browserOver: "请回到浏览器，再从那里打开微信。",
  again: "重试",
  nothingTitle: "在电脑上登录「{site}」",
  nothing: "请在电脑上打开「{site}」的登录页，用微信的扫一扫扫描那里的码。",
  here: "在这部手机上登录",
};

/** Those words in the phone's language; 「{site}」 is not filled in yet. */
function words() {
  return language().startsWith("zh") ? zh : en;
}

/**
 * Fill {name} in.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

module.exports = { fill, words };
