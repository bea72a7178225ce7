// Decides how the frame of every page behaves: menu on a phone, inbox panel, tooltips, toasts, theme, the search key.
(() => {
  const body = document.body;
  const side = document.getElementById("side");
  const buttons = document.querySelectorAll("[data-menu]");
  let opener = null;

  const toggle = (open) => {
    if (open === body.classList.contains("menu-open")) return;
    body.classList.toggle("menu-open", open);
    buttons.forEach((button) => button.setAttribute("aria-expanded", String(open)));
    if (open) side.focus();
    else opener?.focus();
  };
  buttons.forEach((button) =>
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      opener = button;
      toggle(!body.classList.contains("menu-open"));
    }),
  );
  document.addEventListener("click", (event) => {
    if (body.classList.contains("menu-open") && !side.contains(event.target)) toggle(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggle(false);
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.querySelector("[data-hotkey='/']")?.focus();
    }
  });

  document.getElementById("inbox")?.addEventListener("show.bs.offcanvas", () => {
    window.htmx.trigger("#inbox-list", "opened");
  });

  // The counters of a page that nobody looks at are not asked for; when it is looked at again, they are asked for at once.
  body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "counters" && document.hidden) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && document.getElementById("counters")) window.htmx.trigger(body, "counters");
  });

  const toasts = document.getElementById("toasts");
  const show = (box) => {
    // Put in again, because screen readers tell what changes in a region, not what it starts with.
    toasts.append(box);
    box.addEventListener("hidden.bs.toast", () => box.remove());
    window.bootstrap.Toast.getOrCreateInstance(box).show();
  };
  const toast = (content, { stays = false } = {}) => {
    const box = document.getElementById("toast-shape").content.firstElementChild.cloneNode(true);
    if (stays) box.dataset.bsAutohide = "false";
    box.querySelector(".toast__text").append(content);
    show(box);
  };
  const ready = (name) => document.getElementById(name).content.cloneNode(true);
  toasts.querySelectorAll(".toast").forEach(show);
  body.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail.text));
  body.addEventListener("htmx:sendError", () => toast(ready("toast-offline")));
  body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 403 || event.detail.xhr.status >= 500) toast(ready("toast-failed"));
  });
  body.addEventListener("signed-out", () => {
    if (!toasts.querySelector("[data-sign-in]")) toast(ready("toast-signed-out"), { stays: true });
  });

  const tips = (root) =>
    root.querySelectorAll("[data-bs-toggle='tooltip']").forEach((item) => window.bootstrap.Tooltip.getOrCreateInstance(item));
  body.addEventListener("htmx:afterSettle", (event) => tips(event.target));
  tips(document);

  // Rows of tabs are moved sideways where they are too long for a phone: what is chosen stands in view.
  const intoView = (item) => {
    const row = item.parentElement;
    if (row.scrollWidth <= row.clientWidth) return;
    const [own, whole] = [item.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += own.left + own.width / 2 - whole.left - whole.width / 2;
  };
  document.querySelectorAll("nav > [aria-current]").forEach(intoView);
  body.addEventListener("htmx:afterSettle", (event) => {
    event.target.closest("nav")?.querySelectorAll(":scope > [aria-current]").forEach(intoView);
  });

  // The theme changes at once; the server is told without leaving the page.
  const themes = document.querySelector("[data-theme-form]");
  themes?.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(themes, event.submitter);
    document.documentElement.dataset.theme = event.submitter.value;
    document.dispatchEvent(new Event("theme"));
    themes.querySelectorAll("[aria-pressed]").forEach((item) => item.setAttribute("aria-pressed", String(item === event.submitter)));
    fetch(themes.action, { method: "POST", body: data, redirect: "manual" }).catch(() => toast(ready("toast-offline")));
  });

  // A form is sent once: a second click while it is on its way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-once]")) {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    }
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-once]").forEach((form) => delete form.dataset.sent));

  // Back to the list, or to the figures, as they were left: same tab, filters, period, page.
  const places = { list: "[data-ticket-list]", report: "[data-report]" };
  Object.entries(places).forEach(([name, mark]) => {
    if (document.querySelector(mark)) sessionStorage.setItem(`helpdesk-${name}`, location.pathname + location.search);
  });
  document.querySelectorAll("[data-back-to-list], [data-back-to]").forEach((link) => {
    const address = sessionStorage.getItem(`helpdesk-${link.dataset.backTo ?? "list"}`);
    if (address?.startsWith("/") && !address.startsWith("//")) link.href = address;
  });
})();
