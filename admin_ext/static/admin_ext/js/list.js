// Decides how the list behaves: choosing rows shows the bar of actions, filters are a panel, the order asks again.
(() => {
  const filters = document.querySelector("[data-filters]");
  filters?.querySelectorAll("[data-submit]").forEach((item) => item.addEventListener("change", () => filters.requestSubmit()));
  filters?.querySelectorAll("[data-clears]").forEach((item) =>
    item.addEventListener("change", () => {
      const other = filters.elements[item.dataset.clears];
      if (other) other.value = "";
    }),
  );
  // What is left empty does not belong in the address.
  filters?.addEventListener("formdata", (event) => {
    [...event.formData].forEach(([name, value]) => { if (value === "") event.formData.delete(name); });
  });

  const panel = document.querySelector("[data-popover]");
  if (panel) {
    document.addEventListener("click", (event) => { if (!panel.contains(event.target)) panel.open = false; });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !panel.open) return;
      panel.open = false;
      panel.querySelector("summary").focus();
    });
  }

  const form = document.querySelector("[data-bulk]");
  const bar = form?.querySelector("[data-bulkbar]");
  if (!bar) return;
  const boxes = [...form.querySelectorAll("[name='_selected_action']")];
  const all = form.querySelector("[data-check-all]");
  let last = null;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    bar.hidden = chosen === 0;
    bar.querySelector("[data-bulk-count]").textContent = chosen;
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-chosen", box.checked));
    if (all) {
      all.checked = chosen === boxes.length && chosen > 0;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
  };
  form.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    // Shift chooses everything between this box and the one clicked before.
    if (event.shiftKey && last !== null) {
      boxes.slice(Math.min(at, last), Math.max(at, last) + 1).forEach((box) => { box.checked = event.target.checked; });
    }
    last = at;
    show();
  });
  form.addEventListener("change", (event) => {
    if (event.target === all) boxes.forEach((box) => { box.checked = all.checked; });
    show();
  });
  form.querySelector("[data-bulk-clear]").addEventListener("click", () => {
    boxes.forEach((box) => { box.checked = false; });
    show();
    (all ?? boxes[0]).focus();
  });
  // A page that comes back from the browser's memory brings its ticks along.
  window.addEventListener("pageshow", show);
  show();
})();
