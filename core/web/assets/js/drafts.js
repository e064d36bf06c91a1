// What is begun goes along wherever its writer goes. The portal keeps it for as long as the visit lasts; the
// device never does, and whoever leaves by the exit or signs out takes nothing along.
const leaving = "govuk-exit-this-page-hide-content";

export const fieldsOf = (part) => [...part.querySelectorAll("textarea, select, input:not([type=hidden])")];

const isChanged = (field) => {
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
  return [...field.options].some((option) => option.selected !== option.defaultSelected);
};

// What was put back into a box is begun as well.
export const isBegun = (part) => fieldsOf(part).some(
  (field) => (field.tagName === "TEXTAREA" && !field.readOnly && field.value.trim()) || isChanged(field));

export function drafts() {
  let sent = false;
  document.addEventListener("submit", () => { sent = true; });
  const keep = () => {
    const form = document.querySelector("form[data-tmc-keep]");
    if (!form || sent || document.body.hidden || document.body.classList.contains(leaving)) return;
    if (!fieldsOf(form).some(isChanged)) return;
    const body = new URLSearchParams(new FormData(form));
    body.set("keep", "1");
    fetch(form.dataset.tmcKeep, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
  };
  window.addEventListener("pagehide", keep);
}
