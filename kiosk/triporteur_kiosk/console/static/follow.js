// Keeps <main> as the console would show it now, and shows nothing once the console is silent. An
// answer that refuses is an answer: the console says in it why.
// Without scripts, the page reloads by itself.
"use strict";
const EVERY_MS = 2000;
const PATIENCE_MS = 10000;
let answeredAt = Date.now();
let asking = false;

function place(content, title) {
  const main = document.querySelector("main");
  const fresh = document.createElement("main");
  fresh.append(content);
  if (fresh.innerHTML !== main.innerHTML) main.replaceWith(fresh);
  if (title) document.title = title;
}

async function ask() {
  if (asking) return;
  asking = true;
  const hurry = new AbortController();
  const timer = setTimeout(() => hurry.abort(), PATIENCE_MS / 2);
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: hurry.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = document.createDocumentFragment();
    content.append(...page.querySelector("main").childNodes);
    place(content, page.title);
    answeredAt = Date.now();
  } catch {
    // The console may be starting again: only lasting silence counts, see below.
  } finally {
    clearTimeout(timer);
    asking = false;
  }
}

function loseHeart() {
  if (Math.abs(Date.now() - answeredAt) > PATIENCE_MS) {
    place(document.getElementById("lost").content.cloneNode(true), "—");
  }
}

setInterval(ask, EVERY_MS);
setInterval(loseHeart, 1000);
document.addEventListener("visibilitychange", () => document.hidden || ask());
