// The one script of every page; the Content-Security-Policy admits it by its hash and nothing else.
// Runs in <head> so that the chosen theme stands before the first paint. Without it the page still reads.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, text, props = {}) => Object.assign(document.createElement(tag), { textContent: text }, props);

  const THEMES = ["auto", "light", "dark"], STORE = "keepbook-theme";
  try { // storage may be forbidden: then the choice lasts as long as the page
    if (THEMES.includes(localStorage.getItem(STORE))) root.dataset.theme = localStorage.getItem(STORE);
  } catch { /* as above */ }

  function buttons() {
    const theme = document.getElementById("kb-theme");
    const label = () => { theme.textContent = theme.dataset[root.dataset.theme]; };
    theme.hidden = false;
    label();
    theme.onclick = () => {
      root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % 3];
      try { localStorage.setItem(STORE, root.dataset.theme); } catch { /* as above */ }
      label();
    };
    const code = document.getElementById("kb-show-code"), cells = all("details.kb-code");
    if (code && cells.length) {
      code.hidden = false;
      code.onclick = () => {
        const show = !root.classList.toggle("kb-no-code", root.classList.contains("kb-with-code"));
        root.classList.toggle("kb-with-code", show);
        code.setAttribute("aria-pressed", String(show));
        for (const cell of cells) cell.open = show;
      };
    }
    addEventListener("keydown", (event) => { // an open definition or menu closes
      if (event.key === "Escape") for (const box of all(".kb-ask[open], .kb-contents[open]")) box.open = false;
    });
    for (const link of all(".kb-contents a")) link.onclick = () => { link.closest("details").open = false; };
    // A link to what stands in a fold opens it.
    const unfold = () => {
      let box = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!box) return;
      for (const start = box; (box = box.parentElement?.closest("details")); start.scrollIntoView()) box.open = true;
    };
    addEventListener("hashchange", unfold);
    unfold();
  }

  // What is wider than its place can be scrolled by keyboard, and says so.
  function scrollers() {
    const { more, region } = document.body.dataset;
    const look = (box) => {
      if (box.scrollWidth <= box.clientWidth + 1) {
        for (const name of ["data-more", "tabindex", "role", "aria-label"]) box.removeAttribute(name);
        return;
      }
      if (box.tagName !== "PRE") box.dataset.more = more;
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", box.querySelector("caption")?.textContent.slice(0, 80) || region);
    };
    const watch = new ResizeObserver((entries) => entries.forEach((entry) => look(entry.target)));
    for (const box of all(".kb-scroll, .kb-table, pre:not([hidden])")) watch.observe(box);
  }

  // Reading out: of a drawing the nearest point, of a table a cell with `data-t`; by mouse, touch and arrow keys.
  function readings() {
    const tip = document.getElementById("kb-tip");
    const say = (text, x, y) => {
      tip.hidden = !text;
      if (!text) return;
      tip.textContent = text.replaceAll("|", "\n");
      tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - tip.offsetWidth - 8))}px`;
      tip.style.top = `${y + 18 + tip.offsetHeight > innerHeight ? y - tip.offsetHeight - 12 : y + 18}px`;
    };
    const hide = () => { say(""); for (const dot of all(".kb-dot")) dot.remove(); };
    for (const svg of all("svg[data-points]")) {
      const points = svg.dataset.points.split("\n").filter(Boolean).map((line) => {
        const [, x, y, text] = line.match(/^([^,]*),([^,]*),(.*)$/);
        return { x: +x, y: +y, text };
      });
      if (!points.length) continue;
      let at = -1;
      const show = (index) => {
        hide();
        const point = points[at = index], matrix = svg.getScreenCTM();
        const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        for (const [name, value] of [["cx", point.x], ["cy", point.y], ["r", 5], ["class", "kb-dot"]]) dot.setAttribute(name, value);
        svg.append(dot);
        say(point.text, matrix.a * point.x + matrix.e, matrix.d * point.y + matrix.f);
      };
      svg.setAttribute("tabindex", "0");
      svg.addEventListener("pointermove", (event) => {
        const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
        const far = points.map((point) => Math.hypot(point.x - spot.x, (point.y - spot.y) / 3));
        show(far.indexOf(Math.min(...far)));
      });
      svg.addEventListener("pointerleave", hide);
      svg.addEventListener("blur", hide);
      svg.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (event.key === "Escape") hide();
        if (!step) return;
        event.preventDefault();
        show((at + step + points.length) % points.length);
      });
    }
    for (const table of all("table:has([data-t])")) {
      const cell = (event) => event.target.closest("[data-t]");
      const show = (event) => {
        const box = cell(event)?.getBoundingClientRect();
        if (box) say(cell(event).dataset.t, box.left, box.bottom - 12); else hide();
      };
      for (const kind of ["pointerover", "focusin"]) table.addEventListener(kind, show);
      for (const kind of ["pointerleave", "focusout"]) table.addEventListener(kind, hide);
      const first = table.querySelector("[data-t]");
      first.tabIndex = 0;
      table.addEventListener("keydown", (event) => {
        const [down, across] = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key] || [];
        const here = cell(event);
        if (event.key === "Escape") hide();
        if (down === undefined || !here) return;
        const next = table.rows[here.parentElement.rowIndex + down]?.cells[here.cellIndex + across];
        if (!next?.dataset.t) return;
        event.preventDefault();
        here.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      });
    }
  }

  // Any table marked `data-sort` sorts by its headings; missing values stay last in both directions.
  function sorting() {
    for (const table of all("table[data-sort]")) {
      const heads = all("thead tr:last-child th", table);
      const value = (row, column) => row.cells[column]?.dataset.v ?? row.cells[column]?.textContent.trim() ?? "";
      for (const [column, head] of heads.entries()) {
        if (head.dataset.sort === "no" || !head.textContent.trim()) continue;
        const button = make("button", head.textContent, { type: "button", className: "kb-sort" });
        head.replaceChildren(button);
        head.setAttribute("aria-sort", "none");
        button.onclick = () => {
          const rows = [...table.tBodies[0].rows], numbers = rows.map((row) => value(row, column));
          const numeric = numbers.every((text) => text === "" || text === "–" || isFinite(text));
          const first = numeric ? "descending" : "ascending";
          const order = head.getAttribute("aria-sort") === first ? (numeric ? "ascending" : "descending") : first;
          for (const each of heads) if (each.hasAttribute("aria-sort")) each.setAttribute("aria-sort", "none");
          head.setAttribute("aria-sort", order);
          const empty = (text) => text === "" || text === "–";
          const words = new Intl.Collator(root.lang, { numeric: true });
          const ranked = rows.map((row, i) => [numbers[i], row]).sort(([a], [b]) =>
            empty(a) || empty(b) ? empty(a) - empty(b)
              : (numeric ? a - b : words.compare(a, b)) * (order === "ascending" ? 1 : -1));
          table.tBodies[0].append(...ranked.map(([, row]) => row));
        };
      }
    }
    const input = document.getElementById("kb-filter");
    if (!input) return;
    input.closest(".kb-filter").hidden = false;
    const rows = all("table.kb-units tbody tr"), count = document.getElementById("kb-filter-count");
    input.oninput = () => {
      const wanted = input.value.trim().toLocaleLowerCase();
      for (const row of rows) row.hidden = !row.dataset.search.toLocaleLowerCase().includes(wanted);
      count.textContent = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
    };
  }

  // Below a figure: its numbers as a table, to copy, and as a file, all from the page itself.
  function taking() {
    const parse = (text) => [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/g)].reduce((rows, [, quoted, bare, end]) => {
      rows.at(-1).push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
      if (end === "\n") rows.push([]);
      return rows;
    }, [[]]).filter((row) => row.length > 1 || row[0]);
    for (const box of all(".kb-take")) {
      const line = box.parentElement, data = line.nextElementSibling.textContent, { name, table, copy, copied } = box.dataset;
      line.querySelector(".kb-data")?.remove(); // the same file, but one that a mailed page has lost
      if (table) {
        const shown = make("div", "", { className: "kb-table", hidden: true });
        const button = make("button", table, { type: "button" });
        button.setAttribute("aria-expanded", "false");
        button.onclick = () => {
          if (!shown.firstChild) {
            const [heads, ...rows] = parse(data), made = make("table", "");
            const row = (cells, tag) => { const tr = make("tr", ""); tr.append(...cells.map((text) => make(tag, text))); return tr; };
            made.createTHead().append(row(heads, "th"));
            made.createTBody().append(...rows.map((cells) => row(cells, "td")));
            shown.append(made);
          }
          shown.hidden = !shown.hidden;
          button.setAttribute("aria-expanded", String(!shown.hidden));
        };
        box.append(button);
        line.after(shown);
      }
      const csv = make("button", "CSV", { type: "button" });
      csv.onclick = () => {
        const link = make("a", "", { href: URL.createObjectURL(new Blob(["\ufeff", data], { type: "text/csv" })), download: `${name}.csv` });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 1000);
      };
      const clip = make("button", copy, { type: "button" });
      clip.onclick = async () => {
        await navigator.clipboard.writeText(parse(data).map((row) => row.join("\t")).join("\n"));
        clip.textContent = copied;
        setTimeout(() => { clip.textContent = copy; }, 1500);
      };
      box.append(csv, clip);
    }
  }

  // A slider writes what stands in `data-steps` at its place: lines of `text|kind` under the names of outputs.
  function sliders() {
    for (const slider of all("input[data-steps]")) {
      const steps = JSON.parse(slider.dataset.steps), box = slider.closest(".kb-slider");
      box.hidden = false;
      slider.oninput = () => {
        for (const [name, text] of Object.entries(steps[slider.value])) {
          const out = box.querySelector(`[data-out="${name}"]`);
          if (name === "kind") box.dataset.kind = text; else if (out) out.textContent = text;
        }
      };
      slider.oninput();
    }
  }

  function printing() {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = all("details.kb-open-in-print:not([open])");
      for (const box of opened) box.open = true;
    });
    addEventListener("afterprint", () => { for (const box of opened) box.open = false; });
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const part of [buttons, sorting, taking, readings, sliders, scrollers, printing]) part();
  });
})();
