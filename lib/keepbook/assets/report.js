// The one script of every page; the Content-Security-Policy admits it by its hash and nothing else.
// Runs in <head> so that the chosen theme stands before the first paint. Without it the page still reads.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const by = (id) => document.getElementById(id);
  const make = (tag, text, props) => Object.assign(document.createElement(tag), { textContent: text }, props);
  const button = (text, onclick) => make("button", text, { type: "button", onclick });
  const on = (target, kinds, listener) => { for (const kind of kinds.split(" ")) target.addEventListener(kind, listener); };

  const THEMES = ["auto", "light", "dark"], STORE = "keepbook-theme";
  const stored = (action) => { try { return action(localStorage); } catch { return null; } }; // may be forbidden
  const kept = stored((store) => store.getItem(STORE));
  if (THEMES.includes(kept)) root.dataset.theme = kept;

  function tools() {
    const theme = by("kb-theme"), code = by("kb-show-code"), cells = all("details.kb-code");
    const label = () => { theme.textContent = theme.dataset[root.dataset.theme]; };
    theme.hidden = false;
    label();
    theme.onclick = () => {
      root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % 3];
      stored((store) => store.setItem(STORE, root.dataset.theme));
      label();
    };
    if (code && cells.length) {
      code.hidden = false;
      code.onclick = () => {
        const show = root.classList.toggle("kb-with-code");
        code.setAttribute("aria-pressed", show);
        for (const cell of cells) cell.open = show;
      };
    }
    const close = () => { for (const box of all(".kb-ask, .kb-contents")) box.open = false; };
    on(window, "keydown", (event) => { if (event.key === "Escape") close(); });
    for (const link of all(".kb-contents a")) link.onclick = close;
    // A link to what stands in a fold opens it.
    const unfold = () => {
      const target = location.hash && by(decodeURIComponent(location.hash.slice(1)));
      const folds = [];
      for (let box = target; (box = box && box.parentElement?.closest("details:not([open])")); ) folds.push(box);
      for (const box of folds) box.open = true;
      if (folds.length) target.scrollIntoView();
    };
    on(window, "hashchange", unfold);
    unfold();
  }

  // What is wider than its place can be scrolled by keyboard, and says so.
  function scrollers() {
    const { more, region } = document.body.dataset;
    const look = (box) => {
      const wide = box.scrollWidth > box.clientWidth + 1;
      const said = { "data-more": more, tabindex: 0, role: "group" };
      said["aria-label"] = box.querySelector("caption")?.textContent.slice(0, 80) || region;
      for (const [name, value] of Object.entries(said)) {
        if (wide) box.setAttribute(name, value);
        else box.removeAttribute(name);
      }
    };
    const watch = new ResizeObserver((entries) => entries.forEach((entry) => look(entry.target)));
    for (const box of all(".kb-scroll, .kb-table, pre:not([hidden])")) watch.observe(box);
  }

  // Reading out, by mouse, touch and arrow keys: of a drawing the nearest point, of a table a cell with `data-t`.
  function readings() {
    const tip = by("kb-tip");
    const tell = (text, x, y) => {
      tip.hidden = !text;
      tip.textContent = text.replace(/\s*\|\s*/g, "\n");
      tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - tip.offsetWidth - 8))}px`;
      tip.style.top = `${y + 18 + tip.offsetHeight > innerHeight ? y - tip.offsetHeight - 12 : y + 18}px`;
    };
    const hide = () => { tell("", 0, 0); for (const dot of all(".kb-dot")) dot.remove(); };
    for (const svg of all("svg[data-points]")) {
      const lines = (of) => (of.dataset.points.match(/.+/g) || []).map((line) => line.match(/^(.*?),(.*?),(.*)/));
      const twin = lines(svg.closest(".kb-drawing")?.querySelector("svg") ?? svg); // has the texts of both
      const points = lines(svg).map(([, x, y, text], i) => ({ x: +x, y: +y, text: text || twin[i][3] }));
      if (!points.length) continue;
      let at = -1;
      const show = (index) => {
        hide();
        const { x, y, text } = points[at = index], matrix = svg.getScreenCTM();
        const dot = document.createElementNS(svg.namespaceURI, "circle");
        for (const [name, value] of Object.entries({ cx: x, cy: y, r: 5, class: "kb-dot" })) dot.setAttribute(name, value);
        svg.append(dot);
        tell(text, matrix.a * x + matrix.e, matrix.d * y + matrix.f);
      };
      svg.tabIndex = 0;
      on(svg, "pointermove pointerdown", (event) => {
        const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
        const far = points.map(({ x, y }) => Math.hypot(x - spot.x, (y - spot.y) / 3)); // along the axis first
        show(far.indexOf(Math.min(...far)));
      });
      on(svg, "blur", hide);
      on(svg, "pointerleave", (event) => { if (event.pointerType === "mouse") hide(); });
      on(svg, "keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (event.key === "Escape") hide();
        if (!step) return;
        event.preventDefault();
        show((Math.max(at, step < 0 ? 0 : -1) + step + points.length) % points.length);
      });
    }
    for (const table of all("table:has([data-t])")) {
      const cell = (event) => event.target.closest("[data-t]");
      // What begins with a bar fills in the pattern of its table, behind the heads of row and column.
      const told = (at) => {
        const [bare, ...facts] = at.dataset.t.split("|");
        facts.unshift(at.parentElement.cells[0].textContent, table.rows[0].cells[at.cellIndex].textContent);
        return bare ? at.dataset.t : table.dataset.say.replace(/\$/g, () => facts.shift() ?? "");
      };
      on(table, "pointerover focusin", (event) => {
        const at = cell(event), box = at?.getBoundingClientRect();
        if (box) tell(told(at), box.left, box.bottom - 12); else hide();
      });
      on(table, "pointerleave focusout", hide);
      table.querySelector("[data-t]").tabIndex = 0;
      on(table, "keydown", (event) => {
        const here = cell(event), [down, across] =
          { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key] || [0, 0];
        if (event.key === "Escape") hide();
        const next = here && table.rows[here.parentElement.rowIndex + down]?.cells[here.cellIndex + across];
        if (next === here || !next?.dataset.t) return;
        event.preventDefault();
        here.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      });
    }
  }

  // Tables marked `data-sort` sort by their headings; missing values stay last in both directions.
  function sorting() {
    const words = new Intl.Collator(root.lang, { numeric: true }), empty = (text) => text === "" || text === "–";
    for (const table of all("table[data-sort]")) {
      const heads = all("thead tr:last-child th", table);
      heads.forEach((head, column) => {
        if (head.dataset.sort === "no" || !head.textContent.trim()) return;
        const sort = button(head.textContent, () => {
          const rows = [...table.tBodies[0].rows].map((row) => {
            const cell = row.cells[column]; // `data-g`: what differs in it, as currencies do, is not compared
            return [cell?.dataset.v ?? cell?.textContent.trim() ?? "", row, cell?.dataset.g ?? ""];
          });
          const numeric = rows.every(([text]) => empty(text) || isFinite(text));
          const down = head.ariaSort === "descending" ? false : head.ariaSort === "ascending" || numeric;
          for (const each of heads) if (each.ariaSort) each.ariaSort = "none";
          head.ariaSort = down ? "descending" : "ascending";
          rows.sort(([a,, g], [b,, h]) => empty(a) || empty(b) ? empty(a) - empty(b)
            : g !== h ? words.compare(g, h) : (numeric ? a - b : words.compare(a, b)) * (down ? -1 : 1));
          table.tBodies[0].append(...rows.map(([, row]) => row));
        });
        sort.className = "kb-sort";
        head.replaceChildren(sort);
        head.ariaSort = "none";
      });
    }
    const input = by("kb-filter");
    if (!input) return;
    input.closest(".kb-filter").hidden = false;
    const rows = all("table.kb-units tbody tr");
    input.oninput = () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.dataset.search.toLowerCase().includes(wanted);
      by("kb-filter-count").textContent = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
    };
  }

  // Below a figure: its numbers as a table, as a file and to copy, all from the page itself.
  function taking() {
    for (const box of all(".kb-take")) {
      const { name, table, copy, copied } = box.dataset, line = box.parentElement;
      const data = line.nextElementSibling.textContent, rows = data.trimEnd().split("\n").map((row) => row.split("\t"));
      line.querySelector(".kb-data")?.remove(); // the same file, but one that a mailed page has lost
      const shown = make("div", "", { className: "kb-table", hidden: true });
      line.after(shown);
      const open = button(table, () => {
        if (!shown.firstChild) {
          const made = make("table", "");
          rows.forEach((row, i) => made.insertRow().append(...row.map((text) => make(i ? "td" : "th", text))));
          shown.append(made);
        }
        shown.hidden = !shown.hidden;
        open.ariaExpanded = !shown.hidden;
      });
      open.ariaExpanded = false;
      const file = button("CSV", () => {
        const lines = rows.map((row) => row.map((text) => /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text).join());
        const href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\n")], { type: "text/csv" }));
        make("a", "", { href, download: `${name}.csv` }).click();
      });
      const clip = button(copy, async () => {
        await navigator.clipboard.writeText(data);
        clip.textContent = copied;
      });
      box.append(...(table ? [open] : []), file, clip);
    }
  }

  // A slider writes what `data-steps` has at its place: name of an output → its text; `kind` is the look.
  function sliders() {
    for (const slider of all("input[data-steps]")) {
      const steps = JSON.parse(slider.dataset.steps), box = slider.closest(".kb-slider");
      box.hidden = false;
      slider.oninput = () => {
        const step = steps[slider.value];
        box.dataset.kind = step.kind;
        for (const out of all("[data-out]", box)) out.textContent = step[out.dataset.out];
        slider.ariaValueText = step.margin;
      };
      slider.oninput();
    }
  }

  function printing() {
    let opened = [];
    on(window, "beforeprint", () => {
      for (const box of opened = all("details.kb-open-in-print:not([open])")) box.open = true;
    });
    on(window, "afterprint", () => { for (const box of opened) box.open = false; });
  }

  on(document, "DOMContentLoaded", () => { for (const part of [tools, sorting, taking, readings, sliders, scrollers, printing]) part(); });
})();
