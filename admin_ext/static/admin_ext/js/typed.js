// Decides how typed text survives a sign-in that has ended: what stands in the forms of a page is kept in this tab while
// its owner signs in again, put back when he returns to the page, and thrown away in every other case.
(() => {
  const key = "helpdesk-typed";
  const person = document.body.dataset.person;
  const fields = () =>
    [...document.querySelectorAll("main form :is(input, textarea, select)[name]")].filter(
      (field) => !["hidden", "file", "password", "submit"].includes(field.type),
    );
  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
  const nameOf = (field) =>
    [field.form.getAttribute("action") ?? "", field.name, isChoice(field) ? field.value : ""].join("|");

  const keep = () => {
    const values = fields().map((field) => [nameOf(field), isChoice(field) ? field.checked : field.value]);
    sessionStorage.setItem(key, JSON.stringify({ person, path: location.pathname, values }));
  };
  const kept = () => JSON.parse(sessionStorage.getItem(key) ?? "null");

  const restore = () => {
    const state = kept();
    sessionStorage.removeItem(key);
    if (!state?.signedIn || state.person !== person || state.path !== location.pathname) return;
    const values = new Map(state.values);
    fields().forEach((field) => {
      const value = values.get(nameOf(field));
      if (value === undefined) return;
      if (isChoice(field)) field.checked = value;
      else if (value) field.value = value;
    });
  };

  if (document.body.classList.contains("signing-in")) {
    const state = kept();
    if (state) sessionStorage.setItem(key, JSON.stringify({ ...state, signedIn: true }));
    return;
  }
  restore();
  document.addEventListener("submit", (event) => {
    if (event.target.closest("main") && event.target.method === "post") keep();
  });
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) keep();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-sign-in]");
    if (!link) return;
    keep();
    link.search = new URLSearchParams({ next: location.pathname + location.search }).toString();
  });
})();
