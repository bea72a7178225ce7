// Starts ReDoc on the schema of this desk.
"use strict";

const root = document.getElementById("reference");
const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();

window.Redoc.init(
  root.dataset.schema,
  {
    disableSearch: false,
    hideDownloadButton: true,
    scrollYOffset: ".bar",
    theme: { colors: { primary: { main: accent } }, typography: { fontFamily: "system-ui, sans-serif" } },
  },
  document.getElementById("place"),
);
