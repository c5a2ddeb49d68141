/** Which parts of this page belong to django_wechat? Finds them and brings each to life, once. */

import { enhanceCopy } from "./panel/copy.js";
import { Panel } from "./panel/panel.js";
import { enhance, report, showPhoneLink } from "./panel/safely.js";
import { enhanceTabs } from "./panel/tabs.js";

const all = (name, act) => enhance(document.querySelectorAll(`[data-wechat-${name}]`), act);
const showPanels = () => {
  all("panel", (root) => new Panel(root));
  all("phone-link", showPhoneLink);
};

all("tabs", enhanceTabs);
all("copy", enhanceCopy);
if (location.hash.length < 2) showPanels();
else
  import("./way-back.js")
    .then(({ keepFragment }) => all("start", (form) => keepFragment(form)))
    .catch(report)
    .then(showPanels);
