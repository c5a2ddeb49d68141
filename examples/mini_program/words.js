// What the program says, in Chinese or English: the phone decides.
const en = {
  signIn: "Sign in with WeChat",
  why: "Sign in to find your orders and your name here as on the website.",
  haveAccount: "I have an account on the website",
  connect: "Connect your account",
  connectWhy: "Sign in once with your account of the website. Afterwards WeChat alone is enough, here and there.",
  account: "User name or e-mail address",
  password: "Password",
  connectButton: "Sign in and connect",
  profile: "Your profile",
  signedInAs: "Signed in as",
  choosePicture: "Choose a picture",
  nickname: "Your name",
  save: "Save",
  saved: "Saved.",
  phone: "Give your phone number",
  refusedPhone: "No number was given. You can tap again.",
  consent: "Name, picture and phone number are yours to give. Read the privacy notice first, then agree to it.",
  readPrivacy: "Read the privacy notice",
  agree: "I agree",
  signOut: "Sign out",
  noConnection: "The site cannot be reached. Check the connection and try again.",
  other: "That did not work. Try again in a minute.",
  pending: {
    mfa_authenticate: "This account asks for a second step, which this program does not have. Sign in on the website.",
    provider_signup: "The site wants to know more of somebody new. Sign up on the website, then connect here.",
    verify_email: "A link was sent to your e-mail address. Open it, then sign in here again.",
    reauthenticate: "That was a while ago. Sign in with your password again, then connect.",
    other: "The site asks for one more step. Take it on the website, then sign in here again.",
  },
};

const zh = {
  signIn: "微信登录",
  why: "登录后，可以看到你在网站上的订单和名字。",
  haveAccount: "我在网站上已有账号",
  connect: "关联已有账号",
  connectWhy: "用网站的账号登录一次。以后在这里和网站上，都只需要微信。",
  account: "用户名或邮箱",
  password: "密码",
  connectButton: "登录并关联",
  profile: "个人资料",
  signedInAs: "已登录：",
  choosePicture: "选择头像",
  nickname: "你的名字",
  save: "保存",
  saved: "已保存。",
  phone: "提供手机号",
  refusedPhone: "没有提供手机号。可以再点一次。",
  consent: "名字、头像和手机号由你决定是否提供。请先阅读隐私保护指引，再选择同意。",
  readPrivacy: "阅读隐私保护指引",
  agree: "同意",
  signOut: "退出登录",
  noConnection: "无法连接网站。请检查网络后重试。",
  other: "没有成功。请一分钟后重试。",
  pending: {
    mfa_authenticate: "此账号需要第二步验证，本小程序没有这一步。请在网站上登录。",
    provider_signup: "网站在创建账号前还需要更多信息。请先在网站上注册，再回到这里关联。",
    verify_email: "已向你的邮箱发送链接。打开链接后，再回到这里登录。",
    reauthenticate: "上次登录已过了一段时间。请重新输入密码，再关联。",
    other: "网站还需要一个步骤。请在网站上完成后，再回到这里登录。",
  },
};

/** The phone's language, as an Accept-Language. */
function language() {
  // Before base library 2.20.1 the other one says it.
  const { language } = wx.getAppBaseInfo ? wx.getAppBaseInfo() : wx.getSystemInfoSync();
  const isTraditional = ["zh_TW", "zh_HK"].includes(language ?? "");
  return language?.startsWith("zh") ? (isTraditional ? "zh-Hant" : "zh-Hans") : "en";
}

/** What the program says, in that language. */
function words() {
  return language().startsWith("zh") ? zh : en;
}

module.exports = { language, words };
