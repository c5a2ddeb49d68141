// Connects WeChat to an account that is there already: signed in once by its password, then by a code of WeChat's.
const { ask, signIn } = require("../../sign-in");
const { told } = require("../../told");
const { words } = require("../../words");

/** Sign in as allauth's headless API does it for programs; the account is named by its user name or its address. */
function signInByPassword({ account, password }) {
  const name = account.includes("@") ? "email" : "username";
  return ask("POST", "/_allauth/app/v1/auth/login", { [name]: account, password }, {});
}

const connectTo = (token) => signIn({ "X-Session-Token": token });

Page({
  data: { t: words(), isBusy: false, message: "" },

  onLoad() {
    this.setData({ t: words() });
    wx.setNavigationBarTitle({ title: words().connect });
  },

  async connect({ detail }) {
    this.setData({ isBusy: true, message: "" });
    try {
      const answer = await signInByPassword(detail.value);
      const message = told(answer) || told(await connectTo(answer.data.meta.session_token));
      this.setData({ message });
      if (!message) wx.reLaunch({ url: "/pages/profile/profile" });
    } catch {
      this.setData({ message: words().noConnection });
    }
    this.setData({ isBusy: false });
  },
});
