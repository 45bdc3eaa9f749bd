// Keeps <main> as the depot would show it now. Without it, the page reloads by itself.
"use strict";
const EVERY_MS = 5000;
const lost = document.getElementById("lost");

function place(fresh) {
  const old = document.getElementById("main");
  const at = old.contains(document.activeElement) ? document.activeElement : null;
  const kind = at && (at.hasAttribute("href") ? `[href="${CSS.escape(at.getAttribute("href"))}"]` : at.id && `#${CSS.escape(at.id)}`);
  const among = kind ? [...old.querySelectorAll(kind)].indexOf(at) : -1;
  old.replaceWith(fresh);
  fresh.querySelectorAll(kind || "none")[among]?.focus({ preventScroll: true });
}

async function follow() {
  const tag = document.getElementById("main").dataset.tag;
  if (!document.hidden && getSelection().isCollapsed) {
    try {
      const headers = { "If-None-Match": `"${tag}"` };
      const answer = await fetch(location.href, { headers, cache: "no-store", signal: AbortSignal.timeout(4 * EVERY_MS) });
      if (answer.status === 200) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.title = page.title;
        place(page.getElementById("main"));
      } else if (answer.status !== 304) throw new Error(answer.status);
      lost.hidden = true;
    } catch {
      const [hour, minute] = new Date().toTimeString().split(":");
      if (lost.hidden) lost.textContent = `Connexion perdue depuis ${Number(hour)} h ${minute} : cette page ne suit plus.`;
      lost.hidden = false;
    }
  }
  setTimeout(follow, EVERY_MS);
}
if (document.getElementById("main").dataset.tag) setTimeout(follow, EVERY_MS);
