// Makes the page better where scripts run; every page works without.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { ExitThisPage } from "govuk-frontend/dist/govuk/components/exit-this-page/exit-this-page.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";

// The usual inline script for this is refused by our content security policy.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const Component of [ExitThisPage, ErrorSummary, CharacterCount, NotificationBanner, Button, SkipLink]) {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    new Component(element);
  }
}

// "Back" after leaving must not bring a page back from the browser's memory.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    document.body.hidden = true;
    window.location.reload();
  }
});

// Whoever leaves or signs out in one tab leaves nothing on show in the others of the same portal.
const exit = document.querySelector(".govuk-js-exit-this-page-button");
const home = document.querySelector(".tmc-header__name");

if (home && "BroadcastChannel" in window) {
  const tabs = new BroadcastChannel(`tmc ${home.pathname}`);
  const leaving = "govuk-exit-this-page-hide-content";
  tabs.addEventListener("message", ({ data }) => {
    document.body.hidden = true;
    window.location.replace(data === "exit" && exit ? exit.href : home.href);
  });
  new MutationObserver(() => {
    if (document.body.classList.contains(leaving)) tabs.postMessage("exit");
  }).observe(document.body, { attributeFilter: ["class"] });
  for (const form of document.querySelectorAll("form[data-tmc-ends]")) {
    form.addEventListener("submit", () => tabs.postMessage("sign-out"));
  }
}

// Whoever is busy writing is asked before their session ends; whoever has gone leaves nothing on show.
const WARN_BEFORE = 120000;
const idle = document.querySelector("[data-tmc-idle]");

if (idle) {
  const limit = Number(idle.dataset.tmcIdle) * 1000;
  const written = () => [...document.querySelectorAll("textarea")].some((field) => field.value.trim());
  let timers = [];

  const end = () => {
    if (!written()) window.location.reload();
  };
  const begin = () => {
    timers.forEach(clearTimeout);
    idle.hidden = true;
    timers = [
      setTimeout(() => { idle.hidden = false; }, limit - WARN_BEFORE),
      setTimeout(end, limit + 1000),
    ];
  };

  idle.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch(idle.dataset.tmcStay, { cache: "no-store" }).catch(() => null);
    if (answer && answer.status === 204) begin();
    else end();
  });
  begin();
}
