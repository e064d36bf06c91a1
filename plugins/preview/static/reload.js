// Loads the page again when a file of the force was saved, or its faults were put right.
const mine = new URL(import.meta.url).searchParams.get("version");

async function look() {
  try {
    const answer = await fetch("/preview/version", { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== mine) {
      window.location.reload();
      return;
    }
  } catch {
    // the preview is being started again
  }
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
