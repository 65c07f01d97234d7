// What the tests do to a page, in place of a reader. It is put into the page's head, before its own script.
"use strict";
const errors = [];
addEventListener("error", (event) => errors.push(String(event.message)));
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => errors.push(`${event.violatedDirective} ${event.blockedURI}`));
for (const level of ["error", "warn"]) console[level] = (...what) => errors.push(what.join(" "));

const find = (id) => document.getElementById(id);
// Without a screen there are no frames. The page draws once a frame; in the one after, it has.
window.requestAnimationFrame = (draw) => setTimeout(draw, 16);
const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
const key = async (name) => {
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  await drawn();
};
const later = (ms) => new Promise((done) => setTimeout(done, ms));
const click = async (id) => { find(id).click(); await drawn(); };
const slide = async (to) => {
  find("slider").value = to;
  find("slider").dispatchEvent(new Event("input", { bubbles: true }));
  await drawn();
};
const text = (id) => find(id).innerText.trim();
const lines = (id) => [...find(id).children].map((child) => child.textContent);
// All that a reader sees of a step, but for how far they have scrolled.
const seen = () => ({
  step: text("step"), clock: text("clock"), sentence: text("sentence"), peers: find("peers").innerText,
  queue: text("queue"), timers: text("timers"), output: find("output").textContent,
  reasons: text("reasons"), cover: find("cover").style.left, lit: lit(), source: [...document.querySelectorAll("#source .here, #source .focus")].map((row) => row.textContent),
});
const lit = () => document.querySelector("#names .now")?.textContent ?? null;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
// Nothing is wider than the page, but what scrolls by itself.
const fits = () => document.documentElement.scrollWidth <= innerWidth;

addEventListener("load", async () => {
  let report;
  try {
    report = await drive();
  } catch (error) {
    errors.push(String(error.stack));
  }
  const told = document.createElement("pre");
  told.id = "report";
  told.textContent = JSON.stringify({ errors, ...report });
  document.body.append(told);
  parent.postMessage(told.textContent, "*");
});
