// Decides how the page of a ticket behaves: dialogs, the message box with its draft, who is writing.
(() => {
  const ru = document.documentElement.lang === "ru";
  window.addEventListener("load", () => {
    const open = document.querySelector(".modal[data-open]");
    if (open) window.bootstrap.Modal.getOrCreateInstance(open).show();
  });
  document.addEventListener("shown.bs.modal", (event) => {
    event.target.querySelector("textarea, select, input[type='radio']")?.focus();
  });

  // The stars stand in the order 5…1 for the style; arrow keys should still go up and down by one.
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches(".stars input")) return;
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = document.getElementById(`star-${Number(event.target.value) + step}`);
    if (next) {
      next.checked = true;
      next.focus();
    }
  });

  const box = () => document.querySelector("[data-box]");
  const text = () => document.querySelector("[data-box-text]");
  const draft = () => `helpdesk-draft-${box()?.dataset.box}`;
  const restore = () => {
    if (text() && !text().value) text().value = sessionStorage.getItem(draft()) ?? "";
    names();
  };
  const names = () => {
    const target = document.querySelector("[data-to-names]");
    if (!target) return;
    const chosen = [...document.querySelectorAll("[name='to']:checked")].map((item) => item.dataset.name);
    target.textContent = chosen.length ? `: ${chosen.length > 1 ? `${chosen[0]} +${chosen.length - 1}` : chosen[0]}` : "";
  };

  let typed = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-box-text]")) return;
    sessionStorage.setItem(draft(), event.target.value);
    document.getElementById("writing").value = "1";
    if (Date.now() - typed > 8000) {
      typed = Date.now();
      window.htmx.trigger("#presence", "look");
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[name='to']")) names();
    if (event.target.matches("[data-note]") && event.target.checked) {
      document.querySelectorAll("[name='to']").forEach((item) => { item.checked = false; });
      names();
    }
    if (event.target.matches("[data-box-files]")) {
      const list = event.target.form.querySelector("[data-file-list]");
      list.replaceChildren(...[...event.target.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name} · ${Math.ceil(file.size / 1024)} ${ru ? "КБ" : "KB"}`;
        return item;
      }));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("[data-box-text]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
  document.addEventListener("click", (event) => {
    const template = event.target.closest("[data-template]");
    if (template) {
      const area = text();
      area.setRangeText(template.dataset.template, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    }
    if (event.target.closest("[data-reload]")) {
      event.preventDefault();
      location.reload();
    }
  });
  document.body.addEventListener("message-sent", () => {
    sessionStorage.removeItem(draft());
    document.getElementById("writing").value = "";
    window.setTimeout(() => {
      if (text()) text().value = "";
      document.querySelector("#said > li:last-child")?.scrollIntoView({ block: "nearest" });
    });
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "conversation") restore();
    if (event.target.id === "said") document.querySelector("[data-no-messages]")?.remove();
  });
  restore();
})();
