/** Which parts of this page belong to django_wechat? Finds them and brings each to life, once. */

import { enhanceCopy } from "./copy.js";
import { Panel } from "./panel.js";
import { enhanceTabs } from "./tabs.js";

document.querySelectorAll("[data-wechat-tabs]").forEach(enhanceTabs);
document.querySelectorAll("[data-wechat-copy]").forEach(enhanceCopy);
document.querySelectorAll("[data-wechat-panel]").forEach((root) => new Panel(root));
