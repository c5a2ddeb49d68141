// Lets a computer in that showed this program's code, or a phone's browser that opened its link: asks the site what the
// code is for, and answers for the person, whom only wx.login's code names.
const config = require("./config");
const { language } = require("./words");

// What opened the program; `scene` is "" where no code and no link did. WeChat names the way in (`entry`): the site
// refuses a code that was sent to somebody.
function opened(query) {
  const entry = wx.getEnterOptionsSync().scene;
  const appid = wx.getAccountInfoSync().miniProgram.appId;
  return { scene: decoded(query.scene || ""), appid, entry };
}

// It comes percent-encoded; a code that is no site's may hold anything.
function decoded(scene) {
  try {
    return decodeURIComponent(scene);
  } catch {
    return "";
  }
}

// Resolves to the site's answer, whatever its status.
function post(step, data) {
  const url = `${config.site}/accounts/wechat/mini-program/${step}/`;
  const header = { "Accept-Language": language() };
  return new Promise((success, fail) =>
    wx.request({ url, method: "POST", data, header, timeout: 20000, success, fail }),
  );
}

// Who wants to be signed in, where, since when? Show it before anybody confirms.
const ask = (code) => post("scan", code);

const refuse = (code) => post("confirm", { ...code, answer: "refuse" });

async function confirm(code, again = true) {
  const login = await wx.login();
  const answer = await post("confirm", { ...code, code: login.code, answer: "confirm" });
  // Used or over: fetch a fresh one.
  if (again && answer.data.error?.code === "code_invalid") return confirm(code, false);
  return answer;
}

module.exports = { ask, confirm, opened, refuse };
