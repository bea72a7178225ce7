// Decides how a record's form behaves: rows are added, unsaved changes are not lost by accident.
(() => {
  document.querySelectorAll("[data-inline]").forEach((box) => {
    const total = box.querySelector("[name$='-TOTAL_FORMS']");
    box.querySelector("[data-add-row]")?.addEventListener("click", () => {
      const row = box.querySelector("template[data-empty]").innerHTML.replaceAll("__prefix__", total.value);
      total.value = String(Number(total.value) + 1);
      box.querySelector("tbody").insertAdjacentHTML("beforeend", row);
      box.querySelector("tbody tr:last-child :is(select, input:not([type='hidden']))")?.focus();
    });
  });

  const form = document.querySelector("[data-guard]");
  let dirty = false;
  form?.addEventListener("input", () => { dirty = true; });
  form?.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
})();
