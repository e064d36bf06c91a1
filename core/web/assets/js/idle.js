// Whoever is busy is asked before their visit ends; whoever has gone leaves nothing on show. What was begun is
// covered, held by this page alone, and comes back once the same person has signed in again.
import { fieldsOf, isBegun } from "./drafts.js";

const WARN_BEFORE = 120000;

export function watchIdle(enhance) {
  const idle = document.querySelector("[data-tmc-idle]");
  if (!idle) return;
  const limit = Number(idle.dataset.tmcIdle) * 1000;
  let timers = [];
  let ends = 0;
  let asked = null; // where somebody was when they were asked

  const end = () => {
    timers.forEach(clearTimeout);
    ends = Infinity;
    if (isBegun(document)) cover(idle, enhance, begin);
    else window.location.reload();
  };
  const begin = () => {
    timers.forEach(clearTimeout);
    idle.hidden = true;
    ends = Date.now() + limit + 1000;
    timers = [
      setTimeout(() => { asked = document.activeElement; idle.hidden = false; }, limit - WARN_BEFORE),
      setTimeout(end, limit + 1000),
    ];
  };

  idle.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch(idle.dataset.tmcStay, { cache: "no-store" }).catch(() => null);
    if (!answer || answer.status !== 204) return end();
    begin();
    if (asked.matches("textarea, select, input")) asked.focus();
  });
  // A phone that sleeps lets no time pass for timers.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() >= ends) end();
  });
  begin();
}

function cover(idle, enhance, begin) {
  const begun = fieldsOf(document).filter((field) => field.id)
    .map((field) => [field.id, field.checked, field.value]);
  const form = document.querySelector("form[data-tmc-keep]");
  const address = form ? form.dataset.tmcKeep : window.location.href;
  const main = document.querySelector("main");
  const place = main.contains(document.activeElement) ? document.activeElement.id : "";
  idle.hidden = true;
  document.querySelectorAll(".tmc-nav, .tmc-languages, .govuk-back-link").forEach((part) => part.remove());
  main.replaceChildren(document.querySelector("template[data-tmc-cover]").content.cloneNode(true));
  document.title = main.querySelector("h1").textContent;
  enhance(main);
  main.querySelector("h1").focus();
  const again = main.querySelector("button");
  again.addEventListener("click", async () => {
    const page = await signedIn(address);
    main.querySelector("[role=alert]").hidden = Boolean(page);
    if (page) uncover(page, begun, place, enhance, begin);
  });
}

// The page as it is now, if whoever asks may see it.
async function signedIn(address) {
  const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// With the focus where it was: the button that was pressed is gone.
function uncover(page, begun, place, enhance, begin) {
  const main = page.querySelector("main");
  document.title = page.title;
  document.querySelector("header").replaceWith(page.querySelector("header"), page.querySelector(".tmc-nav") || "");
  document.querySelector("main").replaceWith(main);
  for (const [id, checked, value] of begun) {
    const field = document.getElementById(id);
    if (!field) continue;
    if (field.value !== value || field.checked !== checked) unfold(field);
    if (field.type === "radio" || field.type === "checkbox") field.checked = checked;
    else field.value = value;
  }
  enhance(main);
  begin();
  const form = document.getElementById("write") || main;
  form.tabIndex = -1;
  form.scrollIntoView();
  const at = document.getElementById(place);
  unfold(at);
  (at || form).focus();
}

// What stands in a part that is closed can't be seen, nor have the focus.
function unfold(field) {
  const part = field && field.closest("details");
  if (part) part.open = true;
}
