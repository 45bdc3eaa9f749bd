// Keeps <main> as the depot would show it now, changing only what differs: scroll, focus and a
// reader's place stay. Without it, the page reloads by itself.
"use strict";
const EVERY_MS = 5000;
const note = document.getElementById("note");
let tag = null;
let lost = "";

function say(text) {
  if (note.textContent !== text) note.textContent = text;
  note.hidden = !text;
}

const clock = (now) => `${now.getHours()}\u00a0h\u00a0${String(now.getMinutes()).padStart(2, "0")}`;

function renewAttributes(old, fresh) {
  // What is folded or unfolded is the reader's.
  for (const { name } of [...old.attributes]) if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function renew(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType === Node.TEXT_NODE) return void (old.data = fresh.data);
  renewAttributes(old, fresh);
  const parts = new Map([...old.children].map((part) => [part.dataset.part, part]));
  const wanted = [...fresh.childNodes];
  wanted.forEach((child, index) => {
    const name = child.dataset?.part;
    const at = old.childNodes[index] ?? null;
    const known = name ? parts.get(name) : at;
    if (!known) return old.insertBefore(child, at);
    if (known !== at) old.insertBefore(known, at);
    renew(known, child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

async function look() {
  const main = document.getElementById("main");
  const answer = await fetch(location.href, { cache: "no-cache", signal: AbortSignal.timeout(4 * EVERY_MS) });
  if (![200, Number(main.dataset.status)].includes(answer.status)) throw new Error(answer.status);
  if (tag && answer.headers.get("ETag") === tag) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement;
  document.title = page.title;
  renew(main, page.getElementById("main"));
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  tag = answer.headers.get("ETag");
}

async function follow() {
  const paused = !getSelection().isCollapsed;
  if (!document.hidden && !paused) await look().then(() => (lost = ""), () => (lost ||= clock(new Date())));
  document.documentElement.toggleAttribute("data-lost", Boolean(lost));
  say(lost ? `Le dépôt ne répond plus. Ce qui suit date de ${lost}, et n’est peut-être plus vrai.` : paused ? "En pause\u202f: du texte est sélectionné." : "");
  setTimeout(follow, EVERY_MS);
}
setTimeout(follow, EVERY_MS);
