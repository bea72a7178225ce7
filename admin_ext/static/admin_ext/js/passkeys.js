// Decides how the browser asks its device for a passkey and sends the answer along with the form around the button.
(() => {
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const question = async (box, form) => {
    const answer = await fetch(box.dataset.options, {
      method: "POST",
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const options = await answer.json();
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    for (const list of [options.allowCredentials, options.excludeCredentials]) {
      list?.forEach((known) => (known.id = toBytes(known.id)));
    }
    return options;
  };

  const told = (credential) => {
    const { response } = credential;
    const texts = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) texts[name] = toText(response[name]);
    }
    if (response.getTransports) texts.transports = response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      response: texts,
    });
  };

  const send = (form, action, credential) => {
    const field = form.elements.credential ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "credential" }));
    field.value = told(credential);
    if (action) form.action = action;
    form.submit();
  };

  const ask = async (box, button) => {
    const form = box.closest("form");
    const isNew = box.dataset.passkey === "create";
    if (isNew && !form.reportValidity()) return;
    const trouble = (name) =>
      box.querySelectorAll("[data-trouble]").forEach((item) => {
        item.hidden = item.dataset.trouble !== name;
        item.classList.toggle("d-block", !item.hidden);
      });
    trouble("");
    button.disabled = true;
    try {
      const publicKey = await question(box, form);
      const credential = await navigator.credentials[isNew ? "create" : "get"]({ publicKey });
      send(form, box.dataset.action, credential);
    } catch (error) {
      trouble(error.name === "InvalidStateError" ? "known" : "refused");
      button.disabled = false;
    }
  };

  // A passkey is bound to one name: under another one, or by a number, the browser would refuse.
  document.querySelectorAll("[data-passkey]").forEach((box) => {
    if (!window.PublicKeyCredential || location.hostname !== box.dataset.site) return;
    box.hidden = false;
    const button = box.querySelector("button");
    button.addEventListener("click", () => ask(box, button));
  });
  document.querySelectorAll("[data-passkey-elsewhere]").forEach((item) => {
    item.hidden = Boolean(window.PublicKeyCredential) && location.hostname === item.dataset.passkeyElsewhere;
  });
})();
