import assert from "node:assert/strict";
import { test } from "node:test";

import { isDrawing } from "../../django_wechat/static/django_wechat/panel/svg-code.js";

const SVG = "http://www.w3.org/2000/svg";
const element = (localName, { attributes = [], children = [], namespaceURI = SVG } = {}) => ({
  localName,
  namespaceURI,
  children,
  attributes: attributes.map((name) => ({ name })),
});
const svg = (...children) => element("svg", { attributes: ["viewBox"], children });

test("what the site draws is a drawing", () => {
  assert.ok(isDrawing(svg(element("path", { attributes: ["class", "d", "stroke", "transform"] }))));
  assert.ok(isDrawing(svg(element("title"), element("g", { children: [element("rect")] }))));
});

test("anything else is not", () => {
  const others = [
    element("script"),
    element("foreignObject"),
    element("a"),
    element("image"),
    element("use"),
    element("animate"),
    element("style"),
    element("parsererror"),
    element("path", { namespaceURI: "http://www.w3.org/1999/xhtml" }),
    ...["onload", "ONCLICK", "href", "xlink:href", "style"].map((name) => element("path", { attributes: [name] })),
  ];
  for (const other of others) {
    assert.ok(!isDrawing(svg(other)), other.localName);
    assert.ok(!isDrawing(svg(element("g", { children: [other] }))), `nested ${other.localName}`);
  }
  assert.ok(!isDrawing(element("svg", { attributes: ["onload"] })));
});
