// Decides how filing a request feels: finding a service while typing, files dropped and listed, a colleague picked.
(() => {
  const filter = document.querySelector("[data-filter-services]");
  const sift = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    document.querySelectorAll("[data-service]").forEach((item) => {
      item.hidden = !words.every((word) => item.dataset.service.includes(word));
      shown += item.hidden ? 0 : 1;
    });
    document.querySelector("[data-no-services]").hidden = shown > 0;
  };
  filter?.addEventListener("input", sift);
  filter?.addEventListener("keydown", (event) => {
    const first = document.querySelector("[data-service]:not([hidden]) a");
    if (event.key === "Enter" && filter.value.trim() && first) first.click();
  });
  // A browser that goes back puts the typed words in again.
  if (filter) window.addEventListener("pageshow", sift);

  document.querySelector(".request-form .is-invalid")?.focus();

  const zone = document.querySelector("[data-drop]");
  if (zone) {
    const input = zone.querySelector("input[type='file']");
    const list = zone.querySelector("[data-file-list]");
    const allowed = zone.dataset.allowed.split(",");
    // The browser's own box speaks the browser's language and cannot show a list; ours stands in front of it.
    input.classList.add("visually-hidden");
    zone.querySelector(".drop__button").hidden = false;
    const [bytes, kilo, mega] = zone.dataset.units.split(" ");
    let kept = [];

    const size = (count) => {
      if (count < 1024) return `${count} ${bytes}`;
      return count < 1048576 ? `${Math.ceil(count / 1024)} ${kilo}` : `${(count / 1048576).toFixed(1)} ${mega}`;
    };
    const fault = (file, place) => {
      if (!allowed.includes(file.name.split(".").pop().toLowerCase())) return zone.dataset.wrong;
      if (file.size > Number(zone.dataset.bytes)) return zone.dataset.tooLarge;
      if (file.size === 0) return zone.dataset.empty;
      return place >= Number(zone.dataset.most) ? zone.dataset.tooMany : "";
    };
    const entry = (file, place) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      const more = document.createElement("span");
      const away = document.createElement("button");
      const wrong = fault(file, place);
      name.className = "file-list__name";
      name.textContent = file.name;
      more.className = wrong ? "file-list__fault" : "file-list__more";
      more.textContent = wrong ? `${size(file.size)} · ${wrong}` : size(file.size);
      away.type = "button";
      away.className = "btn-close";
      away.setAttribute("aria-label", `${zone.dataset.remove}: ${file.name}`);
      away.addEventListener("click", () => {
        keep(kept.filter((other) => other !== file));
        input.focus();
      });
      item.append(name, more, away);
      return item;
    };
    // The input holds exactly what the list shows; choosing again adds to it.
    const keep = (files) => {
      kept = files;
      const box = new DataTransfer();
      kept.forEach((file) => box.items.add(file));
      input.files = box.files;
      list.replaceChildren(...kept.map(entry));
    };
    const add = (files) => {
      const same = (one) => (other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
      keep([...kept, ...[...files].filter((file) => !kept.some(same(file)))]);
    };
    input.addEventListener("change", () => add([...input.files]));
    ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("is-over"); }));
    ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => zone.classList.remove("is-over")));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      add(event.dataTransfer.files);
    });
    // A picture pasted into the text is a file.
    document.querySelector(".request-form textarea")?.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) {
        event.preventDefault();
        add(event.clipboardData.files);
      }
    });
  }

  const send = document.querySelector(".request-form");
  send?.addEventListener("submit", () => send.querySelector(".btn-primary").classList.add("is-sending"));
  window.addEventListener("pageshow", () => send?.querySelector(".btn-primary").classList.remove("is-sending"));

  const picker = document.querySelector("[data-person-picker]");
  if (!picker) return;
  const hidden = picker.querySelector("[name='requester']");
  const box = picker.querySelector("[name='person']");
  const people = picker.querySelector("#people");
  const options = () => [...people.querySelectorAll("[data-person]")];
  let at = -1;

  const tell = () => {
    picker.querySelector("[data-person-chosen]").hidden = !hidden.value;
    picker.querySelector("[data-person-nobody]").hidden = Boolean(hidden.value);
  };
  const close = () => {
    people.replaceChildren();
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    const found = options();
    if (!found.length) return;
    at = (place + found.length) % found.length;
    found.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    found[at].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", found[at].id);
  };
  const choose = (option) => {
    hidden.value = option.dataset.person;
    box.value = option.dataset.name;
    close();
    tell();
  };
  box.addEventListener("input", () => { hidden.value = ""; tell(); });
  box.addEventListener("keydown", (event) => {
    const found = options();
    if (event.key === "Escape") close();
    if (event.key === "Enter") {
      // Enter in this box never sends the form: it chooses.
      event.preventDefault();
      if (found.length) choose(found[Math.max(at, 0)]);
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1));
    }
  });
  box.addEventListener("blur", () => window.setTimeout(close, 150));
  people.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[data-person]");
    event.preventDefault();
    if (option) choose(option);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== people) return;
    at = -1;
    // An answer that comes after the choice was made, or after the box was left, is of no use.
    if (hidden.value || document.activeElement !== box) close();
    else box.setAttribute("aria-expanded", String(people.children.length > 0));
  });
})();
