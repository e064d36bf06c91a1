// Passkeys: asks the device, and sends its answer with the page's form. Without scripts the code is the way.
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const toBytes = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0),
);

const asked = async (form) => {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.tmcOptions, { method: "POST", body, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  const options = await answer.json();
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const one of options.excludeCredentials || []) one.id = toBytes(one.id);
  return options;
};

const told = (credential) => {
  const { response } = credential;
  const named = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) {
    named.attestationObject = toText(response.attestationObject);
    named.transports = response.getTransports ? response.getTransports() : [];
  } else {
    named.authenticatorData = toText(response.authenticatorData);
    named.signature = toText(response.signature);
    named.userHandle = toText(response.userHandle || new ArrayBuffer(0));
  }
  return JSON.stringify({
    id: credential.id, rawId: toText(credential.rawId), type: credential.type, response: named,
  });
};

for (const form of document.querySelectorAll("form[data-tmc-passkey]")) {
  if (!window.PublicKeyCredential) break;
  const adds = form.dataset.tmcPasskey === "add";
  const failed = form.querySelector("[data-tmc-failed]");
  form.hidden = false;
  document.querySelectorAll("[data-tmc-no-passkeys]").forEach((one) => { one.hidden = true; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault(); // form.submit() below asks nobody: what is sent is always this press's answer
    failed.hidden = true;
    try {
      const publicKey = await asked(form);
      const { credentials } = navigator;
      form.elements.passkey.value = told(
        await (adds ? credentials.create({ publicKey }) : credentials.get({ publicKey })),
      );
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
