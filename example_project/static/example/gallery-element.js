/** How does the gallery keep `<wechat-login>` at one of its own cards? With a network that never answers, or that is down. */

import "../django_wechat/wechat-login.js";

const NETWORKS = {
  loading: () => new Promise(() => {}),
  failed: () => Promise.reject(new TypeError("offline")),
};

const place = document.querySelector("[data-gallery-element]");
window.fetch = NETWORKS[place.dataset.galleryElement];
place.append(document.createElement("wechat-login"));
