// What has to be filled in: where the site is.
module.exports = {
  // Without a slash at its end. It has to be https, and listed as request 合法域名 at mp.weixin.qq.com.
  site: "https://www.example.com",
  // What people are told they sign in to.
  name: "Teahouse",
  // Where the site says who a token names. This is allauth's headless address; with other tokens it is your own API's.
  me: "/_allauth/app/v1/auth/session",
  // Whether the site takes phone numbers: WECHAT["PHONE_NUMBER"]. The button is for organisations, and costs money.
  phoneNumber: false,
};
