// Who is signed in; and what a person may tell of themselves: name, picture, phone number.
const config = require("../../config");
const { ask, askSignedIn, forget, kept } = require("../../sign-in");
const { told } = require("../../told");
const { language, words } = require("../../words");

const PROFILE = "/accounts/wechat/mini-program/profile/";
const PHONE = "/accounts/wechat/mini-program/phone/";

/** Send a picture, with the name; what comes back is text, also where it is JSON. wx.uploadFile is always a POST. */
function sendPicture(filePath, formData) {
  const header = { "Accept-Language": language(), ...kept() };
  return new Promise((resolve, fail) => {
    wx.uploadFile({
      url: config.site + PROFILE,
      filePath,
      name: "avatar",
      formData,
      header,
      success: ({ statusCode, data }) => resolve({ statusCode, data: json(data) }),
      fail,
    });
  });
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

Page({
  data: {
    t: words(),
    name: "",
    avatar: "",
    message: "",
    done: "",
    needsConsent: false,
    takesPhone: config.phoneNumber,
  },

  async onLoad() {
    this.setData({ t: words() });
    wx.setNavigationBarTitle({ title: words().profile });
    this.askForConsent();
    await this.trying(async () => {
      const answer = await askSignedIn("GET", config.me);
      // The site does not know this person any more, or lets them in no longer.
      if (answer.statusCode !== 200) return this.leave();
      const { display = "" } = answer.data.data?.user ?? answer.data;
      return this.setData({ name: display });
    });
  },

  /** WeChat shows its notice at the first tap by itself; saying it before the tap is better. */
  askForConsent() {
    wx.getPrivacySetting?.({ success: ({ needAuthorization }) => this.setData({ needsConsent: needAuthorization }) });
  },

  readPrivacy() {
    wx.openPrivacyContract({});
  },

  agree() {
    this.setData({ needsConsent: false });
  },

  choosePicture({ detail }) {
    this.setData({ avatar: detail.avatarUrl });
  },

  async save({ detail }) {
    const said = detail.value.nickname ? { nickname: detail.value.nickname } : {};
    const { avatar } = this.data;
    await this.trying(async () => {
      const answer = await (avatar ? sendPicture(avatar, said) : askSignedIn("POST", PROFILE, said));
      const message = told(answer);
      this.setData({ message, done: message ? "" : words().saved, name: answer.data?.nickname ?? this.data.name });
    });
  },

  async givePhone({ detail }) {
    if (!detail.code) {
      this.setData({ message: words().refusedPhone, done: "" });
      return;
    }
    await this.trying(async () => {
      const appid = wx.getAccountInfoSync().miniProgram.appId;
      const message = told(await askSignedIn("POST", PHONE, { phone_code: detail.code, appid }));
      this.setData({ message, done: message ? "" : words().saved });
    });
  },

  async signOut() {
    // allauth ends its session, and answers 401: nobody is signed in. Other tokens end by being forgotten.
    if (kept()?.["X-Session-Token"]) await this.trying(() => ask("DELETE", config.me));
    this.leave();
  },

  leave() {
    forget();
    wx.reLaunch({ url: "/pages/sign-in/sign-in" });
  },

  async trying(work) {
    try {
      await work();
    } catch {
      this.setData({ message: words().noConnection, done: "" });
    }
  },
});
