// Makes the page better where scripts run; every page works without.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { ExitThisPage } from "govuk-frontend/dist/govuk/components/exit-this-page/exit-this-page.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { drafts } from "./drafts.js";
import { watchIdle } from "./idle.js";
import { parts } from "./parts.js";

// The usual inline script for this is refused by our content security policy.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

const enhance = (part) => {
  for (const Component of [ExitThisPage, ErrorSummary, CharacterCount, NotificationBanner, Button, SkipLink]) {
    for (const element of part.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
      new Component(element);
    }
  }
};
enhance(document);

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
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[data-tmc-ends]")) tabs.postMessage("sign-out");
  });
}

drafts();
parts();
watchIdle(enhance);
