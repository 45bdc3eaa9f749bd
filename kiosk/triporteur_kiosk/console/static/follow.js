// Keeps <main> as the console would show it now, and shows nothing once the console is silent. An
// answer that refuses is an answer: the console says in it why.
// Only what differs is touched: the focus, a finger on a button and a screen reader stay where they
// are. Without scripts, the page reloads by itself.
"use strict";
const EVERY_MS = 2000;
const PATIENCE_MS = 10000;
let answeredAt = Date.now();
let asking = false;

function blend(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  const olds = [...old.childNodes], freshes = [...fresh.childNodes];
  if (old.nodeType !== 1 || old.nodeName !== fresh.nodeName || olds.length !== freshes.length) {
    old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  olds.forEach((child, number) => blend(child, freshes[number]));
}

// Read aloud when the word in large changes, and for no figure's sake.
function word() {
  return document.querySelector("h1")?.textContent;
}

function place(main, title) {
  const before = word();
  blend(document.querySelector("main"), main);
  document.title = title;
  if (word() !== before) document.getElementById("said").textContent = word();
}

async function ask() {
  if (asking) return;
  asking = true;
  const hurry = new AbortController();
  const timer = setTimeout(() => hurry.abort(), PATIENCE_MS / 2);
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: hurry.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    place(document.adoptNode(page.querySelector("main")), page.title);
    answeredAt = Date.now();
  } catch {
    // The console may be starting again: only lasting silence counts, see below.
  } finally {
    clearTimeout(timer);
    asking = false;
  }
}

function loseHeart() {
  if (Math.abs(Date.now() - answeredAt) <= PATIENCE_MS) return;
  const main = document.createElement("main");
  main.append(document.getElementById("lost").content.cloneNode(true));
  place(main, "—");
}

// A telephone that was in a pocket shows no verdict from before.
function wake() {
  if (document.hidden) return;
  loseHeart();
  ask();
}

setInterval(ask, EVERY_MS);
setInterval(loseHeart, 1000);
document.addEventListener("visibilitychange", wake);
addEventListener("pageshow", wake);
