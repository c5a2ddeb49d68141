/**
 * What does the WeChat panel show in each of its states?
 *
 * All words stand in the page, none here. `data-wechat-in` names the states that show a part, `data-wechat-kind` the
 * kinds of code (official_account, mini_program, open_platform, thanked: the Open Platform's as the second step),
 * `data-wechat-notice` what is wrong meanwhile, `data-wechat-say` the states in which a screen reader is told its words.
 * `data-wechat-turn` is the way to another kind.
 */

import { fill } from "./safely.js";

const BUSY = ["loading", "done"];
const OVER = "refused expired error";

export class PanelView {
  constructor(root) {
    this.root = root;
  }

  part(name) {
    return this.root.querySelector(`[data-wechat-part="${name}"]`);
  }

  draw(model, kind) {
    const held = document.activeElement;
    this.root.dataset.state = model.name;
    this.part("qr").toggleAttribute("inert", model.name !== "ready");
    this.filter(model, kind);
    this.part("hint").hidden = true;
    this._problem(model.problem);
    this._buttons(model, kind);
    this._keepFocus(held);
    this._say(model.name);
  }

  /** Show what belongs to this state and to this kind of code. */
  filter(model, kind) {
    const held = document.activeElement;
    const flavour = model.thanked ? "thanked" : kind;
    this.root.dataset.kind = kind;
    this.root.querySelectorAll("[data-wechat-in], [data-wechat-kind], [data-wechat-turn]").forEach((part) => {
      const { wechatIn, wechatKind, wechatNotice, wechatTurn } = part.dataset;
      const belongs = lists(wechatIn, model.name) && lists(wechatKind, flavour) && lists(wechatNotice, model.notice);
      part.hidden = !belongs || wechatTurn === kind;
    });
    this._keepFocus(held);
  }

  /** Whoever was at something that is covered or gone now is not thrown back to the top of the page. */
  _keepFocus(held) {
    if (!this.root.contains(held) || !held.closest("[hidden], [inert]")) return;
    const foot = this.root.querySelector(".wechat-foot .wechat-button:not([hidden])");
    const turn = held.closest("[data-wechat-turn]") && this.root.querySelector("[data-wechat-turn]:not([hidden]) button");
    (turn || foot).focus({ preventScroll: true });
  }

  _problem(problem) {
    if (!problem) return;
    const words = this._words(problem.code) ?? this._words("server");
    fill(this.part("problem"), words);
    this._fill("message", problem.message);
    this._fill("reference", problem.reference);
  }

  _fill(name, text) {
    const place = this.part("problem").querySelector(`[data-wechat-${name}]`);
    if (!place || !text) return;
    place.textContent = text;
    place.closest("p").hidden = false;
  }

  _words(code) {
    return this.root.querySelector(`template[data-wechat-problem="${code}"]`)?.content.cloneNode(true);
  }

  _buttons(model, kind) {
    const busy = String(BUSY.includes(model.name));
    const refresh = this.part("refresh");
    const { label, labelReload, strongIn } = refresh.dataset;
    this.part("refresh-label").textContent = model.problem?.code === "session" ? labelReload : label;
    refresh.setAttribute("aria-disabled", busy);
    refresh.classList.toggle("wechat-button-quiet", !lists(strongIn ?? OVER, model.name));
    const elsewhere = this.part("other-ways");
    refresh.hidden = !!elsewhere?.dataset.told?.split(" ").includes(model.problem?.told);
    if (elsewhere) elsewhere.hidden = !refresh.hidden;
    this.root.querySelectorAll("[data-wechat-turn] button").forEach((way) => way.setAttribute("aria-disabled", busy));
    const other = this.part("switch");
    if (!other) return;
    other.textContent = kind === "open_platform" ? other.dataset.labelBack : other.dataset.label;
    other.setAttribute("aria-disabled", busy);
  }

  /** Once for every change of state, to people who do not see it. */
  _say(name) {
    const find = (what) => this.root.querySelector(`${what}:not([hidden])`);
    const told = find("[data-wechat-notice]") ?? find(`[data-wechat-say~="${name}"]`);
    const words = told ? spoken(told) : "";
    const live = this.part("live");
    if (live.textContent !== words) live.textContent = words;
  }
}

/** What is heard of an element: each line a sentence. */
function spoken(element) {
  return [element, ...element.querySelectorAll("p, div")]
    .filter((line) => !line.querySelector("p, div") && !element.contains(line.closest("[hidden]")))
    .map((line) => line.textContent.trim().replace(/\s+/g, " "))
    .map((words) => (/[^.?!…。？！)）]$/.test(words) ? `${words}.` : words))
    .join(" ")
    .trim();
}

function lists(names, name) {
  return names === undefined || names.split(" ").includes(name);
}
