// The first page: says what for, and signs in at a tap. Who is signed in already goes on to the profile.
const config = require("../../config");
const { kept, signIn } = require("../../sign-in");
const { told } = require("../../told");
const { words } = require("../../words");

const PROFILE = { url: "/pages/profile/profile" };

Page({
  data: { t: words(), site: config.name, isBusy: false, message: "" },

  onLoad() {
    this.setData({ t: words() });
    wx.setNavigationBarTitle({ title: words().signIn });
    if (kept()) wx.reLaunch(PROFILE);
  },

  async signIn() {
    this.setData({ isBusy: true, message: "" });
    try {
      const message = told(await signIn());
      this.setData({ message });
      if (!message) wx.reLaunch(PROFILE);
    } catch {
      this.setData({ message: words().noConnection });
    }
    this.setData({ isBusy: false });
  },

  goToConnect() {
    wx.navigateTo({ url: "/pages/connect/connect" });
  },
});
