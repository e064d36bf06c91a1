// A form with several buttons, each for a part of it: Enter in a box presses the button of its own part. Where a
// part has more than one, nobody can say which was meant, and nothing is pressed.
export function parts() {
  document.addEventListener("keydown", (event) => {
    const part = event.target.closest("[data-tmc-part]");
    if (!part || event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const buttons = part.querySelectorAll("button[type=submit]");
    if (buttons.length === 1) buttons[0].click();
  });
}
