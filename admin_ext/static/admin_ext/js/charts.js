// Decides how the charts of the figures look and behave: colours from the tokens, patterns beside colours, keyboard, print.
(() => {
  const data = document.getElementById("charts");
  if (!data || !window.Chart) return;
  const { Chart } = window;
  const root = document.documentElement;
  const words = document.getElementById("chart-words").dataset;
  const number = new Intl.NumberFormat(root.lang);
  const charts = [];
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  Chart.defaults.animation = false;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;

  // Series are told apart by what fills them, too: lines for what is done, crosses for what is late, dots for what waits.
  const STROKES = {
    out: (pen) => { pen.moveTo(-2, 10); pen.lineTo(10, -2); pen.moveTo(2, 14); pen.lineTo(14, 2); },
    late: (pen) => { pen.moveTo(0, 0); pen.lineTo(12, 12); pen.moveTo(12, 0); pen.lineTo(0, 12); },
    wait: (pen) => { pen.moveTo(0, 6); pen.lineTo(12, 6); },
  };
  const fill = (tone) => {
    const colour = token(`--chart-${tone}`);
    if (!STROKES[tone]) return colour;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 12;
    const pen = tile.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 12, 12);
    pen.strokeStyle = token("--paper");
    pen.lineWidth = 1.5;
    pen.globalAlpha = 0.55;
    STROKES[tone](pen);
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  };

  const measure = document.createElement("canvas").getContext("2d");
  const widthOf = (text) => {
    measure.font = `${Chart.defaults.font.size}px ${Chart.defaults.font.family}`;
    return measure.measureText(text).width;
  };
  const fits = (text, width) => widthOf(text) <= width;
  const cut = (text, width) => {
    let kept = text;
    while (kept.length > 1 && !fits(`${kept}…`, width)) kept = kept.slice(0, -1);
    return fits(text, width) ? text : `${kept.trimEnd()}…`;
  };

  // A name in at most `most` lines of at most `width` pixels; what has no room is cut at the end, never at the start.
  const lines = (text, width, most) => {
    const found = [""];
    text.split(" ").forEach((word) => {
      const longer = `${found.at(-1)} ${word}`.trim();
      if (!found.at(-1) || fits(longer, width) || found.length === most) found[found.length - 1] = longer;
      else found.push(word);
    });
    return found.map((line) => cut(line, width));
  };
  // Ways through the statuses begin alike, so they are told whole; of a name two lines are enough to know it.
  const nameOf = (label, told, box) => lines(label, Math.min(box.clientWidth * 0.38, 380), told.name === "paths" ? 8 : 2);

  // Numbers at the ends of lying bars, and inside those that are stacked.
  const labels = {
    id: "labels",
    afterDatasetsDraw(chart) {
      if (chart.config.options.indexAxis !== "y") return;
      const pen = chart.ctx;
      const stacked = chart.config.options.scales.x.stacked;
      pen.save();
      pen.font = `600 12px ${Chart.defaults.font.family}`;
      pen.textBaseline = "middle";
      chart.data.datasets.forEach((set, at) => {
        if (!chart.isDatasetVisible(at)) return;
        chart.getDatasetMeta(at).data.forEach((bar, index) => {
          if (!set.data[index]) return;
          const text = set.texts[index];
          const width = pen.measureText(text).width;
          if (!stacked) {
            pen.fillStyle = token("--ink");
            pen.fillText(text, bar.x + 5, bar.y);
          } else if (Math.abs(bar.x - bar.base) > width + 26) {
            const middle = (bar.x + bar.base) / 2;
            pen.fillStyle = token("--paper");
            pen.fillRect(middle - width / 2 - 4, bar.y - 9, width + 8, 18);
            pen.fillStyle = token("--ink");
            pen.fillText(text, middle - width / 2, bar.y);
          }
        });
      });
      pen.restore();
    },
  };

  // How many lines the legend takes beyond its first: each name stands behind its box.
  const moreOfLegend = (told, box) => {
    let [more, used] = [0, 0];
    told.series.forEach((series) => {
      const width = widthOf(series.label) + 36;
      if (used && used + width > box.clientWidth) { more += 1; used = 0; }
      used += width;
    });
    return more;
  };

  const dataset = (series, told) => {
    if (series.tone === "line") {
      return { type: "line", label: series.label, data: series.values, tone: series.tone, lists: series.lists, texts: series.texts, order: 0, tension: 0.2,
               borderWidth: 2, pointRadius: told.labels.length > 40 ? 0 : 2.5, pointHoverRadius: 5, pointStyle: "rectRot" };
    }
    return { type: "bar", label: series.label, data: series.values, tone: series.tone, lists: series.lists, texts: series.texts, order: 1,
             borderWidth: 1, borderRadius: 2, maxBarThickness: 26, categoryPercentage: 0.78, barPercentage: 0.92 };
  };
  const coloured = (chart) => {
    chart.data.datasets.forEach((set) => {
      set.backgroundColor = set.type === "line" ? token("--chart-line") : fill(set.tone);
      set.borderColor = token(`--chart-${set.tone}`);
    });
    const { scales, plugins } = chart.options;
    Object.values(scales).forEach((scale) => {
      scale.ticks.color = token("--ink-soft");
      if (scale.title) scale.title.color = token("--ink-soft");
      scale.grid.color = token("--line");
      scale.border.color = token("--line");
    });
    plugins.legend.labels.color = token("--ink");
    Object.assign(plugins.tooltip, { backgroundColor: token("--ink"), titleColor: token("--paper"), bodyColor: token("--paper") });
  };
  const redraw = (chart) => { coloured(chart); chart.update(); };

  const open = (chart, element, event) => {
    const address = element && chart.data.datasets[element.datasetIndex].lists[element.index];
    if (!address) return;
    if (event && (event.ctrlKey || event.metaKey)) window.open(address, "_blank", "noopener");
    else location.assign(address);
  };

  const options = (told, box) => {
    const lying = told.sort !== "days";
    const stacked = told.sort === "stack";
    const scale = (extra) => ({ ticks: {}, grid: {}, border: {}, ...extra });
    const names = scale({ stacked, grid: { display: false }, ticks: {
      autoSkip: !lying, maxRotation: 0, autoSkipPadding: 12,
      callback(value) { return lying ? nameOf(this.getLabelForValue(value), told, box) : this.getLabelForValue(value); },
    } });
    const sums = told.labels.map((_label, at) => told.series.reduce((sum, series) => sum + (series.values[at] ?? 0), 0));
    const numbers = scale({ stacked, title: { display: Boolean(told.axis), text: told.axis }, beginAtZero: true, max: stacked ? Math.max(...sums) : undefined, grace: lying && !stacked ? "8%" : 0, ticks: { precision: 0, maxTicksLimit: 7,
      callback: (value) => number.format(Math.round(value)) } });
    return {
      indexAxis: lying ? "y" : "x",
      scales: lying ? { x: numbers, y: names } : { x: names, y: numbers },
      interaction: lying ? { mode: "nearest", axis: "y", intersect: false } : { mode: "index", intersect: false },
      plugins: {
        colors: { enabled: false },
        legend: { display: told.series.length > 1, align: "start", labels: { boxWidth: 18, boxHeight: 12, sort: (one, other) => one.datasetIndex - other.datasetIndex } },
        tooltip: { callbacks: {
          title: (items) => told.names[items[0].dataIndex],
          label: (item) => `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}`,
        } },
      },
      onClick: (event, _found, chart) => {
        open(chart, chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, true)[0], event.native);
      },
      onHover: (event, _found, chart) => {
        const under = chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, true)[0];
        chart.canvas.style.cursor = under && chart.data.datasets[under.datasetIndex].lists[under.index] ? "pointer" : "";
      },
    };
  };

  // Left and right (or up and down) walk through the places, the other two through the series; Enter opens the list.
  const walk = (chart, told, said) => {
    const at = { index: -1, datasetIndex: 0 };
    const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const LYING = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    const show = (element) => {
      const found = element ? [element] : [];
      chart.setActiveElements(found);
      chart.tooltip.setActiveElements(found, { x: 0, y: 0 });
      chart.update("none");
    };
    chart.canvas.addEventListener("keydown", (event) => {
      const step = (told.sort === "days" ? STEPS : LYING)[event.key];
      if (step) {
        event.preventDefault();
        at.index = Math.min(told.labels.length - 1, Math.max(0, at.index + step[0]));
        at.datasetIndex = Math.min(told.series.length - 1, Math.max(0, at.datasetIndex + step[1]));
        const series = told.series[at.datasetIndex];
        said.textContent = `${told.names[at.index]}, ${series.label}: ${series.texts[at.index]}`;
        show(at);
      } else if (event.key === "Enter" && at.index >= 0) open(chart, at, event);
    });
    chart.canvas.addEventListener("blur", () => { at.index = -1; show(null); });
  };

  const draw = (told) => {
    const box = document.querySelector(`[data-plot="${told.name}"]`);
    if (!box) return;
    box.hidden = false;
    const canvas = document.createElement("canvas");
    const said = document.createElement("p");
    said.className = "visually-hidden";
    said.setAttribute("aria-live", "polite");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", `${document.getElementById(`block-${told.name}`).textContent}. ${words.keys}`);
    if (document.getElementById(`says-${told.name}`)) canvas.setAttribute("aria-describedby", `says-${told.name}`);
    box.append(canvas, said);
    if (told.sort !== "days") {
      const bars = told.sort === "stack" ? 1.6 : told.series.length;
      const most = Math.max(...told.labels.map((label) => nameOf(label, told, box).length));
      box.style.height = `${64 + 23 * moreOfLegend(told, box) + told.labels.length * Math.max(30, 14 * bars + 12, 16 * most + 10)}px`;
    }
    const chart = new Chart(canvas, {
      type: "bar",
      data: { labels: told.labels, datasets: told.series.map((series) => dataset(series, told)) },
      options: options(told, box),
      plugins: [labels],
    });
    redraw(chart);
    walk(chart, told, said);
    charts.push(chart);
  };
  JSON.parse(data.textContent).forEach(draw);
  const all = () => charts.forEach(redraw);
  new MutationObserver(all).observe(root, { attributeFilter: ["data-bs-theme"] });

  // Paper is white: what is printed is drawn as by day, and as wide as the sheet.
  let before = null;
  const paper = (printing) => {
    if (printing === (before !== null)) return;
    if (printing) {
      before = root.dataset.bsTheme;
      root.dataset.bsTheme = "light";
    } else {
      root.dataset.bsTheme = before;
      before = null;
    }
    all();
    charts.forEach((chart) => chart.resize());
  };
  window.addEventListener("beforeprint", () => paper(true));
  window.addEventListener("afterprint", () => paper(false));
  window.matchMedia("print").addEventListener("change", (event) => paper(event.matches));
})();
