// Decides how the page of figures behaves: tables fold behind their charts, panels close, the part in view is marked.
(() => {
  // Without a chart a table stays open.
  document.querySelectorAll("[data-fold]").forEach((item) => {
    item.open = !item.parentElement.querySelector("[data-plot] canvas");
  });

  const panels = [...document.querySelectorAll("[data-opens]")];
  document.addEventListener("click", (event) => {
    panels.forEach((panel) => { if (!panel.contains(event.target)) panel.open = false; });
  });
  panels.forEach((panel) =>
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !panel.open) return;
      panel.open = false;
      panel.querySelector("summary").focus();
    }),
  );
  // What is left empty does not belong in the address.
  document.querySelectorAll("[data-lean]").forEach((form) =>
    form.addEventListener("formdata", (event) => {
      [...event.formData].forEach(([name, value]) => { if (value === "") event.formData.delete(name); });
    }),
  );

  const links = new Map([...document.querySelectorAll(".jumps__link")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
      links.forEach((link, id) => {
        if (id === target.id) {
          link.setAttribute("aria-current", "true");
          link.parentElement.scrollTo({ left: link.offsetLeft - link.parentElement.clientWidth / 3 });
        } else link.removeAttribute("aria-current");
      });
    });
  }, { rootMargin: "-25% 0px -70% 0px" });
  links.forEach((_link, id) => { if (document.getElementById(id)) seen.observe(document.getElementById(id)); });

  // On paper nothing is folded.
  const folded = new Set();
  const unfold = () => document.querySelectorAll("[data-print-open]:not([open])").forEach((item) => { folded.add(item); item.open = true; });
  const fold = () => { folded.forEach((item) => { item.open = false; }); folded.clear(); };
  window.addEventListener("beforeprint", unfold);
  window.addEventListener("afterprint", fold);
  window.matchMedia("print").addEventListener("change", (event) => (event.matches ? unfold() : fold()));
})();
