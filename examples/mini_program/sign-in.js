// Signs in with WeChat: the site gets wx.login's code and gives a token, which is kept on this phone. It alone says
// who asks, and no cookie.
const config = require("./config");
const { language } = require("./words");

const KEPT = "token-header";

// The header that names who is signed in.
const kept = () => wx.getStorageSync(KEPT) || undefined;
const forget = () => wx.removeStorageSync(KEPT);

// simplejwt or allauth's JWT; Django REST framework; allauth's session.
function headerOf({ meta = {}, access = meta.access_token, token }) {
  if (access) return { Authorization: `Bearer ${access}` };
  if (token) return { Authorization: `Token ${token}` };
  return meta.session_token && { "X-Session-Token": meta.session_token };
}

// Resolves to the site's answer, whatever its status.
function ask(method, path, data, header = kept()) {
  const said = { "Accept-Language": language(), ...header };
  return new Promise((success, fail) =>
    wx.request({ url: config.site + path, method, data, header: said, timeout: 20000, success, fail }),
  );
}

// With `header`, connects WeChat to the account it names.
async function signIn(header, again = true) {
  const { code } = await wx.login();
  const appid = wx.getAccountInfoSync().miniProgram.appId;
  const sent = { code, appid, process: header ? "connect" : "login" };
  const answer = await ask("POST", "/accounts/wechat/mini-program/", sent, header);
  if (answer.statusCode === 200) wx.setStorageSync(KEPT, headerOf(answer.data) || header);
  // Used or over: fetch a fresh one.
  else if (again && answer.data.error?.code === "code_invalid") return signIn(header, false);
  return answer;
}

// A token that is over is replaced unasked: wx.login needs no tap.
async function askSignedIn(...what) {
  const answer = await ask(...what);
  if (![401, 410].includes(answer.statusCode)) return answer;
  return (await signIn()).statusCode === 200 ? ask(...what) : answer;
}

module.exports = { ask, askSignedIn, forget, kept, signIn };
